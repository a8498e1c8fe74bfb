//! Candor's import layout: `recording.json`, `contexts.jsonl`, and per step an action, a frame and a tree.

#[cfg(test)]
mod tests;

use candor_model::{Action, FormatVersion, Moment, Outcome, Platform, Screen, Timestamp, Tree};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::folder::Folder;
use crate::recording::{About, Content, Recording, Seen, Source};
use crate::wanted::Wanted;
use crate::window::SeenWindow;
use crate::{Fault, IntakeError, frame, json, limit};

pub(crate) const RECORDING: &str = "recording.json";
const CONTEXTS: &str = "contexts.jsonl";
const VERSION: FormatVersion = FormatVersion(1);

/// Where the content lies.
pub(crate) struct Layout(Folder);

#[derive(Deserialize)]
struct AnyVersion {
    version: FormatVersion,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AboutFile {
    #[serde(rename = "version")]
    _version: FormatVersion,
    platform: Platform,
    screen: Screen,
    started: Timestamp,
    ended: Timestamp,
    #[serde(default)]
    task: Option<String>,
    #[serde(default)]
    outcome: Option<Outcome>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContextLine {
    n: usize,
    at: Moment,
    front: SeenWindow,
    windows: Vec<SeenWindow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepFile {
    title: Option<String>,
    action: Action,
    target: Option<u32>,
}

/// Opens the contexts of a recording.
pub(crate) fn open(folder: Folder) -> Result<Recording, IntakeError> {
    let about = about(&folder)?;
    let seen = contexts(&folder)?;
    Ok(Recording { about, seen, pauses: Vec::new(), source: Source::Layout(Layout(folder)) })
}

fn about(folder: &Folder) -> Result<About, IntakeError> {
    let bytes = folder.read(RECORDING, limit::ABOUT_BYTES_MAX)?;
    // The version alone first: a newer layout may have other names, and the message should say that it is newer.
    let AnyVersion { version } = json::document(RECORDING, &bytes)?;
    version.require(VERSION, "the recording")?;
    let file: AboutFile = json::document(RECORDING, &bytes)?;
    let fault = |fault| Err(IntakeError::file(RECORDING, fault));
    if !frame::is_screen(&file.screen) {
        return fault(Fault::Screen);
    }
    if file.started > file.ended {
        return fault(Fault::TimeBack);
    }
    let task_bytes = file.task.as_ref().map_or(0, String::len);
    if task_bytes > limit::TASK_BYTES_MAX || file.screen.name.len() > limit::SCREEN_NAME_BYTES_MAX {
        return fault(Fault::TooLong);
    }
    let AboutFile { platform, screen, started, ended, task, outcome, .. } = file;
    Ok(About { platform, screen, started, ended, task: task.map(Zeroizing::new), outcome })
}

fn contexts(folder: &Folder) -> Result<Vec<Seen>, IntakeError> {
    let bytes = folder.read(CONTEXTS, limit::CONTEXTS_BYTES_MAX)?;
    let mut seen: Vec<Seen> = Vec::new();
    for line in json::lines(CONTEXTS, &bytes) {
        let (number, line) = line?;
        let context: ContextLine = json::line(CONTEXTS, number, line)?;
        check(&context, seen.len(), seen.last()).map_err(|f| IntakeError::line(CONTEXTS, number, f))?;
        seen.push(Seen { at: context.at, front: context.front, windows: context.windows });
    }
    Ok(seen)
}

fn check(context: &ContextLine, expected: usize, before: Option<&Seen>) -> Result<(), Fault> {
    if expected >= limit::STEPS_MAX {
        return Err(Fault::TooMany { max: limit::STEPS_MAX });
    }
    if context.n != expected {
        return Err(Fault::OutOfOrder { expected });
    }
    let is_back =
        |before: &Seen| context.at.monotonic_us < before.at.monotonic_us || context.at.wall < before.at.wall;
    if before.is_some_and(is_back) {
        return Err(Fault::TimeBack);
    }
    if context.windows.len() > limit::WINDOWS_MAX {
        return Err(Fault::TooMany { max: limit::WINDOWS_MAX });
    }
    if !context.windows.contains(&context.front) {
        return Err(Fault::FrontNotSeen);
    }
    context.windows.iter().try_for_each(SeenWindow::check)
}

impl Layout {
    /// Opens the content of a step, as far as it is wanted.
    pub(crate) fn content(&self, n: usize, wanted: Wanted, screen: &Screen) -> Result<Content, IntakeError> {
        let file = format!("steps/{n:04}.json");
        let bytes = self.0.read(&file, limit::STEP_BYTES_MAX)?;
        let StepFile { title, action, target } = json::document(&file, &bytes)?;
        check_action(&action).map_err(|fault| IntakeError::file(&file, fault))?;
        let mut content = Content::narrowed(title, action, target, wanted);
        if wanted.tree {
            content.tree = Some(self.tree(n, content.target)?);
        }
        if wanted.frame {
            let file = format!("frames/{n:04}.png");
            let bytes = self.0.read(&file, limit::FRAME_BYTES_MAX)?;
            content.frame = Some(frame::decode(&file, &bytes, screen)?);
        }
        Ok(content)
    }

    fn tree(&self, n: usize, target: Option<u32>) -> Result<Tree, IntakeError> {
        let file = format!("trees/{n:04}.json");
        let bytes = self.0.read(&file, limit::TREE_BYTES_MAX)?;
        let tree: Tree = json::document(&file, &bytes)?;
        if !tree.is_well_formed() {
            return Err(IntakeError::file(&file, Fault::Tree));
        }
        let is_in = |target: u32| usize::try_from(target).is_ok_and(|target| target < tree.nodes.len());
        if !target.is_none_or(is_in) {
            return Err(IntakeError::file(&file, Fault::Target));
        }
        Ok(tree)
    }
}

/// Whether the action has as many parts as one may have.
fn check_action(action: &Action) -> Result<(), Fault> {
    let believable = match action {
        Action::Click { count, .. } => (1..=3).contains(count),
        Action::Drag { path, .. } => (2..=limit::PATH_POINTS_MAX).contains(&path.len()) && runs_on(path),
        Action::Hotkey { keys } => (1..=limit::HOTKEY_KEYS_MAX).contains(&keys.len()),
        Action::Scroll { .. }
        | Action::Type { .. }
        | Action::Keys { .. }
        | Action::Wait { .. }
        | Action::SwitchWindow {} => true,
    };
    if believable { Ok(()) } else { Err(Fault::Action) }
}

fn runs_on(path: &[candor_model::PathPoint]) -> bool {
    path.iter().is_sorted_by_key(|point| point.after_ms)
}
