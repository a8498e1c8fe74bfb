//! Raw to redacted: the only code that can open a raw observation.
//!
//! The path of an observation: [`Raw::seal`] where a sensor or an importer saw it; [`Redactor::redact`] here; out comes
//! [`Redacted`], the only thing that a journal takes. `front` says which part of the screen a permit reaches, `tree` and
//! `words` replace the strings of the interface, `act` judges what was done, `typing` what was typed over several steps, `screen` paints what must not be
//! read, `image` reads what is left by `ocr`, and `text` finds personal data in what a person wrote. [`mask()`] narrows a step further at review.
//!
//! What it leaves out: faces and photographs are not recognised as such.
//!
//! Invariants: nothing outside this crate opens a [`Raw`] or makes a [`Redacted`]; a finding never holds the found text;
//! an observation that cannot be redacted for sure is an error, and nothing of it is left.

mod act;
mod bystander;
mod data;
mod field;
mod front;
mod image;
mod keys;
mod labels;
mod marked;
mod models;
mod naming;
mod ocr;
mod profile;
mod redactor;
mod review;
mod role;
mod screen;
mod seal;
mod seam;
mod text;
mod time;
mod tree;
mod typing;
mod words;

pub use image::{FACE_RULE, ImageError, ImageRedactor, RedactedImage, UNSEEN_RULE, Whose, read_png};
pub use marked::{Marked, Searched, Span, TableHeads, TextMarker, TextSearcher};
pub use models::{ModelError, Models};
pub use ocr::ReadError;
pub use profile::{Profile, UnknownProfile};
pub use redactor::{RedactError, Redactor, RedactorError};
pub use review::{MaskError, Word, mask, mask_region};
pub use screen::FrameError;
pub use screen::picture::{PictureError, picture_png, small_picture};
pub use seal::{Raw, Redacted};
pub use seam::Seams;
pub use text::lists::{HashedList, ListError, Lists};
pub use text::other::OtherLines;
pub use text::own::OwnRule;
pub use text::scan::{RuleError, ShippedRules};
pub use text::surrogate::{NoSurrogates, SURROGATE_KINDS};
pub use text::tagger::train::{LISTS, Trainer};
pub use text::tagger::{Tagger, TaggerError};
pub use time::TimeLeft;
