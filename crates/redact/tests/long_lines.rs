//! Lines without a break: four times the text takes about four times the time, also where it is full of finds. Processor time of
//! this thread counts, so that a busy machine does not look like slow code.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use candor_redact::{Lists, Models, Profile, Raw, SURROGATE_KINDS, TextMarker};

/// What lines are made of: runs that rules, lists, tagger, placeholders and surrogates could walk again and again.
const PIECES: [&str; 23] = [
    "a",
    "A",
    "7",
    "7 ",
    "-",
    " ",
    "[",
    "é",
    "\u{301}",
    "\u{200b}",
    "４",
    "😀",
    "م",
    "%41",
    "QUJDREVG",
    "a@",
    "a.",
    "x=1&",
    "4111 1111 1111 1111 ",
    "+999 8",
    "Anna ",
    "[PERSON_1] ",
    "password=",
];
/// A line that is nothing but personal data.
const FINDS: &str = "Alice Henderson, alice@mail.example.test, +49 30 901820; ";
/// Bytes of the shorter line.
const BYTES: usize = 256 * 1024;
/// Most that four times the text may take of the time; where time grows with the square it is 16.
const TIMES_MAX: f64 = 8.0;

/// Nanoseconds: the system tells the time of a thread by its ticks only, of 10 ms at most.
const TICK: f64 = 1e7;

/// Nanoseconds that this thread has run.
fn thread_time() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    told.split(' ').next().unwrap().parse().unwrap()
}

/// How long a line takes, at best of some runs.
fn time(marker: &mut TextMarker, piece: &str, bytes: usize) -> f64 {
    let line = piece.repeat(bytes / piece.len());
    let once = |_| {
        let start = thread_time();
        let left = marker.mark(Raw::seal(line.clone()));
        assert!(left.text.is_char_boundary(left.text.len()));
        thread_time() - start
    };
    (0..3).map(once).fold(f64::INFINITY, f64::min)
}

#[test]
fn time_grows_with_the_length_of_a_line_and_not_with_its_square() {
    let models =
        Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    let marker = TextMarker::new(Profile::Fast, &models, Lists::default(), [1; 32]).unwrap();
    let mut marker = marker.with_surrogates(SURROGATE_KINDS).unwrap();
    for piece in PIECES.into_iter().chain([FINDS]) {
        let (short, long) = (time(&mut marker, piece, BYTES), time(&mut marker, piece, 4 * BYTES));
        assert!(
            long < short.max(TICK) * TIMES_MAX,
            "{piece:?}: {short} ns, and {long} ns for four times the text"
        );
    }
}
