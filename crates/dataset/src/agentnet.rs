//! Trajectories in the shape of the AgentNet dataset (xlang-ai/OpenCUA): one session a line.
//!
//! Nothing is invented. A field that AgentNet fills by a model's guess (thought, observation, reflection, scores) is left out.
//! A step without a frame has no `image`, and an action that the vocabulary cannot say has empty `code`.

mod code;
mod words;

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use candor_model::{Outcome, SessionId};
use serde::Serialize;

pub(crate) use code::code;

use crate::folder::{Folder, Sink};
use crate::plan::Planned;
use crate::recipe::Split;

/// A line.
#[derive(Debug, Serialize)]
struct Trajectory {
    task_id: SessionId,
    instruction: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_completed: Option<bool>,
    traj: Vec<Turn>,
}

#[derive(Debug, Serialize)]
struct Turn {
    index: usize,
    /// Relative to the folder of the JSONL file. From the image folder it leads to the same file.
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    value: Value,
}

#[derive(Debug, Serialize)]
struct Value {
    action: String,
    code: String,
}

/// Writes `agentnet/<split>.jsonl`. Records come in order, so the steps of a session come together.
#[derive(Debug, Default)]
pub(crate) struct AgentNet {
    sinks: BTreeMap<Split, Sink>,
    open: Option<(Split, Trajectory)>,
}

impl AgentNet {
    /// Adds a record.
    pub(crate) fn push(&mut self, record: &Planned<'_>, folder: &Folder) -> io::Result<()> {
        let session = record.session.header.session;
        if self.open.as_ref().is_some_and(|(_, trajectory)| trajectory.task_id != session) {
            self.end_session(folder)?;
        }
        let (_, trajectory) = self.open.get_or_insert_with(|| (record.split, begin(record)));
        trajectory.traj.push(turn(trajectory.traj.len(), record));
        trajectory.traj.extend(end_of_task(trajectory.traj.len(), record));
        Ok(())
    }

    /// Writes what is open, and ends the files.
    pub(crate) fn finish(mut self, folder: &mut Folder) -> io::Result<()> {
        self.end_session(folder)?;
        self.sinks.into_values().try_for_each(|sink| folder.close(sink))
    }

    fn end_session(&mut self, folder: &Folder) -> io::Result<()> {
        let Some((split, trajectory)) = self.open.take() else { return Ok(()) };
        let sink = match self.sinks.remove(&split) {
            Some(sink) => sink,
            None => folder.open(&format!("agentnet/{split}.jsonl"))?,
        };
        let sink = self.sinks.entry(split).or_insert(sink);
        sink.write_all(&serde_json::to_vec(&trajectory)?)?;
        sink.write_all(b"\n")
    }
}

fn begin(record: &Planned<'_>) -> Trajectory {
    let header = &record.session.header;
    Trajectory {
        task_id: header.session,
        instruction: header.task.clone().unwrap_or_default(),
        task_completed: header.outcome.map(|outcome| outcome == Outcome::Success),
        traj: Vec::new(),
    }
}

fn turn(index: usize, record: &Planned<'_>) -> Turn {
    let step = record.step;
    let image = step.frame.map(|_| format!("../{}", record.image_path()));
    Turn { index, image, value: Value { action: words::sentence(step), code: code(step) } }
}

/// The last turn says how the task ended: only if the person said so, and only after the session's last step.
/// It has no image, since no frame shows the screen after the last action.
fn end_of_task(index: usize, record: &Planned<'_>) -> Option<Turn> {
    let last = record.session.steps.last()?;
    let outcome = record.session.header.outcome.filter(|_| last.ordinal == record.step.ordinal)?;
    let (status, action) = match outcome {
        Outcome::Success => ("success", "The task is done"),
        Outcome::Failure => ("failure", "The task is given up"),
    };
    let code = format!("computer.terminate(status='{status}')");
    Some(Turn { index, image: None, value: Value { action: action.to_owned(), code } })
}
