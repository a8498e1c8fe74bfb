//! One session: what its records say, and the files they are in.

use std::path::PathBuf;
use std::sync::Arc;

use candor_bundle::{Packer, TILES_MAX};
use candor_model::{RedactedStep, SessionId, Timestamp};

use crate::error::{SegmentError, SessionError, StateError};
use crate::files::{CommitError, Files, Pen, Repair};
use crate::header::Header;
use crate::index::{Index, SESSION_BLOB_BYTES_MAX, SESSION_BYTES_MAX};
use crate::record::{Record, SessionStart};
use crate::segment::Location;

/// What a record is longer by on the disk than its content: its length, the check of it, and the tag.
const AROUND_A_RECORD_BYTES: u64 = 24;

/// A session whose files could be read.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) index: Index,
    pub(crate) files: Files,
    /// Whether a writer of this program is at work on it.
    pub(crate) recording: bool,
    /// Packs the frames that a writer of this program brings; none before the first, and after a write that failed.
    pub(crate) packer: Option<Packer>,
}

/// A session whose files could not be read.
#[derive(Debug)]
pub(crate) struct Damage {
    pub(crate) error: Arc<SegmentError>,
    pub(crate) folder: PathBuf,
    /// When it deletes itself, where its readable part says so. A session of a newer version is left alone.
    pub(crate) deletes_at: Option<Timestamp>,
}

/// What opening a session's folder gives.
pub(crate) enum Opened {
    Sound(Box<Session>, Option<Repair>),
    Damaged(Damage),
    /// The session never began: its first record was not durable.
    NeverBegan,
}

impl Session {
    /// Begins a session. Commit point: the start record is durable. A crash before it leaves a folder without a record,
    /// which is deleted when the journal is opened.
    pub(crate) fn begin(folder: PathBuf, start: SessionStart, pen: &mut Pen) -> Result<Self, SessionError> {
        let session = start.session;
        let mut files = Files::new(folder, session);
        let contents = contents(session, &[Record::Start(start.clone())])?;
        files.commit(contents, pen).map_err(|error| failed(session, error))?;
        Ok(Self { index: Index::new(start), files, recording: true, packer: None })
    }

    /// Reads a session from its folder.
    pub(crate) fn open(folder: PathBuf, session: SessionId, pen: &Pen) -> Opened {
        let mut files = Files::new(folder, session);
        let mut index = None;
        let replayed = files.replay(&pen.key, &mut |record, at| take(&mut index, session, record, at));
        match (replayed, index) {
            (Ok(repair), Some(index)) => {
                Opened::Sound(Box::new(Self { index, files, recording: false, packer: None }), repair)
            }
            (Ok(_), None) => Opened::NeverBegan,
            (Err(error), index) => Opened::Damaged(Damage {
                deletes_at: deletes_at(&error, index.as_ref()),
                error: Arc::new(error),
                folder: files.folder,
            }),
        }
    }

    /// Writes a step and what belongs to it, all or nothing, if that takes at most so many bytes; it comes back how many it took.
    pub(crate) fn append(
        &mut self,
        content: RedactedStep,
        bytes_max: u64,
        pen: &mut Pen,
    ) -> Result<Option<u64>, SessionError> {
        let session = self.index.start.session;
        let not_a_step = |_| SessionError::State { session, source: StateError::NotAStep };
        // What a packer knows must be in the files: after anything that failed another one begins.
        let mut packer = self.packer.take().unwrap_or_else(|| Packer::after(self.index.tiles));
        let records = Record::of_step(content, &mut packer);
        if packer.is_full() {
            let source = StateError::Full { what: "tiles of frames", limit: TILES_MAX.into() };
            return Err(SessionError::State { session, source });
        }
        let records = records.map_err(not_a_step)?;
        let (records, contents) = self.checked(records)?;
        let coming = contents.iter().map(|content| content.len() as u64 + AROUND_A_RECORD_BYTES).sum::<u64>();
        if coming + Header::LEN as u64 > bytes_max {
            return Ok(None);
        }
        let before = self.files.bytes();
        self.write(records, contents, pen)?;
        self.packer = Some(packer).filter(|packer| packer.tiles() == self.index.tiles);
        Ok(Some(self.files.bytes().saturating_sub(before)))
    }

