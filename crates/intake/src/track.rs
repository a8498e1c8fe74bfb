//! The raw folders of `DuckTrack` and `AgentNetTool`, with PNG frames beside them.
//!
//! They hold one stream of input events for the whole recording. [`open`] goes through it to find where each action
//! begins and ends, and forgets what it was; a step that is permitted reads its own part of the stream again. Trees,
//! elements and frames are opened only for such a step.
//!
//! What these folders do not tell, and what follows: no site, so that a browser is refused at the gate; no place of
//! windows, so that the window in front counts as the whole screen; no role that tells a password field, so that every
//! tree is `partial`, by which the redactor shows no pixel and only counts what was typed.

pub(crate) mod about;
pub(crate) mod event;
pub(crate) mod moment;
pub(crate) mod reduce;
pub(crate) mod shelf;
#[cfg(test)]
mod tests;
pub(crate) mod tree;

use std::io::{Seek, SeekFrom};

use candor_model::{Action, Moment, Rect, Screen};
use zeroize::Zeroize;

use crate::folder::Folder;
use crate::recording::{Content, Pause, Recording, Seen, Source};
use crate::wanted::Wanted;
use crate::window::SeenWindow;
use crate::{Fault, IntakeError, frame, json, limit};
use event::{Event, Events, Timed};
use moment::Clock;
use reduce::{Found, Reducer};
use shelf::Shelf;

pub(crate) const EVENTS: &str = "events.jsonl";
const TOP_WINDOW: &str = "top_window.jsonl";
/// Class of a window whose program is not known. No charter names it.
const UNKNOWN_CLASS: &str = "";

/// Where the content lies.
pub(crate) struct Track {
    folder: Folder,
    parts: Vec<Part>,
    shelf: Shelf,
}

/// Where one action lies in the stream, and nothing of what it was.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) found: Found,
    /// Since when the window in front has been there, in microseconds of the recorder's clock. What was seen before
    /// shows another window.
    pub(crate) front_us: u64,
    /// When the action before it ended, on the same clock, and not before `front_us`.
    pub(crate) after_us: u64,
}

/// Opens the contexts of a recording.
pub(crate) fn open(folder: Folder) -> Result<Recording, IntakeError> {
    let (about, clock) = about::read(&folder)?;
    let fronts = fronts(&folder)?;
    let Walk { parts, pauses, .. } = walk(&folder, &fronts)?;
    let bounds = Rect { x: 0, y: 0, width: about.screen.width, height: about.screen.height };
    let first = parts.first().map_or(0, |part| part.found.from_us);
    let seen = parts.iter().map(|part| seen(part.found.from_us, first, &clock, &fronts, bounds)).collect();
    let pauses =
        pauses.iter().map(|(from, to)| Pause { from: clock.wall(*from), to: clock.wall(*to) }).collect();
    let source = Source::Track(Track { folder, parts, shelf: Shelf::default() });
    Ok(Recording { about, seen, pauses, source })
}

/// The program in front at a moment, and since when.
fn front(fronts: &[(u64, String)], at_us: u64) -> Option<&(u64, String)> {
    fronts.get(..fronts.partition_point(|(from, _)| *from <= at_us))?.last()
}

fn seen(at_us: u64, first_us: u64, clock: &Clock, fronts: &[(u64, String)], bounds: Rect) -> Seen {
    let class = front(fronts, at_us).map_or(UNKNOWN_CLASS, |(_, class)| class);
    let front = SeenWindow::of_class(class.to_owned(), bounds);
    let at = Moment { wall: clock.wall(at_us), monotonic_us: at_us.saturating_sub(first_us) };
    Seen { at, windows: vec![front.clone()], front }
}

/// From when on which program was in front.
fn fronts(folder: &Folder) -> Result<Vec<(u64, String)>, IntakeError> {
    #[derive(serde::Deserialize)]
    struct Line {
        time_stamp: f64,
        top_window_name: String,
    }
    let bytes = folder.read(TOP_WINDOW, limit::CONTEXTS_BYTES_MAX)?;
    let mut fronts: Vec<(u64, String)> = Vec::new();
    for line in json::lines(TOP_WINDOW, &bytes) {
        let (number, line) = line?;
        let Line { time_stamp, top_window_name } = json::line(TOP_WINDOW, number, line)?;
        let fault = |fault| IntakeError::line(TOP_WINDOW, number, fault);
        let at = moment::micros(time_stamp).ok_or_else(|| fault(Fault::Shape))?;
        if fronts.last().is_some_and(|(before, _)| at < *before) {
            return Err(fault(Fault::TimeBack));
        }
        if top_window_name.len() > limit::CLASS_BYTES_MAX {
            return Err(fault(Fault::TooLong));
        }
        fronts.push((at, top_window_name));
    }
    Ok(fronts)
}

