//! Words without case and accents, hashed as they are read.

use crate::text::lexicon;

/// A folded word so far.
#[derive(Debug)]
pub(crate) struct Fold {
    hash: u64,
    prefix: u32,
    suffix: u32,
    length: u32,
}

impl Default for Fold {
    fn default() -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, prefix: 0, suffix: 0, length: 0 }
    }
}

impl Fold {
    /// Adds a folded byte. FNV-1a; the rest packs the ends.
    pub(crate) fn push(&mut self, byte: u8) {
        self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        if self.length < 3 {
            self.prefix = self.prefix << 8 | u32::from(byte);
        }
        self.suffix = self.suffix << 8 | u32::from(byte);
        self.length += 1;
    }

    /// Hash, first three and last four bytes.
    pub(crate) fn finish(&self) -> (u32, u32, u32) {
        #[expect(clippy::cast_possible_truncation, reason = "the upper half is mixed in")]
        let word = (self.hash ^ self.hash >> 32) as u32;
        (word, self.prefix, self.suffix)
    }
}

/// Adds a character without case and accent; a mark on a letter adds nothing.
pub(crate) fn folded(c: char, fold: &mut Fold) {
    if c.is_ascii() {
        return fold.push(u8::try_from(c).unwrap_or(b'?').to_ascii_lowercase());
    }
    let full_width = |base: char, first: u8| u32::from(c).wrapping_sub(u32::from(base)) + u32::from(first);
    match c {
        '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => {}
        'Ａ'..='Ｚ' => fold.push(u8::try_from(full_width('Ａ', b'a')).unwrap_or(b'?')),
        'ａ'..='ｚ' => fold.push(u8::try_from(full_width('ａ', b'a')).unwrap_or(b'?')),
        _ => {
            for small in c.to_lowercase() {
                let plain = lexicon::plain(small);
                let mut buffer = [0; 4];
                plain.encode_utf8(&mut buffer).bytes().for_each(|byte| fold.push(byte));
            }
        }
    }
}

/// Hash of a whole word, as tokens carry it.
pub(crate) fn word(text: &str) -> u32 {
    let mut fold = Fold::default();
    text.chars().for_each(|c| folded(c, &mut fold));
    fold.finish().0
}
