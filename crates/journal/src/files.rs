//! The folder of one session: its segments, read from the first to the last, and written at the end of the last.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use candor_model::SessionId;

use crate::Hook;
use crate::error::{SegmentError, StateError};
use crate::header::{Header, VERSION};
use crate::keys::{DeviceKey, SaltSource};
use crate::record::Record;
use crate::segment::{Location, Next, Place, SegmentReader, SegmentWriter, path, sync_folder};

/// Most segments of a session; each program that writes to a session begins one.
pub const SEGMENTS_MAX: u32 = 10_000;

/// What opening the journal cut off the end of a session: a write that a crash had interrupted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// The session.
    pub session: SessionId,
    /// The segment.
    pub segment: u32,
    /// How many bytes were cut.
    pub bytes_cut: u64,
}

impl std::fmt::Display for Repair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { session, segment, bytes_cut } = self;
        write!(
            f,
            "a write to session {session} had been interrupted: {bytes_cut} bytes were cut off segment {segment}"
        )
    }
}

/// What writing needs: the key, salts and the hook of the tests.
pub(crate) struct Pen {
    pub(crate) key: DeviceKey,
    pub(crate) salts: SaltSource,
    pub(crate) hook: Hook,
    /// Size in bytes at which a segment is closed.
    pub(crate) segment_bytes_max: u64,
}

/// The files of one session.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) folder: PathBuf,
    session: SessionId,
    pub(crate) segments: u32,
    next_record: u64,
    bytes: u64,
    pub(crate) writer: Option<SegmentWriter>,
    refusing: bool,
}

/// Why records were not written.
#[derive(Debug)]
pub(crate) enum CommitError {
    State(StateError),
    Write(io::Error),
    Refusing,
}

impl Files {
    /// The files of a session that has none yet.
    pub(crate) fn new(folder: PathBuf, session: SessionId) -> Self {
        Self { folder, session, segments: 0, next_record: 0, bytes: 0, writer: None, refusing: false }
    }

