//! `candor review`: the person sees what is left, takes more away, and says that they have looked.

use std::path::{Path, PathBuf};

use candor_journal::{Found, Journal, MaskInForce, ReviewStep, SessionSummary};
use candor_model::{Action, AppId, Rect, SessionId};
use serde::Serialize;

use super::Session;
use crate::agent::enrolment::Enrolment;
use crate::agent::live::not::Entry;
use crate::agent::{models, name, road, steps, words};
use crate::ambient;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::{durable, output};

/// What a contributor can do with a recording before it leaves, or instead.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List your recordings: what they hold, what was taken out, when they delete themselves.
    List(Which),
    /// Show what would leave, step by step, and what was not recorded and why.
    Show {
        #[command(flatten)]
        of: One,
        /// Also write each frame as it would leave into this folder.
        #[arg(long, value_name = "DIR")]
        frames: Option<PathBuf>,
    },
    /// Name the task in your words; an empty name takes it away. What is personal in it is masked before it is kept.
    Task {
        #[command(flatten)]
        of: One,
        /// The name.
        words: String,
    },
    /// Say how the task ended.
    Outcome {
        #[command(flatten)]
        of: One,
        /// How.
        ended: Ended,
    },
    /// Find text of your own: what was typed, titles, names of what was on the screen.
    Search {
        #[command(flatten)]
        of: One,
        /// The text, 2 letters or digits at least.
        text: String,
    },
    /// Mask a region of the screen, a word wherever it stands, or leave out every step in an app.
    #[command(group(clap::ArgGroup::new("what").required(true)))]
    Mask {
        #[command(flatten)]
        of: One,
        /// Number of the step; all when left out.
        #[arg(long, requires = "region")]
        step: Option<u32>,
        /// Left,top,width,height in pixels.
        #[arg(long, value_parser = parse_region, group = "what")]
        region: Option<Rect>,
        /// A word: it goes from what was typed, titles, names and pictures of every step.
        #[arg(long, group = "what")]
        word: Option<String>,
        /// An app, as `candor review show` names it.
        #[arg(long, group = "what")]
        app: Option<AppId>,
    },
    /// List the masks that are in force, with their numbers.
    Masks(One),
    /// Take a mask back.
    Unmask {
        #[command(flatten)]
        of: One,
        /// Its number, as `candor review masks` shows it.
        mask: u32,
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

/// How a task ended, as its person says.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum Ended {
    /// It was done.
    Done,
    /// It was not done.
    NotDone,
    /// Nothing is said of it.
    Unsaid,
}

