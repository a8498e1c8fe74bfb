//! `candor review`: the person sees what is left, takes more away, and says that they have looked.

use std::path::{Path, PathBuf};

use candor_journal::{Journal, ReviewStep, SessionSummary};
use candor_model::{Action, Rect, SessionId};
use serde::Serialize;

use super::Session;
use crate::agent::enrolment::Enrolment;
use crate::agent::{road, steps, words};
use crate::ambient;
use crate::exit::{Because, Kind, Outcome};
use crate::{durable, output};

/// What a contributor can do with a recording before it leaves, or instead.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List your recordings: what they hold, what was taken out, when they delete themselves.
    List(Which),
    /// Show what would leave, step by step, and what the gate refused and why.
    Show {
        #[command(flatten)]
        of: One,
        /// Also write each frame as it would leave into this folder.
        #[arg(long, value_name = "DIR")]
        frames: Option<PathBuf>,
    },
    /// Mask a region of the screen, in one step or in all.
    Mask {
        #[command(flatten)]
        of: One,
        /// Number of the step; all when left out.
        #[arg(long)]
        step: Option<u32>,
        /// Left,top,width,height in pixels.
        #[arg(long, value_parser = parse_region)]
        region: Rect,
    },
    /// Drop steps.
    Drop {
        #[command(flatten)]
        of: One,
        /// Number of a step; once for each.
        #[arg(long, required = true)]
        step: Vec<u32>,
    },
    /// Take dropped steps back in.
    Restore {
        #[command(flatten)]
        of: One,
        /// Number of a step; once for each.
        #[arg(long, required = true)]
        step: Vec<u32>,
    },
    /// Discard a recording: delete it from this machine. Nothing of it leaves.
    Discard(One),
    /// Say that you have looked at a recording. Only then can it be released.
    Done(One),
}

/// Which program.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// First digits of the program's name; may be left out where you take part in one.
    #[arg(long)]
    program: Option<String>,
}

/// Which recording.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// The session, as `candor review list` names it.
    session: SessionId,
    #[command(flatten)]
    which: Which,
}

fn parse_region(text: &str) -> Result<Rect, String> {
    let wrong = || "write left,top,width,height in pixels, for example 40,120,300,60".to_owned();
    let numbers: Vec<&str> = text.split(',').map(str::trim).collect();
    let [x, y, width, height] = numbers.as_slice() else { return Err(wrong()) };
    let edge = |text: &str| text.parse::<i32>().map_err(|_| wrong());
    let side = |text: &str| {
        text.parse::<u32>().map_err(|_| wrong()).and_then(|n| if n > 0 { Ok(n) } else { Err(wrong()) })
    };
    Ok(Rect { x: edge(x)?, y: edge(y)?, width: side(width)?, height: side(height)? })
}

/// Runs `candor review`.
pub(crate) fn run(session: &Session, command: Command) -> Outcome {
    match command {
        Command::List(which) => list(session, &which),
        Command::Show { of, frames } => show(session, &of, frames.as_deref()),
        Command::Mask { of, step, region } => {
            let journal = open(session, &of.which)?;
            journal.mask(of.session, step, region).because(Kind::Refused, "mask the region")?;
            let told = step.map_or_else(|| "every step".to_owned(), |step| format!("step {step}"));
            done(session, &of, &format!("masked in {told}"));
            Ok(())
        }
        Command::Drop { of, step } => {
            let journal = open(session, &of.which)?;
            steps::require(&journal, of.session, &step)?;
            step.iter().try_for_each(|n| {
                journal.drop_step(of.session, *n).because(Kind::Refused, "drop the step")
            })?;
            done(session, &of, &format!("dropped {} step(s)", step.len()));
            Ok(())
        }
        Command::Restore { of, step } => {
            let journal = open(session, &of.which)?;
            steps::require(&journal, of.session, &step)?;
            step.iter().try_for_each(|n| {
                journal.restore_step(of.session, *n).because(Kind::Refused, "restore the step")
            })?;
            done(session, &of, &format!("took {} step(s) back in", step.len()));
            Ok(())
        }
        Command::Discard(of) => {
            open(session, &of.which)?.discard(of.session).because(Kind::Refused, "discard the recording")?;
            done(session, &of, "deleted from this machine; nothing of it has left");
            Ok(())
        }
        Command::Done(of) => {
            let journal = open(session, &of.which)?;
            journal
                .mark_reviewed(of.session, ambient::now())
                .because(Kind::Refused, "mark the recording as reviewed")?;
            done(session, &of, "looked at: it leaves only when you say `candor release`");
            Ok(())
        }
    }
}

#[derive(Serialize)]
struct Done<'a> {
    session: String,
    done: &'a str,
}

