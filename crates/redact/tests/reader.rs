//! Frames, by an independent reader: screens with planted personal data are rendered by Chromium, redacted, and what is
//! stored is read by Tesseract, which shares nothing with our own reader. It must find none of it.
//!
//! `python3 xtask/deid/screens.py check` does the same for thousands.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, which fail like tests")]

mod reader {
    pub(crate) mod browser;
    pub(crate) mod pages;
    #[expect(dead_code, reason = "the test of faces looks at single pixels")]
    pub(crate) mod picture;
    pub(crate) mod witness;
}

use std::path::Path;

use candor_redact::{ImageRedactor, Lists, Models, Profile, TimeLeft, Whose, read_png};
use reader::browser::drawn;
use reader::pages::{screens, sheet};
use reader::picture::Picture;
use reader::witness::{is_readable, seen, to_real};

/// Share of planted texts that the reader finds in the raw screens: one that finds less is no witness.
const RAW_MIN: f64 = 0.75;
/// Of so many screens one is read raw too.
const RAW_EVERY: usize = 4;

#[test]
fn an_independent_reader_finds_no_planted_text_in_stored_frames() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    let mut redactor = ImageRedactor::new(Profile::Standard, &models, Lists::default()).unwrap();
    let screens = screens();
    let (mut leaks, mut looked, mut found) = (Vec::new(), 0, 0);
    let raws = drawn(folder.path(), &sheet(&screens), screens.len());
    for (n, (screen, raw)) in screens.iter().zip(raws).enumerate() {
        let frame = read_png(raw.png()).unwrap();
        let stored = redactor.redact(frame, None, Whose::Own, &|| TimeLeft::Enough).unwrap().into_content();
        let text = seen(folder.path(), &Picture::of(&stored.png().unwrap()));
        let leaked = screen.planted.iter().filter(|planted| is_readable(planted, &text));
        leaks.extend(leaked.map(|planted| format!("{}: {planted}", screen.name)));
        if n % RAW_EVERY == 0 {
            let text = seen(folder.path(), &raw);
            looked += screen.planted.len();
            found += screen.planted.iter().filter(|planted| is_readable(planted, &text)).count();
        }
    }
    assert!(
        to_real(found) >= RAW_MIN * to_real(looked),
        "the reader finds {found} of {looked} in raw screens"
    );
    assert!(leaks.is_empty(), "{} planted texts are readable:\n{}", leaks.len(), leaks.join("\n"));
}
