//! `events.jsonl`: one raw input event a line.

use std::io::{BufRead, Read};

use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use super::{EVENTS, moment};
use crate::{Fault, IntakeError, json, limit};

/// An event as the recorder wrote it. Points are absolute pixels; some systems give them as fractions.
#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub(crate) enum Event {
    Move { x: f64, y: f64 },
    Click { x: f64, y: f64, button: String, pressed: bool },
    Scroll { x: f64, y: f64, dx: f64, dy: f64 },
    Press { name: String },
    Release { name: String },
    Pause,
    Resume,
}

/// An event with its time and its place in the file.
pub(crate) struct Timed {
    pub(crate) at_us: u64,
    pub(crate) from_byte: u64,
    pub(crate) to_byte: u64,
    pub(crate) event: Event,
}

impl Drop for Timed {
    fn drop(&mut self) {
        if let Event::Press { name } | Event::Release { name } = &mut self.event {
            name.zeroize();
        }
    }
}

#[derive(Deserialize)]
struct Line {
    time_stamp: f64,
    #[serde(flatten)]
    event: Event,
}

/// Reads the events one by one.
pub(crate) struct Events<R> {
    source: R,
    line: u64,
    offset: u64,
    last_us: u64,
}

impl<R: BufRead> Events<R> {
    pub(crate) const fn new(source: R) -> Self {
        Self::at(source, 0)
    }

    /// Reads on from a place in the middle. Lines are then counted from there.
    pub(crate) const fn at(source: R, offset: u64) -> Self {
        Self { source, line: 0, offset, last_us: 0 }
    }

    /// The line that was read last, from 1.
    pub(crate) const fn line(&self) -> u64 {
        self.line
    }

    /// Where the next line begins.
    pub(crate) const fn offset(&self) -> u64 {
        self.offset
    }

    /// The next event, or none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Timed>, IntakeError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(512));
        let source = &mut self.source;
        let read = source.take(limit::EVENT_LINE_BYTES_MAX + 1).read_until(b'\n', &mut bytes);
        let length = read.map_err(|source| IntakeError::Unreadable { file: EVENTS.to_owned(), source })?;
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        if length == 0 {
            return Ok(None);
        }
        self.line += 1;
        let fault = |fault| IntakeError::line(EVENTS, self.line, fault);
        if length > limit::EVENT_LINE_BYTES_MAX {
            return Err(fault(Fault::TooLong));
        }
        let line = bytes.strip_suffix(b"\n").ok_or_else(|| fault(Fault::CutOff))?;
        let Line { time_stamp, event } = json::line(EVENTS, self.line, line)?;
        let at_us = moment::micros(time_stamp).ok_or_else(|| fault(Fault::Shape))?;
        if at_us < self.last_us {
            return Err(fault(Fault::TimeBack));
        }
        let from_byte = self.offset;
        self.offset += length;
        self.last_us = at_us;
        Ok(Some(Timed { at_us, from_byte, to_byte: self.offset, event }))
    }
}
