//! A segment file: a header and sealed records, written once, by one process, at its end only.
//!
//! A record is `length u32 | check of the length [4] | AES-256-GCM(content) | tag [16]`, numbers big-endian.
//! See `docs/formats/journal.md`.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use candor_model::SessionId;

use crate::error::SegmentError;
use crate::header::{Header, HeaderError};
use crate::keys::{DeviceKey, LENGTH_CHECK_LEN, SegmentKeys, TAG_LEN};
use crate::{Hook, point};

/// Size in bytes at which a segment is closed and the next one begins.
pub const SEGMENT_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Largest content of a record in bytes: a blob, and some room for what is around it.
pub const RECORD_BYTES_MAX: usize = 209 * 1024 * 1024;

const PREFIX_LEN: usize = 4 + LENGTH_CHECK_LEN;

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) segment: u32,
    pub(crate) offset: u64,
    pub(crate) record: u64,
}

/// The path of a segment in its session's folder.
pub(crate) fn path(folder: &Path, segment: u32) -> PathBuf {
    folder.join(format!("{segment:06}.segment"))
}

/// The end of a segment that is being written.
#[derive(Debug)]
pub(crate) struct SegmentWriter {
    file: File,
    keys: SegmentKeys,
    segment: u32,
    next_record: u64,
    len: u64,
}

impl SegmentWriter {
    /// Makes the file with its header.
    ///
    /// Commit point: none. A crash in here leaves a file without a record, which is removed when the journal is opened.
    pub(crate) fn create(folder: &Path, header: &Header, key: &DeviceKey, hook: &Hook) -> io::Result<Self> {
        let keys = key.segment(header).map_err(|_| io::Error::other("a key could not be derived"))?;
        let path = path(folder, header.segment);
        let mut file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        file.write_all(&header.to_bytes())?;
        file.sync_all()?;
        sync_folder(folder)?;
        hook(point::SEGMENT_CREATED);
        let (segment, next_record) = (header.segment, header.first_record);
        Ok(Self { file, keys, segment, next_record, len: Header::LEN as u64 })
    }

    /// Length of the file in bytes.
    pub(crate) const fn len(&self) -> u64 {
        self.len
    }

    /// Whether no record is in it.
    pub(crate) const fn is_empty(&self) -> bool {
        self.len == Header::LEN as u64
    }

    /// Appends records and makes them durable.
    ///
    /// Commit point: the return of `sync_data`. A crash before it leaves none or some of the records, the last one
    /// perhaps torn; a torn one is cut when the journal is opened. A crash after it leaves all of them.
    pub(crate) fn append(&mut self, contents: Vec<Vec<u8>>, hook: &Hook) -> io::Result<Vec<Location>> {
        let (mut bytes, mut locations) = (Vec::new(), Vec::new());
        for (record, content) in (self.next_record..).zip(contents) {
            let offset = self.len + bytes.len() as u64;
            locations.push(Location { segment: self.segment, offset, record });
            bytes.extend(self.sealed(record, content)?);
        }
        self.file.write_all(&bytes)?;
        hook(point::RECORDS_WRITTEN);
        self.file.sync_data()?;
        hook(point::RECORDS_SYNCED);
        self.len += bytes.len() as u64;
        self.next_record += locations.len() as u64;
        Ok(locations)
    }

    fn sealed(&self, record: u64, content: Vec<u8>) -> io::Result<Vec<u8>> {
        let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, "a record is too large");
        if content.len() > RECORD_BYTES_MAX {
            return Err(too_large());
        }
        let len = u32::try_from(content.len() + TAG_LEN).map_err(|_| too_large())?;
        let sealed = self.keys.seal(record, content).map_err(|_| io::Error::other("could not seal"))?;
        Ok([len.to_be_bytes().as_slice(), &self.keys.length_check(record, len), &sealed].concat())
    }

    /// Takes back what a failed `append` may have left, and gives up the segment: its next nonces may be used.
    pub(crate) fn cut_back(self) -> io::Result<()> {
        self.file.set_len(self.len)?;
        self.file.sync_all()
    }
}

/// Makes the entries of a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// What a reader finds next.
#[derive(Debug)]
pub(crate) enum Next {
    /// A record that authenticates in its place.
    Record { at: Location, content: Vec<u8> },
    /// The end of the file.
    End,
    /// Something that was never wholly written, from this length of the file on.
    Torn { good_len: u64 },
}

/// Reads a segment from its beginning.
#[derive(Debug)]
pub(crate) struct SegmentReader {
    file: BufReader<File>,
    keys: SegmentKeys,
    segment: u32,
    record: u64,
    offset: u64,
    len: u64,
}