    /// Writes records, all or none, and takes them into the index.
    pub(crate) fn commit(&mut self, records: Vec<Record>, pen: &mut Pen) -> Result<(), SessionError> {
        let (records, contents) = self.checked(records)?;
        self.write(records, contents, pen)
    }

    /// The records that are not there yet, if they may come next, and their bytes.
    fn checked(&self, records: Vec<Record>) -> Result<(Vec<Record>, Vec<Vec<u8>>), SessionError> {
        let session = self.index.start.session;
        let known = |record: &Record| {
            matches!(record, Record::Blob { digest, .. } if self.index.blobs.contains_key(digest))
                || matches!(record, Record::Frame { digest, .. } if self.index.frames.contains_key(digest))
        };
        let records: Vec<Record> = records.into_iter().filter(|record| !known(record)).collect();
        for record in &records {
            self.index.check(record).map_err(|source| SessionError::State { session, source })?;
        }
        let contents = contents(session, &records)?;
        self.fits(&records, &contents)?;
        Ok((records, contents))
    }

    fn write(
        &mut self,
        records: Vec<Record>,
        contents: Vec<Vec<u8>>,
        pen: &mut Pen,
    ) -> Result<(), SessionError> {
        let session = self.index.start.session;
        let locations = self.files.commit(contents, pen).map_err(|error| failed(session, error))?;
        for (record, at) in records.into_iter().zip(locations) {
            self.index.apply(record, at);
        }
        Ok(())
    }

    /// What is recorded has a limit; what ends, narrows or releases a session always has room.
    fn fits(&self, records: &[Record], contents: &[Vec<u8>]) -> Result<(), SessionError> {
        let grows = |record: &Record| {
            matches!(record, Record::Blob { .. } | Record::Frame { .. } | Record::Step(_) | Record::Gap(_))
        };
        let coming: u64 = contents.iter().map(|content| content.len() as u64).sum();
        let opened =
            |record: &Record| if let Record::Blob { bytes, .. } = record { bytes.len() as u64 } else { 0 };
        let blobs = self.index.blob_bytes + records.iter().map(opened).sum::<u64>();
        let source = if records.iter().any(grows) && self.files.bytes() + coming > SESSION_BYTES_MAX {
            StateError::Full { what: "bytes", limit: SESSION_BYTES_MAX }
        } else if records.iter().any(grows) && blobs > SESSION_BLOB_BYTES_MAX {
            StateError::Full { what: "bytes of trees", limit: SESSION_BLOB_BYTES_MAX }
        } else {
            return Ok(());
        };
        Err(SessionError::State { session: self.index.start.session, source })
    }
}

/// Start-up and the normal path share `check` and `apply`.
fn take(
    index: &mut Option<Index>,
    session: SessionId,
    record: Record,
    at: Location,
) -> Result<(), StateError> {
    match (index, record) {
        (index @ None, Record::Start(start)) if start.session == session => *index = Some(Index::new(start)),
        (None, _) => return Err(StateError::NotAStep),
        (Some(index), record) => {
            index.check(&record)?;
            index.apply(record, at);
        }
    }
    Ok(())
}

fn deletes_at(error: &SegmentError, index: Option<&Index>) -> Option<Timestamp> {
    let newer = matches!(error, SegmentError::Version { .. });
    let index = index.filter(|index| !newer && index.release.is_none())?;
    Some(index.deletes_at())
}

fn contents(session: SessionId, records: &[Record]) -> Result<Vec<Vec<u8>>, SessionError> {
    let not_a_step = |_| SessionError::State { session, source: StateError::NotAStep };
    records.iter().map(|record| record.to_bytes().map_err(not_a_step)).collect()
}

fn failed(session: SessionId, error: CommitError) -> SessionError {
    match error {
        CommitError::State(source) => SessionError::State { session, source },
        CommitError::Write(source) => SessionError::Write { session, source },
        CommitError::Refusing => SessionError::Refusing { session },
    }
}