    /// Size of the files in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes + self.writer.as_ref().map_or(0, SegmentWriter::len)
    }

    /// Reads every record in order and hands it to `apply`; cuts a torn end off the last segment.
    pub(crate) fn replay(
        &mut self,
        key: &DeviceKey,
        apply: &mut dyn FnMut(Record, Location) -> Result<(), StateError>,
    ) -> Result<Option<Repair>, SegmentError> {
        let count = self.count_segments()?;
        let mut repair = None;
        for segment in 0..count {
            let torn_from = self.replay_segment(segment, key, apply)?;
            let Some(good_len) = torn_from else { continue };
            if segment + 1 < count {
                return Err(SegmentError::Changed { segment, record: self.next_record });
            }
            repair = Some(self.cut(segment, good_len)?);
        }
        Ok(repair)
    }

    fn replay_segment(
        &mut self,
        segment: u32,
        key: &DeviceKey,
        apply: &mut dyn FnMut(Record, Location) -> Result<(), StateError>,
    ) -> Result<Option<u64>, SegmentError> {
        let place = Place { session: self.session, segment, first_record: Some(self.next_record) };
        let Some(mut reader) = SegmentReader::open(&self.folder, &place, key)? else { return Ok(Some(0)) };
        loop {
            match reader.next()? {
                Next::Record { at, content } => {
                    let out_of_order = || SegmentError::OutOfOrder { segment, record: at.record };
                    let record = Record::parse(&content).map_err(|_| out_of_order())?;
                    apply(record, at).map_err(|_| out_of_order())?;
                }
                Next::End => break,
                Next::Torn { good_len } => {
                    (self.segments, self.next_record) = (segment + 1, reader.next_record());
                    return Ok(Some(good_len));
                }
            }
        }
        (self.segments, self.next_record) = (segment + 1, reader.next_record());
        // A segment without a record was never begun: it is cut away like a torn one.
        if reader.is_empty() {
            return Ok(Some(Header::LEN as u64));
        }
        self.bytes += reader.len();
        Ok(None)
    }

    fn count_segments(&self) -> Result<u32, SegmentError> {
        let io = |source| SegmentError::Io { segment: 0, source };
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(io)? {
            names.push(PathBuf::from(entry.map_err(io)?.file_name()));
        }
        let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
        let missing = |segment: &u32| !names.contains(&path(Path::new(""), *segment));
        match (0..count).find(missing) {
            None => Ok(count),
            Some(segment) => Err(SegmentError::Missing { segment }),
        }
    }

    /// Commit point: `sync_all`, or the removal of a file without records. A crash before it leaves the torn end, which
    /// the next opening cuts again.
    fn cut(&mut self, segment: u32, good_len: u64) -> Result<Repair, SegmentError> {
        let io = |source| SegmentError::Io { segment, source };
        let path = path(&self.folder, segment);
        let len = fs::metadata(&path).map_err(io)?.len();
        if good_len <= Header::LEN as u64 {
            fs::remove_file(&path).and_then(|()| sync_folder(&self.folder)).map_err(io)?;
            self.segments = segment;
        } else {
            let file = fs::OpenOptions::new().write(true).open(&path).map_err(io)?;
            file.set_len(good_len).and_then(|()| file.sync_all()).map_err(io)?;
            self.bytes += good_len;
        }
        Ok(Repair { session: self.session, segment, bytes_cut: len.saturating_sub(good_len) })
    }

    /// Takes nothing more until the journal is opened again: what is in the files is not known any more.
    pub(crate) const fn refuse(&mut self) {
        self.refusing = true;
    }

    /// Reads one record.
    pub(crate) fn read(&self, at: Location, key: &DeviceKey) -> Result<Record, SegmentError> {
        let place = Place { session: self.session, segment: at.segment, first_record: None };
        let changed = || SegmentError::Changed { segment: at.segment, record: at.record };
        let reader = SegmentReader::open(&self.folder, &place, key)?.ok_or_else(changed)?;
        Record::parse(&reader.seek(at)?).map_err(|_| changed())
    }

    /// Writes records; all of them are durable when it returns, and none of them counts when it fails.
    pub(crate) fn commit(
        &mut self,
        contents: Vec<Vec<u8>>,
        pen: &mut Pen,
    ) -> Result<Vec<Location>, CommitError> {
        if self.refusing {
            return Err(CommitError::Refusing);
        }
        let mut writer = self.writer_with_room(&contents, pen)?;
        match writer.append(contents, &pen.hook) {
            Ok(locations) => {
                self.next_record += locations.len() as u64;
                self.writer = Some(writer);
                Ok(locations)
            }
            Err(source) => Err(self.give_up(writer, source)),
        }
    }

    fn writer_with_room(
        &mut self,
        contents: &[Vec<u8>],
        pen: &mut Pen,
    ) -> Result<SegmentWriter, CommitError> {
        let coming = contents.iter().map(|content| content.len() as u64).sum::<u64>();
        if let Some(writer) = self.writer.take() {
            if writer.is_empty() || writer.len() + coming <= pen.segment_bytes_max {
                return Ok(writer);
            }
            self.bytes += writer.len();
        }
        self.next_segment(pen)
    }

    fn next_segment(&mut self, pen: &mut Pen) -> Result<SegmentWriter, CommitError> {
        if self.segments >= SEGMENTS_MAX {
            let limit = u64::from(SEGMENTS_MAX);
            return Err(CommitError::State(StateError::Full { what: "segments", limit }));
        }
        let salt = pen
            .salts
            .next()
            .map_err(|_| CommitError::Write(io::Error::other("a key could not be derived")))?;
        let (session, segment, first_record) = (self.session, self.segments, self.next_record);
        let header = Header { version: VERSION, session, segment, first_record, salt };
        match SegmentWriter::create(&self.folder, &header, &pen.key, &pen.hook) {
            Ok(writer) => {
                self.segments += 1;
                Ok(writer)
            }
            Err(source) => {
                // The file has no record. If it cannot be removed, the session takes nothing until it is opened again.
                self.refusing = fs::remove_file(path(&self.folder, segment)).is_err();
                Err(CommitError::Write(source))
            }
        }
    }

    fn give_up(&mut self, writer: SegmentWriter, source: io::Error) -> CommitError {
        let (len, empty) = (writer.len(), writer.is_empty());
        let cut = writer.cut_back();
        let cleared = if empty { self.remove_last_segment() } else { Ok(()) };
        if cut.and(cleared).is_err() {
            self.refusing = true;
        } else if !empty {
            self.bytes += len;
        }
        CommitError::Write(source)
    }

    fn remove_last_segment(&mut self) -> io::Result<()> {
        self.segments -= 1;
        fs::remove_file(path(&self.folder, self.segments)).and_then(|()| sync_folder(&self.folder))
    }
}