impl From<Ended> for Option<candor_model::Outcome> {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Done => Some(candor_model::Outcome::Success),
            Ended::NotDone => Some(candor_model::Outcome::Failure),
            Ended::Unsaid => None,
        }
    }
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
        Command::Task { of, words } => task(session, &of, &words),
        Command::Outcome { of, ended } => {
            let journal = open(session, &of.which)?;
            journal.set_outcome(of.session, ended.into()).because(Kind::Refused, "say how it ended")?;
            done(session, &of, "noted how it ended: look at it once more before it leaves");
            Ok(())
        }
        Command::Search { of, text } => search(session, &of, &text),
        Command::Mask { of, step, region, word, app } => {
            let journal = open(session, &of.which)?;
            let told = mask(&journal, of.session, (step, region), word.as_deref(), app.as_ref())?;
            done(session, &of, &told);
            Ok(())
        }
        Command::Masks(of) => masks(session, &of),
        Command::Unmask { of, mask } => {
            let journal = open(session, &of.which)?;
            journal.unmask(of.session, mask).because(Kind::Refused, "take the mask back")?;
            done(session, &of, "taken back: look at the recording once more before it leaves");
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

fn task(session: &Session, of: &One, words: &str) -> Outcome {
    let enrolment = Enrolment::only(&session.home, of.which.program.as_deref())?;
    let journal = road::journal(&enrolment)?;
    let models = models::open(session.config.models.as_deref())?;
    let kept = name::task(&enrolment, &journal, &models, of.session, words)?;
    done(
        session,
        of,
        &format!("the task is named {kept:?}: look at the recording once more before it leaves"),
    );
    Ok(())
}

fn mask(
    journal: &Journal,
    session: SessionId,
    (step, region): (Option<u32>, Option<Rect>),
    word: Option<&str>,
    app: Option<&AppId>,
) -> Outcome<String> {
    if let Some(word) = word {
        let steps = journal.mask_word(session, word).because(Kind::Refused, "mask the word")?;
        return Ok(format!("masked the word, which stood in {steps} step(s)"));
    }
    if let Some(app) = app {
        let steps = journal.mask_app(session, app).because(Kind::Refused, "leave the app out")?;
        return Ok(format!("left out {app}, {steps} step(s)"));
    }
    let Some(region) = region else { return Err(Failure::new(Kind::Usage, "there is nothing to mask")) };
    journal.mask(session, step, region).because(Kind::Refused, "mask the region")?;
    Ok(format!("masked in {}", step.map_or_else(|| "every step".to_owned(), |step| format!("step {step}"))))
}

#[derive(Serialize)]
struct ShownMask {
    mask: u32,
    what: String,
}

fn masks(session: &Session, of: &One) -> Outcome {
    let journal = open(session, &of.which)?;
    let masks = journal.masks(of.session).because(Kind::BadInput, "read the masks")?;
    let shown = |mask: MaskInForce| ShownMask { mask: mask.number, what: words::masked(&mask.what) };
    let shown: Vec<ShownMask> = masks.into_iter().map(shown).collect();
    output::show(session.json, &shown, |shown| {
        output::table(&["mask", "what"], shown.iter().map(|m| vec![m.mask.to_string(), m.what.clone()]))
    });
    Ok(())
}

#[derive(Serialize)]
struct ShownFind {
    step: u32,
    places: Vec<&'static str>,
}

fn search(session: &Session, of: &One, text: &str) -> Outcome {
    let journal = open(session, &of.which)?;
    let found = journal.search(of.session, text).because(Kind::Usage, "search the recording")?;
    let shown = |found: &Found| ShownFind { step: found.number, places: words::places(&found.places) };
    let shown: Vec<ShownFind> = found.iter().map(shown).collect();
    output::show(session.json, &shown, |shown| {
        let row = |find: &ShownFind| vec![find.step.to_string(), find.places.join(", ")];
        output::table(&["step", "in"], shown.iter().map(row))
    });
    Ok(())
}

#[derive(Serialize)]
struct Listed {
    session: String,
    state: &'static str,
    steps: u64,
    bytes: u64,
    deletes_at: Option<String>,
    task: Option<String>,
    outcome: Option<candor_model::Outcome>,
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
        outcome: summary.outcome,
    }
}

#[derive(Serialize)]
struct ShownSession {
    session: String,
    task: Option<String>,
    steps: Vec<ShownStep>,
    gaps: Vec<ShownGap>,
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

/// What was not recorded, or otherwise than before.
#[derive(Serialize)]
struct ShownGap {
    what: Entry,
    from: String,
    to: String,
    codes: Vec<String>,
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
    let gaps = journal.gaps(of.session).because(Kind::BadInput, "read what was not recorded")?;
    let shown = ShownSession {
        session: of.session.to_string(),
        task: summary.task,
        steps,
        gaps: gaps.iter().map(shown_gap).collect(),
        findings: summary.findings.iter().map(|(kind, count)| (kind.plain().to_owned(), *count)).collect(),
    };
    output::show(session.json, &shown, in_words);
    Ok(())
}

fn write_frame(folder: &Path, step: &ReviewStep) -> Outcome {
    let Some(frame) = &step.content.frame else { return Ok(()) };
    let path = folder.join(format!("{:04}.png", step.number));
    let png = candor_redact::picture_png(frame).because(Kind::BadInput, "write the picture as PNG")?;
    durable::write_private(&path, &png).because(Kind::Storage, &format!("write {}", path.display()))
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

fn shown_gap(gap: &candor_journal::Gap) -> ShownGap {
    ShownGap {
        what: Entry::of(&gap.codes),
        from: gap.from.to_string(),
        to: gap.to.to_string(),
        codes: gap.codes.clone(),
        why: words::reasons(gap),
    }
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
    let gap =
        |gap: &ShownGap| format!("{} {} to {}: {}", gap.what.word(), gap.from, gap.to, gap.why.join(" "));
    lines.extend(shown.gaps.iter().map(gap));
    lines.extend(shown.findings.iter().map(|(kind, count)| format!("taken out: {count} {kind}")));
    lines.join("\n")
}