fn done(session: &Session, of: &One, what: &str) {
    let told = Done { session: of.session.to_string(), done: what };
    output::show(session.json, &told, |told| format!("{}: {}", told.session, told.done));
}

fn open(session: &Session, which: &Which) -> Outcome<Journal> {
    road::journal(&Enrolment::only(&session.home, which.program.as_deref())?)
}

#[derive(Serialize)]
struct Listed {
    session: String,
    state: &'static str,
    steps: u64,
    bytes: u64,
    deletes_at: Option<String>,
    task: Option<String>,
}

fn list(session: &Session, which: &Which) -> Outcome {
    let journal = open(session, which)?;
    let sessions = journal.sessions().because(Kind::Storage, "read the journal")?;
    let listed: Vec<Listed> = sessions.iter().map(listed).collect();
    output::show(session.json, &listed, |listed| {
        let row = |l: &Listed| {
            let deletes = l.deletes_at.clone().unwrap_or_default();
            vec![l.session.clone(), l.state.to_owned(), l.steps.to_string(), output::bytes(l.bytes), deletes]
        };
        output::table(&["session", "state", "steps", "size", "deletes itself"], listed.iter().map(row))
    });
    Ok(())
}

fn listed(summary: &SessionSummary) -> Listed {
    Listed {
        session: summary.session.to_string(),
        state: words::state(&summary.state),
        steps: summary.steps as u64,
        bytes: summary.bytes,
        deletes_at: summary.deletes_at.map(|at| at.to_string()),
        task: summary.task.clone(),
    }
}

#[derive(Serialize)]
struct ShownSession {
    session: String,
    task: Option<String>,
    steps: Vec<ShownStep>,
    refused: Vec<Refused>,
    findings: std::collections::BTreeMap<String, u64>,
}

#[derive(Serialize)]
struct ShownStep {
    step: u32,
    app: String,
    site: Option<String>,
    action: Action,
    target: Option<String>,
    taken_out: usize,
}

#[derive(Serialize)]
struct Refused {
    from: String,
    to: String,
    why: Vec<String>,
}

fn show(session: &Session, of: &One, frames: Option<&Path>) -> Outcome {
    let journal = open(session, &of.which)?;
    let summary = journal.session(of.session).because(Kind::BadInput, "find the recording")?;
    let mut steps = Vec::new();
    for step in journal.view(of.session).because(Kind::BadInput, "open the recording")? {
        let step = step.because(Kind::BadInput, "open the recording")?;
        if let Some(folder) = frames {
            write_frame(folder, &step)?;
        }
        steps.push(shown_step(&step));
    }
    let gaps = journal.gaps(of.session).because(Kind::BadInput, "read what was refused")?;
    let shown = ShownSession {
        session: of.session.to_string(),
        task: summary.task,
        steps,
        refused: gaps.iter().map(refused).collect(),
        findings: summary.findings.iter().map(|(kind, count)| (kind.plain().to_owned(), *count)).collect(),
    };
    output::show(session.json, &shown, in_words);
    Ok(())
}

fn write_frame(folder: &Path, step: &ReviewStep) -> Outcome {
    let Some(frame) = &step.content.frame else { return Ok(()) };
    let path = folder.join(format!("{:04}.png", step.number));
    durable::write_private(&path, frame).because(Kind::Storage, &format!("write {}", path.display()))
}

fn shown_step(step: &ReviewStep) -> ShownStep {
    let content = &step.content.step;
    ShownStep {
        step: step.number,
        app: content.window.app.to_string(),
        site: content.window.site.as_ref().map(ToString::to_string),
        action: content.action.clone(),
        target: content.target.as_ref().map(words::target),
        taken_out: step.content.report.findings.len(),
    }
}

fn refused(gap: &candor_journal::Gap) -> Refused {
    Refused { from: gap.from.to_string(), to: gap.to.to_string(), why: words::reasons(gap) }
}

fn in_words(shown: &ShownSession) -> String {
    let row = |s: &ShownStep| {
        let place = s.site.as_ref().map_or_else(|| s.app.clone(), |site| format!("{} {site}", s.app));
        vec![
            s.step.to_string(),
            place,
            words::action(&s.action),
            s.target.clone().unwrap_or_default(),
            s.taken_out.to_string(),
        ]
    };
    let table = output::table(&["step", "in", "action", "on", "taken out"], shown.steps.iter().map(row));
    let mut lines = vec![table];
    let refused =
        shown.refused.iter().map(|r| format!("refused {} to {}: {}", r.from, r.to, r.why.join(" ")));
    lines.extend(refused);
    lines.extend(shown.findings.iter().map(|(kind, count)| format!("taken out: {count} {kind}")));
    lines.join("\n")
}
