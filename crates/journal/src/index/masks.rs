//! What the person took out of a whole recording.

use candor_model::{AppId, Rect};
use candor_redact::Word;

use super::Index;

/// What the person took out of a whole recording, or out of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Masked {
    /// A region of the screen, in one step or in all.
    Region {
        /// The step; all if there is none.
        step: Option<u32>,
        /// Where.
        region: Rect,
    },
    /// A word, wherever it stands.
    Word(String),
    /// Every step with this application in front.
    App(AppId),
}

/// A mask, as the records have it.
#[derive(Debug, Clone)]
pub(crate) struct Mask {
    pub(crate) what: Masked,
    /// Of a word: what looks for it.
    pub(crate) word: Option<Word>,
    pub(crate) taken_back: bool,
}

impl Mask {
    pub(super) fn new(what: Masked) -> Self {
        let word = if let Masked::Word(word) = &what { Word::new(word) } else { None };
        Self { what, word, taken_back: false }
    }
}

impl Index {
    /// A mask that is in force, by its place among the masks.
    pub(super) fn mask(&self, number: u32) -> Option<&Mask> {
        let mask = usize::try_from(number).ok().and_then(|n| self.masks.get(n));
        mask.filter(|mask| !mask.taken_back)
    }

    /// The masks that are in force, with their places.
    pub(crate) fn masks(&self) -> impl Iterator<Item = (u32, &Mask)> {
        (0_u32..).zip(&self.masks).filter(|(_, mask)| !mask.taken_back)
    }

    /// The regions that are masked in a step, on a screen of `width` by `height` pixels.
    pub(crate) fn regions(&self, step: u32, width: u32, height: u32) -> Vec<Rect> {
        let region = |mask: &Mask| match mask.what {
            Masked::Region { step: only, region } if only.is_none_or(|only| only == step) => Some(region),
            Masked::Region { .. } | Masked::Word(_) | Masked::App(_) => None,
        };
        let regions = self.masks().filter_map(|(_, mask)| region(mask));
        regions.filter(|region| region.clipped(width, height).is_some()).collect()
    }

    /// The words that are masked everywhere.
    pub(crate) fn words(&self) -> Vec<Word> {
        self.masks().filter_map(|(_, mask)| mask.word.clone()).collect()
    }

    pub(super) fn leaves_out(&self, app: &AppId) -> bool {
        self.masks().any(|(_, mask)| matches!(&mask.what, Masked::App(left_out) if left_out == app))
    }
}
