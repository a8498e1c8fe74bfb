//! What is no frame, made smaller: accessibility trees say the same names again and again.

use candor_model::bundle::BLOB_BYTES_MAX;

use crate::packed::Damaged;

/// The level of Zstandard (RFC 8878).
const LEVEL: i32 = 3;

/// Makes bytes smaller.
///
/// # Errors
/// When there is no memory for it.
pub fn squeeze(bytes: &[u8]) -> Result<Vec<u8>, Damaged> {
    zstd::bulk::compress(bytes, LEVEL).map_err(|_| Damaged)
}

/// The bytes again: exactly `length` of them, which is at most [`BLOB_BYTES_MAX`].
///
/// # Errors
/// When they are more or fewer, or the bytes are damaged.
pub fn unsqueeze(squeezed: &[u8], length: u64) -> Result<Vec<u8>, Damaged> {
    let limit = Some(length)
        .filter(|length| *length <= BLOB_BYTES_MAX)
        .and_then(|length| usize::try_from(length).ok());
    let limit = limit.ok_or(Damaged)?;
    let bytes = zstd::bulk::decompress(squeezed, limit).map_err(|_| Damaged)?;
    if bytes.len() == limit { Ok(bytes) } else { Err(Damaged) }
}
