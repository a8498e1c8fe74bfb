//! What the word lists say of a word: a table of hashes, built from the lists at training and read with the weights.

/// The bits of the lists that the code itself asks for; the features see them all, in the order of [`FILES`].
pub(crate) mod bit {
    pub(crate) const GIVEN: u16 = 1;
    pub(crate) const SURNAME: u16 = 1 << 1;
    pub(crate) const NATIONALITY: u16 = 1 << 5;
    pub(crate) const JOB: u16 = 1 << 6;
    pub(crate) const TITLE: u16 = 1 << 7;
    pub(crate) const GREETING: u16 = 1 << 8;
    pub(crate) const STREET: u16 = 1 << 11;
    pub(crate) const MONTH: u16 = 1 << 12;
    pub(crate) const COMMON: u16 = 1 << 13;
    pub(crate) const FUNCTION: u16 = 1 << 14;
    pub(crate) const ANNOUNCER: u16 = 1 << 15;
    /// Names of people.
    pub(crate) const NAMES: u16 = GIVEN | SURNAME;
}

/// The lists by the name of their file, in the order of their bits.
pub(crate) const FILES: [&str; 16] = [
    "given",
    "surname",
    "city",
    "country",
    "part",
    "nationality",
    "job",
    "title",
    "greeting",
    "company",
    "institution",
    "street",
    "month",
    "common",
    "function",
    "announcer",
];

/// Open addressing: a power of two of slots, at most half full.
#[derive(Debug)]
pub(crate) struct Lists {
    slots: Vec<(u32, u16)>,
    mask: usize,
}

impl Lists {
    /// The table of `entries`: hashes and bits. A bit set of 0 marks a free slot, so entries without bits are left out.
    pub(crate) fn of(entries: &[(u32, u16)]) -> Self {
        let mask = (entries.len() * 2).next_power_of_two().max(2) - 1;
        let mut lists = Self { slots: vec![(0, 0); mask + 1], mask };
        for &(word, bits) in entries.iter().filter(|(_, bits)| *bits != 0) {
            lists.insert(word, bits);
        }
        lists
    }

    fn insert(&mut self, word: u32, bits: u16) {
        let mut at = word as usize & self.mask;
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.1 == 0 || slot.0 == word {
                *slot = (word, slot.1 | bits);
                return;
            }
            at = (at + 1) & self.mask;
        }
    }

    /// What the lists say of the word with this hash.
    pub(crate) fn look_up(&self, word: u32) -> u16 {
        let mut at = word as usize & self.mask;
        while let Some(&(held, bits)) = self.slots.get(at) {
            if bits == 0 || held == word {
                return bits;
            }
            at = (at + 1) & self.mask;
        }
        0
    }
}
