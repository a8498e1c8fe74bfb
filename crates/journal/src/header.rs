//! The first bytes of a segment file. They are associated data of every record in it.

use candor_model::{FormatVersion, SessionId, VersionError};

use crate::keys::SALT_LEN;

/// What a segment file begins with.
pub(crate) const MAGIC: [u8; 8] = *b"CANDORJS";
/// The version of the journal's format that this program writes.
pub const VERSION: FormatVersion = FormatVersion(3);
/// The oldest version that it reads: all of it is also of the newest, but for the number.
pub const VERSION_MIN: FormatVersion = FormatVersion(1);
const FORMAT: &str = "the journal";

/// Where a segment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// The version that it was written in.
    pub(crate) version: FormatVersion,
    /// The session.
    pub(crate) session: SessionId,
    /// Place of the segment in the session, from 0.
    pub(crate) segment: u32,
    /// Index in the session of its first record: a record that is missing before it shows.
    pub(crate) first_record: u64,
    /// What its keys are derived with.
    pub(crate) salt: [u8; SALT_LEN],
}

/// Why bytes are not the header of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HeaderError {
    Magic,
    Version(VersionError),
}

impl Header {
    /// Length in bytes.
    pub(crate) const LEN: usize = 70;

    pub(crate) fn to_bytes(&self) -> [u8; Self::LEN] {
        let parts: [&[u8]; 6] = [
            &MAGIC,
            &self.version.0.to_be_bytes(),
            self.session.as_bytes(),
            &self.segment.to_be_bytes(),
            &self.first_record.to_be_bytes(),
            &self.salt,
        ];
        let mut bytes = [0; Self::LEN];
        for (to, from) in bytes.iter_mut().zip(parts.concat()) {
            *to = from;
        }
        bytes
    }

    pub(crate) fn parse(bytes: &[u8; Self::LEN]) -> Result<Self, HeaderError> {
        let (magic, rest) = split::<8>(bytes)?;
        if magic != MAGIC {
            return Err(HeaderError::Magic);
        }
        let (version, rest) = split(rest)?;
        let version = FormatVersion(u16::from_be_bytes(version));
        version.require_between(VERSION_MIN, VERSION, FORMAT).map_err(HeaderError::Version)?;
        let (session, rest) = split(rest)?;
        let (segment, rest) = split(rest)?;
        let (first_record, rest) = split(rest)?;
        let (salt, _) = split(rest)?;
        Ok(Self {
            version,
            session: SessionId::from_bytes(session),
            segment: u32::from_be_bytes(segment),
            first_record: u64::from_be_bytes(first_record),
            salt,
        })
    }
}

fn split<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), HeaderError> {
    bytes.split_first_chunk::<N>().map(|(head, rest)| (*head, rest)).ok_or(HeaderError::Magic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            version: VERSION,
            session: SessionId::from_bytes([0x11; 16]),
            segment: 0x0203,
            first_record: 0x0405_0607,
            salt: [0x22; 32],
        }
    }

    #[test]
    fn a_header_has_these_bytes() {
        let expected = [
            b"CANDORJS".as_slice(),                // what it is
            &[0, 3],                               // version
            &[0x11; 16],                           // session id
            &[0, 0, 0x02, 0x03],                   // segment
            &[0, 0, 0, 0, 0x04, 0x05, 0x06, 0x07], // index of the first record
            &[0x22; 32],                           // salt
        ]
        .concat();
        assert_eq!(header().to_bytes().as_slice(), expected);
        assert_eq!(Header::parse(&header().to_bytes()), Ok(header()));
    }

    #[test]
    fn a_header_of_an_older_version_reads_and_keeps_its_bytes() {
        for version in [1, 2] {
            let mut older = header().to_bytes();
            older[9] = version;
            let read = Header::parse(&older).unwrap();
            assert_eq!(read, Header { version: FormatVersion(version.into()), ..header() });
            assert_eq!(read.to_bytes(), older);
        }
    }

    #[test]
    fn a_header_of_another_kind_or_version_is_refused_by_name() {
        let mut newer = header().to_bytes();
        newer[9] = 4;
        let Err(HeaderError::Version(error)) = Header::parse(&newer) else { panic!("accepted") };
        assert_eq!(
            error.to_string(),
            "the journal has version 4, and this program reads version 3: update this program"
        );
        let mut other = header().to_bytes();
        other[0] = b'X';
        assert_eq!(Header::parse(&other), Err(HeaderError::Magic));
    }
}
