//! What lines said before: the same pixels are not read twice.

use std::collections::BTreeMap;

use candor_model::Pixels;
use sha2::{Digest, Sha256};

use crate::ocr::area::Area;
use crate::ocr::recognise::Reading;
use crate::ocr::resample::row;

/// Most lines remembered: some ten full screens.
const LINES_MAX: usize = 2_048;

/// The digest of a line's pixels and of its size.
pub(crate) type Key = [u8; 32];

/// Readings by the content of their pixels. The least lately used half goes when it is full.
#[derive(Default)]
pub(crate) struct Cache {
    readings: BTreeMap<Key, (Reading, u64)>,
    uses: u64,
}

impl Cache {
    /// The key of a line.
    pub(crate) fn key(frame: &Pixels, area: Area) -> Key {
        let mut digest = Sha256::new();
        digest.update(area.width().to_le_bytes());
        for y in 0..area.height() {
            digest.update(row(frame, area, y));
        }
        digest.finalize().into()
    }

    pub(crate) fn get(&mut self, key: &Key) -> Option<Reading> {
        self.uses += 1;
        let (reading, used) = self.readings.get_mut(key)?;
        *used = self.uses;
        Some(reading.clone())
    }

    pub(crate) fn put(&mut self, key: Key, reading: Reading) {
        if self.readings.len() >= LINES_MAX {
            self.forget_half();
        }
        self.readings.insert(key, (reading, self.uses));
    }

    fn forget_half(&mut self) {
        let mut uses: Vec<u64> = self.readings.values().map(|(_, used)| *used).collect();
        uses.sort_unstable();
        let middle = uses.get(uses.len() / 2).copied().unwrap_or(u64::MAX);
        self.readings.retain(|_, (_, used)| *used > middle);
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn one_changed_pixel_is_another_line() {
        let mut frame = Pixels::new(8, 8, vec![9; 192]).unwrap();
        let area = Area::new(1, 1, 5, 3).unwrap();
        let before = Cache::key(&frame, area);
        frame.rgb_mut()[0] = 8;
        assert_eq!(Cache::key(&frame, area), before);
        frame.rgb_mut()[(8 + 4) * 3] = 8;
        assert_ne!(Cache::key(&frame, area), before);
        assert_ne!(
            Cache::key(&frame, Area::new(0, 3, 2, 7).unwrap()),
            Cache::key(&frame, Area::new(0, 3, 4, 5).unwrap())
        );
    }

    #[test]
    fn the_cache_is_bounded_and_keeps_what_is_used() {
        let reading = || Reading { text: Zeroizing::default(), confidence: 0.0, middles: Vec::new() };
        let mut cache = Cache::default();
        let key = |i: usize| {
            Cache::key(
                &Pixels::new(1, 1, i.to_le_bytes()[..3].to_vec()).unwrap(),
                Area::new(0, 0, 1, 1).unwrap(),
            )
        };
        for i in 0..LINES_MAX + 10 {
            cache.put(key(i), reading());
            assert!(cache.get(&key(0)).is_some());
        }
        assert!(cache.readings.len() <= LINES_MAX);
    }
}
