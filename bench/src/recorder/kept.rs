//! The frames that a recording kept, and what each costs after it was read: it is written as a step has it, and named.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use candor_journal::Journal;
use candor_model::{FrameView, SessionId, digest_of_tiles};

use super::cost;
use crate::demo::candor;
use crate::page::{enrolled, open_journal};
use crate::timing::median_seconds;

const RUNS: usize = 5;

/// The last recording of a person.
pub(crate) fn last_session(home: &Path) -> Result<String> {
    let journal = open_journal(&enrolled(home).context("nobody takes part")?)?;
    Ok(last_of(&journal)?.to_string())
}

fn last_of(journal: &Journal) -> Result<SessionId> {
    let sessions = journal.sessions()?.into_iter();
    Ok(sessions.max_by_key(|session| session.started).context("nothing was recorded")?.session)
}

/// The frames of the last steps of the last recording, in their order. Where frames were left out, nothing that was measured means anything.
#[expect(clippy::print_stderr, reason = "a benchmark says what its figure is made of")]
pub(crate) fn last_frames(home: &Path, actions: u32) -> Result<Vec<Vec<u8>>> {
    let journal = open_journal(&enrolled(home).context("nobody takes part")?)?;
    let last = last_of(&journal)?;
    let outline = journal.outline(last)?;
    let steps = outline.iter().rev().take(usize::try_from(actions)?).rev();
    let mut frames = Vec::new();
    for step in steps.clone().filter(|step| step.has_frame) {
        let frame = journal.view_step(last, step.number)?.content.frame;
        frames.push(frame.context("a step without its frame")?.into_vec());
    }
    eprintln!("of the last {actions} actions {} steps with {} frames were kept", steps.count(), frames.len());
    let enough = frames.len() * 10 >= usize::try_from(actions)? * 8;
    ensure!(enough, "frames were left out: what was measured says nothing");
    Ok(frames)
}

/// Milliseconds to write a frame as a step has it, and to name it after the one before: the mean over these.
#[expect(clippy::print_stderr, reason = "a benchmark says what its figure is made of")]
pub(crate) fn written_ms(frames: &[Vec<u8>]) -> Result<f64> {
    let views: Option<Vec<_>> = frames.iter().map(|frame| FrameView::of_pixmap(frame)).collect();
    let named: Vec<_> =
        views.context("no frame")?.into_iter().map(|view| (view, view.tile_digests(None))).collect();
    let seconds = median_seconds(RUNS, || {
        for ((before, digests), (frame, _)) in named.iter().zip(named.iter().skip(1)) {
            std::hint::black_box(frame.to_pixmap());
            let tiles = frame.tile_digests(Some((*before, digests)));
            std::hint::black_box(digest_of_tiles(frame.width(), frame.height(), tiles));
        }
    });
    let ms = seconds * 1e3 / f64::from(u32::try_from(named.len().saturating_sub(1).max(1))?);
    let pairs = named.iter().zip(named.iter().skip(1));
    let changed: usize = pairs.map(|((_, a), (_, b))| a.iter().zip(b).filter(|(a, b)| a != b).count()).sum();
    eprintln!("writing and naming a frame: {ms:.2} ms; {changed} tiles changed in {} frames", named.len());
    Ok(ms)
}

/// The most memory, in megabytes, of a program that reads and masks one frame and does nothing else.
#[expect(clippy::print_stderr, reason = "a benchmark says what its figure is made of")]
pub(crate) fn reading_mb() -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let frame = Path::new(env!("CARGO_MANIFEST_DIR")).join("frames/mail.png");
    let mut command = candor();
    command.args(["redact", "image"]).arg(frame).arg(folder.path().join("masked.png"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut most = f64::NAN;
    let ended = loop {
        most = cost::memory_mb(child.id()).unwrap_or(0.0).max(most);
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    ensure!(ended.success(), "the frame was not read");
    eprintln!("a program that reads one frame: {most:.0} MB");
    Ok(most)
}