impl SegmentReader {
    /// Opens a segment and holds its header against its place; none if not even the header was wholly written.
    pub(crate) fn open(folder: &Path, place: &Place, key: &DeviceKey) -> Result<Option<Self>, SegmentError> {
        let segment = place.segment;
        let io = |source| SegmentError::Io { segment, source };
        let file = File::open(path(folder, segment)).map_err(io)?;
        let len = file.metadata().map_err(io)?.len();
        let mut file = BufReader::new(file);
        let mut bytes = [0; Header::LEN];
        if len < Header::LEN as u64 {
            return Ok(None);
        }
        file.read_exact(&mut bytes).map_err(io)?;
        if bytes == [0; Header::LEN] && rest_is_zero(&mut file).map_err(io)? {
            return Ok(None);
        }
        let header = parsed(&bytes, place)?;
        let keys = key.segment(&header).map_err(|_| io(io::Error::other("a key could not be derived")))?;
        let (record, offset) = (header.first_record, Header::LEN as u64);
        Ok(Some(Self { file, keys, segment, record, offset, len }))
    }

    /// The next record.
    pub(crate) fn next(&mut self) -> Result<Next, SegmentError> {
        if self.offset == self.len {
            return Ok(Next::End);
        }
        let torn = Ok(Next::Torn { good_len: self.offset });
        let left = self.len - self.offset;
        if left < PREFIX_LEN as u64 {
            return torn;
        }
        let mut prefix = [0; PREFIX_LEN];
        self.file.read_exact(&mut prefix).map_err(|source| self.io(source))?;
        if prefix == [0; PREFIX_LEN] && rest_is_zero(&mut self.file).map_err(|source| self.io(source))? {
            return torn;
        }
        let len = self.checked_len(prefix)?;
        if left - (PREFIX_LEN as u64) < u64::from(len) {
            return torn;
        }
        self.content(len)
    }

    fn checked_len(&self, prefix: [u8; PREFIX_LEN]) -> Result<u32, SegmentError> {
        let changed = || SegmentError::Changed { segment: self.segment, record: self.record };
        let (len, check) = prefix.split_first_chunk::<4>().ok_or_else(changed)?;
        let len = u32::from_be_bytes(*len);
        let holds = self.keys.length_holds(self.record, len, check);
        if holds { Ok(len) } else { Err(changed()) }
    }

    fn content(&mut self, len: u32) -> Result<Next, SegmentError> {
        let mut sealed = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
        self.file.read_exact(&mut sealed).map_err(|source| self.io(source))?;
        let end = self.offset + PREFIX_LEN as u64 + u64::from(len);
        // A file system may lengthen a file before it writes its last blocks: then the tag is zeros.
        let never_written = end == self.len && sealed.iter().rev().take(TAG_LEN).all(|byte| *byte == 0);
        if never_written {
            return Ok(Next::Torn { good_len: self.offset });
        }
        let changed = SegmentError::Changed { segment: self.segment, record: self.record };
        let content = self.keys.open(self.record, sealed).map_err(|_| changed)?;
        let at = Location { segment: self.segment, offset: self.offset, record: self.record };
        (self.offset, self.record) = (end, self.record + 1);
        Ok(Next::Record { at, content })
    }

    /// Reads the one record at `at`.
    pub(crate) fn seek(mut self, at: Location) -> Result<Vec<u8>, SegmentError> {
        self.file.seek(SeekFrom::Start(at.offset)).map_err(|source| self.io(source))?;
        (self.offset, self.record) = (at.offset, at.record);
        match self.next()? {
            Next::Record { content, .. } => Ok(content),
            Next::End | Next::Torn { .. } => {
                Err(SegmentError::Changed { segment: self.segment, record: self.record })
            }
        }
    }

    fn io(&self, source: io::Error) -> SegmentError {
        SegmentError::Io { segment: self.segment, source }
    }

    /// Length of the file in bytes.
    pub(crate) const fn len(&self) -> u64 {
        self.len
    }

    /// Whether no record is in it.
    pub(crate) const fn is_empty(&self) -> bool {
        self.len == Header::LEN as u64
    }

    /// Index of the record that comes next.
    pub(crate) const fn next_record(&self) -> u64 {
        self.record
    }
}

/// Where a segment must stand.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) session: SessionId,
    pub(crate) segment: u32,
    /// Index of the first record; none where it is not known, for a look at one record.
    pub(crate) first_record: Option<u64>,
}

fn parsed(bytes: &[u8; Header::LEN], place: &Place) -> Result<Header, SegmentError> {
    let segment = place.segment;
    let header = Header::parse(bytes).map_err(|error| match error {
        HeaderError::Magic => SegmentError::NotASegment { segment },
        HeaderError::Version(source) => SegmentError::Version { segment, source },
    })?;
    let in_place = header.session == place.session
        && header.segment == segment
        && place.first_record.is_none_or(|first| first == header.first_record);
    if in_place { Ok(header) } else { Err(SegmentError::WrongPlace { segment }) }
}

fn rest_is_zero(file: &mut impl Read) -> io::Result<bool> {
    let mut block = [0; 4096];
    loop {
        let read = file.read(&mut block)?;
        if read == 0 {
            return Ok(true);
        }
        if block.iter().take(read).any(|byte| *byte != 0) {
            return Ok(false);
        }
    }
}