/// What one walk through the stream finds.
struct Walk<'a> {
    fronts: &'a [(u64, String)],
    reducer: Reducer,
    parts: Vec<Part>,
    pauses: Vec<(u64, u64)>,
    paused_us: Option<u64>,
}

/// Goes through the stream once. An action ends where another window comes to the front, so that none spans two.
fn walk<'a>(folder: &Folder, fronts: &'a [(u64, String)]) -> Result<Walk<'a>, IntakeError> {
    let mut events = Events::new(folder.open(EVENTS, limit::EVENTS_BYTES_MAX)?);
    let mut walk =
        Walk { fronts, reducer: Reducer::new(), parts: Vec::new(), pauses: Vec::new(), paused_us: None };
    let mut changes = fronts.iter().map(|(at, _)| *at).peekable();
    let mut last_us = 0;
    while let Some(event) = events.next()? {
        while changes.next_if(|change| *change <= event.at_us).is_some() {
            walk.reducer.end();
        }
        walk.take(&event);
        walk.keep(events.line())?;
        last_us = event.at_us;
    }
    walk.reducer.end();
    walk.keep(events.line())?;
    walk.pauses.extend(walk.paused_us.map(|from| (from, last_us)));
    Ok(walk)
}

impl Walk<'_> {
    fn take(&mut self, event: &Timed) {
        match event.event {
            Event::Pause => self.paused_us = self.paused_us.or(Some(event.at_us)),
            Event::Resume => self.pauses.extend(self.paused_us.take().map(|from| (from, event.at_us))),
            // What a recorder writes although it is paused is not taken.
            _ if self.paused_us.is_some() => return,
            Event::Move { .. }
            | Event::Click { .. }
            | Event::Scroll { .. }
            | Event::Press { .. }
            | Event::Release { .. } => {}
        }
        self.reducer.take(event);
    }

    /// Keeps where the actions are, and drops what they were.
    fn keep(&mut self, line: u64) -> Result<(), IntakeError> {
        for (found, mut action) in self.reducer.found() {
            action.zeroize();
            if self.parts.len() >= limit::STEPS_MAX {
                let fault = Fault::TooMany { max: limit::STEPS_MAX };
                return Err(IntakeError::line(EVENTS, line, fault));
            }
            let front_us = front(self.fronts, found.from_us).map_or(0, |(from, _)| *from);
            let after_us = self.parts.last().map_or(0, |part| part.found.to_us).max(front_us);
            self.parts.push(Part { found, front_us, after_us });
        }
        Ok(())
    }
}

impl Track {
    /// Opens the content of a step, as far as it is wanted.
    pub(crate) fn content(&self, n: usize, wanted: Wanted, screen: &Screen) -> Result<Content, IntakeError> {
        let changed = || IntakeError::file(EVENTS, Fault::Changed);
        let part = *self.parts.get(n).ok_or_else(changed)?;
        let action = self.action(part.found)?.ok_or_else(changed)?;
        let mut content = Content::narrowed(None, action, None, wanted);
        if wanted.tree {
            content.tree = self.shelf.tree(&self.folder, part)?;
            let at = if wanted.pointer { place(&content.action) } else { None };
            content.target = content.tree.as_ref().zip(at).and_then(|(tree, at)| tree::under(tree, at));
        }
        if wanted.frame
            && let Some(file) = self.shelf.frame(&self.folder, part)?
        {
            let bytes = self.folder.read(&file, limit::FRAME_BYTES_MAX)?;
            content.frame = Some(frame::decode(&file, &bytes, screen)?);
        }
        Ok(content)
    }

    /// Reads the part of the stream again that the action lies in.
    fn action(&self, found: Found) -> Result<Option<Action>, IntakeError> {
        let mut file = self.folder.open(EVENTS, limit::EVENTS_BYTES_MAX)?;
        let unreadable = |source| IntakeError::Unreadable { file: EVENTS.to_owned(), source };
        file.seek(SeekFrom::Start(found.from_byte)).map_err(unreadable)?;
        let mut events = Events::at(file, found.from_byte);
        let mut reducer = Reducer::with(found.keys);
        while events.offset() < found.to_byte {
            let Some(event) = events.next()? else { break };
            reducer.take(&event);
        }
        reducer.end();
        let mut actions = reducer.found().into_iter();
        Ok(actions.next().filter(|_| actions.next().is_none()).map(|(_, action)| action))
    }
}

/// Where a pointer action was.
fn place(action: &Action) -> Option<candor_model::Point> {
    match action {
        Action::Click { at, .. } | Action::Scroll { at, .. } => Some(*at),
        Action::Drag { path, .. } => path.first().map(|point| point.at),
        Action::Type { .. }
        | Action::Keys { .. }
        | Action::Hotkey { .. }
        | Action::Wait { .. }
        | Action::SwitchWindow {} => None,
    }
}
