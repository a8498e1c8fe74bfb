//! The weights as a file: the table of the word lists, the weights between labels, the rows that are not all zero.
//!
//! All numbers are little-endian. `CNDRTAG1`; number of list entries (u32), each a hash (u32) and its bits (u16);
//! 16 by 16 weights from label to label (i16); one bit for each row, set where it is stored; the stored rows, 16
//! weights (i8) each, in order, of which those beyond the labels count as nothing. Nothing follows. Weights are in units of
//! 1/[`UNIT`] of a natural logarithm.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the registers of the machine"
)]

use crate::text::tagger::TaggerError;
use crate::text::tagger::feature::{FEATURES, ROW_BITS, Rows};
use crate::text::tagger::label::{LABELS, LANES, may_follow};
use crate::text::tagger::lists::Lists;
use crate::text::tagger::steps::Steps;

/// Weight that stands for one natural logarithm of the odds.
pub(crate) const UNIT: i16 = 24;
/// Rows of the table.
pub(crate) const ROWS: usize = 1 << ROW_BITS;
/// The score of what cannot be.
pub(crate) const NEVER: i16 = -30_000;

const MAGIC: &[u8; 8] = b"CNDRTAG1";
/// Most entries of the lists.
const ENTRIES_MAX: usize = 1 << 20;

/// One row: a weight for each label.
pub(crate) type Row = [i8; LANES];

/// Everything the tagger has learnt.
#[derive(Debug)]
pub(crate) struct Weights {
    pub(crate) lists: Lists,
    /// From label to label.
    pub(crate) steps: Steps,
    rows: Box<[Stored; ROWS]>,
}

/// A row as it is summed: each weight raised by [`RAISED`], so that no sign need be carried into the wider number.
type Stored = [u8; LANES];

/// What each stored weight is more than it is.
const RAISED: u8 = 128;

impl Weights {
    /// Reads a file of weights.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, TaggerError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(TaggerError::Form)?;
        let count = u32::from_le_bytes(taken(&mut rest)?) as usize;
        if count > ENTRIES_MAX || rest.len() < count * 6 {
            return Err(TaggerError::Length);
        }
        let mut entries = Vec::with_capacity(count);
        for _ in 0..count {
            entries.push((u32::from_le_bytes(taken(&mut rest)?), u16::from_le_bytes(taken(&mut rest)?)));
        }
        let mut steps = [[NEVER; LANES]; LANES];
        for (from, row) in steps.iter_mut().enumerate() {
            for (to, step) in row.iter_mut().enumerate() {
                let weight = i16::from_le_bytes(taken(&mut rest)?);
                *step = if may_follow(from, to) { weight } else { NEVER };
            }
        }
        let (held, mut stored) = rest.split_at_checked(ROWS / 8).ok_or(TaggerError::Length)?;
        let mut rows = vec![[RAISED; LANES]; ROWS];
        for (at, row) in rows.iter_mut().enumerate() {
            if held.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1) {
                let said = taken::<LANES>(&mut stored)?;
                for (weight, said) in row.iter_mut().zip(said).take(LABELS) {
                    *weight = said ^ RAISED;
                }
            }
        }
        if !stored.is_empty() {
            return Err(TaggerError::Length);
        }
        let rows = rows.into_boxed_slice().try_into().map_err(|_| TaggerError::Length)?;
        Ok(Self { lists: Lists::of(&entries), steps: Steps::of(&steps), rows })
    }

    /// Writes what [`Weights::read`] reads.
    pub(crate) fn written(entries: &[(u32, u16)], steps: &[[i16; LANES]; LANES], rows: &[Row]) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(u32::try_from(entries.len()).unwrap_or(u32::MAX).to_le_bytes());
        for (word, bits) in entries {
            out.extend(word.to_le_bytes());
            out.extend(bits.to_le_bytes());
        }
        for step in steps.iter().flatten() {
            out.extend(step.to_le_bytes());
        }
        let is_held = |row: &Row| row.iter().any(|weight| *weight != 0);
        for eight in rows.chunks(8) {
            out.push(eight.iter().rev().fold(0, |byte, row| byte << 1 | u8::from(is_held(row))));
        }
        for row in rows.iter().filter(|row| is_held(row)) {
            out.extend(row.map(i8::cast_unsigned));
        }
        out
    }

    /// The sum of `rows`, a score for each label. No row is beyond the table: its number has so many bits.
    #[inline(always)]
    pub(crate) fn score(&self, rows: &Rows) -> [i16; LANES] {
        let mut sum = BEGIN;
        for row in rows {
            if let Some(row) = self.rows.get(*row as usize & (ROWS - 1)) {
                for (sum, weight) in sum.iter_mut().zip(row) {
                    *sum = sum.wrapping_add(u16::from(*weight));
                }
            }
        }
        // Seen as one thing, so that lanes which are used apart later are not summed apart.
        std::hint::black_box(sum).map(u16::cast_signed)
    }
}

/// What the sum of the rows of a token begins with: what it would else be more than it is, less. Lanes of no label are told to
/// be what cannot be by their begin, and all rows hold nothing there: so all lanes are summed alike.
#[expect(clippy::cast_possible_truncation, reason = "a token has a few dozen features")]
#[expect(
    clippy::indexing_slicing,
    reason = "made at compile time, where an index beyond the end does not compile"
)]
const BEGIN: [u16; LANES] = {
    let raised = 0_u16.wrapping_sub(RAISED as u16 * FEATURES as u16);
    let mut begin = [raised; LANES];
    let mut lane = LABELS;
    while lane < LANES {
        begin[lane] = raised.wrapping_add(NEVER.cast_unsigned());
        lane += 1;
    }
    begin
};

fn taken<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], TaggerError> {
    let (first, left) = rest.split_first_chunk::<N>().ok_or(TaggerError::Length)?;
    *rest = left;
    Ok(*first)
}
