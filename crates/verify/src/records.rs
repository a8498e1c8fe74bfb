//! Check 8: each record is a step of a released session, once.

use std::collections::BTreeMap;

use candor_model::evidence::Record;
use candor_model::{Digest, Media, SessionId, bundle};

use crate::files::Files;
use crate::layout::{LINE_BYTES_MAX, RECORDS, RECORDS_MAX};
use crate::lines::{Line, Lines, canonical};
use crate::report::{CheckId, Code, Finding, Ledger};
use crate::sessions::{self, Session};

const CHECK: CheckId = CheckId::Records;
/// Most sessions of a dataset.
pub const SESSIONS_MAX: usize = 1_000_000;

/// Which records a session has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// The first.
    pub(crate) first: u64,
    /// How many.
    pub(crate) count: u64,
}

/// What a pass over `records.jsonl` gives before anything in it is believed: where each session begins, so that a finding
/// about a session can name a record.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// The sessions that records name.
    pub(crate) sessions: BTreeMap<SessionId, Span>,
    /// The digest of the file, if it can be read.
    pub(crate) digest: Option<Digest>,
    /// The number of lines.
    pub(crate) lines: u64,
}

impl Index {
    /// The first record of a session.
    pub(crate) fn first(&self, session: &SessionId) -> Option<u64> {
        self.sessions.get(session).map(|span| span.first)
    }
}

/// Reads the file a first time; what is wrong in it is found by [`check`].
pub(crate) fn index(files: &Files<'_>) -> Index {
    let digest = files.digest(RECORDS).ok().map(|(digest, _)| digest);
    let mut index = Index { digest, ..Index::default() };
    let Ok(lines) = files.lines(RECORDS, LINE_BYTES_MAX) else { return index };
    for line in lines {
        if let Line::Text(bytes) = &line
            && let Some(record) = canonical::<Record>(bytes)
            && (index.sessions.len() < SESSIONS_MAX || index.sessions.contains_key(&record.session))
        {
            let span = index.sessions.entry(record.session).or_insert(Span { first: index.lines, count: 0 });
            span.count += 1;
        }
        index.lines += 1;
    }
    index
}

/// Runs the check.
pub(crate) fn check(
    files: &Files<'_>,
    sessions: &BTreeMap<SessionId, Session>,
    index: &Index,
    ledger: &mut Ledger,
) {
    let lines = match files.lines(RECORDS, LINE_BYTES_MAX) {
        Ok(lines) => lines,
        Err(error) => return ledger.find(error.finding(CHECK, RECORDS)),
    };
    for (session, span) in index.sessions.iter().filter(|(session, _)| !sessions.contains_key(session)) {
        let detail = format!(
            "the {} records from here on name session {session}, which has no manifest here",
            span.count
        );
        ledger.find(Finding::new(CHECK, Code::UnknownSession, RECORDS, detail).record(span.first));
    }
    let mut reader = Reader::default();
    for line in lines {
        if reader.lines >= RECORDS_MAX {
            let detail = format!("there are more than {RECORDS_MAX} records");
            return ledger.find(Finding::new(CHECK, Code::TooLarge, RECORDS, detail));
        }
        reader.line(files, sessions, &line, ledger);
        ledger.examine(CHECK, 1);
    }
}

/// Where the check stands in the file.
#[derive(Debug, Default)]
struct Reader {
    lines: u64,
    /// By how much the records say they are further than their lines.
    ahead: u64,
    last: Option<(SessionId, u32)>,
    /// The manifest of the session that the records are in.
    manifest: Option<(SessionId, bundle::Manifest)>,
}

impl Reader {
    fn line(
        &mut self,
        files: &Files<'_>,
        sessions: &BTreeMap<SessionId, Session>,
        line: &Line,
        ledger: &mut Ledger,
    ) {
        let number = self.lines;
        self.lines += 1;
        let mut find = |code, detail: String| {
            ledger.find(Finding::new(CHECK, code, RECORDS, detail).record(number));
        };
        let record = match record_of(line) {
            Ok(record) => record,
            Err(detail) => return find(Code::Malformed, detail.to_owned()),
        };
        if record.record.wrapping_sub(number) != self.ahead {
            // What follows is counted from here, so that one line that is missing gives one finding.
            self.ahead = record.record.wrapping_sub(number);
            find(
                Code::RecordOrder,
                format!("the line says that it is record {}, which is not its place", record.record),
            );
        }
        let place = (record.session, record.ordinal);
        if self.last.is_some_and(|last| place <= last) {
            find(
                Code::RecordOrder,
                "the record stands twice, or not in order of session and step".to_owned(),
            );
        }
        self.last = Some(place);
        if let Some(session) = sessions.get(&record.session)
            && let Some(manifest) = self.manifest_of(files, session)
            && let Err(detail) = held_against(&record, manifest)
        {
            find(Code::RecordDiffers, detail.to_owned());
        }
    }

    /// The session's manifest, read once per run of its records. That it cannot be read is found by the check of sessions.
    fn manifest_of(&mut self, files: &Files<'_>, session: &Session) -> Option<&bundle::Manifest> {
        if self.manifest.as_ref().is_none_or(|(read, _)| *read != session.id) {
            self.manifest =
                sessions::manifest(files, &session.path).ok().map(|read| (session.id, read.manifest));
        }
        self.manifest.as_ref().map(|(_, manifest)| manifest)
    }
}

fn record_of(line: &Line) -> Result<Record, &'static str> {
    match line {
        Line::Text(bytes) => canonical(bytes).ok_or("the line is not a record in its canonical form"),
        Line::TooLong => Err("the line is longer than a record can be; nothing after it was read"),
        Line::Unfinished(_) => Err("the last line is cut short"),
        Line::Unreadable => Err("the file cannot be read on from here"),
    }
}

fn held_against(record: &Record, manifest: &bundle::Manifest) -> Result<(), &'static str> {
    let released = usize::try_from(record.ordinal).ok().and_then(|ordinal| manifest.steps.get(ordinal));
    match released {
        None => return Err("the session that was released has no step of this number"),
        Some(step) if *step != record.step => {
            return Err("the record is another step than the contributor released");
        }
        Some(_) => {}
    }
    // A session's manifest is read only if its blobs are in order.
    let blob = |digest| manifest.blobs.binary_search_by_key(&digest, |blob| blob.digest).ok();
    let is_frame = |digest| {
        let blob = blob(digest).and_then(|at| manifest.blobs.get(at));
        blob.is_some_and(|blob| matches!(blob.media, Media::Png | Media::Pixmap))
    };
    match record.frame {
        Some(frame) if !is_frame(frame) => Err("the frame is not one that the contributor released"),
        Some(_) | None => Ok(()),
    }
}

/// The records, line by line, for whoever has seen that they hold: a line that is no record is left out.
pub(crate) fn numbered(lines: Lines<'_>) -> impl Iterator<Item = (u64, Option<Record>)> {
    (0..).zip(lines.map(|line| record_of(&line).ok()))
}
