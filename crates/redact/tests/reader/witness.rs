//! An independent reader: Tesseract, which shares nothing with our own, and when what it saw is a leak.

use std::path::Path;
use std::process::{Command, Stdio};

use super::picture::Picture;

/// Share of the letters and digits of a planted text that must be read in one piece for it to have leaked.
const READ_MIN: f64 = 0.8;
/// So many letters and digits of a sentence in one piece are a leak of it, however long it is.
const PIECE_LETTERS: usize = 24;
/// A planted text with fewer letters and digits could be read by chance.
const LETTERS_MIN: usize = 5;
/// A text with fewer must be read whole: its parts are in other words too.
const PARTS_FROM_LETTERS: usize = 8;

/// Letters and digits of all that Tesseract sees, at the size of the screen and twice as large. It writes in `folder`.
pub(crate) fn seen(folder: &Path, picture: &Picture) -> String {
    let at = |zoomed: &Picture| {
        let file = folder.join("look.png");
        #[expect(clippy::disallowed_methods, reason = "a test's own file need not be durable")]
        std::fs::write(&file, zoomed.png()).unwrap();
        let run = Command::new("tesseract")
            .arg(&file)
            .args(["-", "--psm", "11"])
            .env("OMP_THREAD_LIMIT", "1")
            .stderr(Stdio::null())
            .output()
            .unwrap();
        assert!(run.status.success(), "Tesseract: `cargo xtask test` installs it");
        flat(&String::from_utf8_lossy(&run.stdout))
    };
    format!("{} {}", at(picture), at(&picture.doubled()))
}

fn flat(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a text, or nearly all of it in one piece, is in what the reader saw.
pub(crate) fn is_readable(text: &str, seen: &str) -> bool {
    let letters: Vec<char> = flat(text).chars().collect();
    let least = (1..=letters.len()).find(|n| to_real(*n) >= READ_MIN * to_real(letters.len())).unwrap_or(1);
    let length = if letters.len() < PARTS_FROM_LETTERS { letters.len() } else { least.min(PIECE_LETTERS) };
    letters.len() >= LETTERS_MIN
        && letters.windows(length).any(|part| seen.contains(&String::from_iter(part)))
}

/// A count, to compare with a share.
pub(crate) fn to_real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}
