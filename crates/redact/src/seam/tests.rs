use std::path::Path;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::*;
use crate::{Lists, Models, Profile, TextMarker, TextSearcher};

/// What two pieces have in common here, and the length of a piece: small, so that a test has many cuts.
const SHARED: usize = 1024;

struct Bench {
    searcher: TextSearcher,
    marker: TextMarker,
}

impl Bench {
    fn new() -> Self {
        let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
        Self {
            searcher: TextSearcher::new(Profile::Fast, &models, Lists::default()).unwrap(),
            marker: TextMarker::new(Profile::Fast, &models, Lists::default(), [3; 32]).unwrap(),
        }
    }

    /// What is left of a line that is cut after these many bytes each time, and the most that was held back.
    fn cut(&mut self, line: &str, piece: usize) -> (String, usize) {
        let (mut seams, mut out, mut held) = (Seams::default(), String::new(), 0);
        let (mut start, mut again) = (0, 0);
        loop {
            let end = line.floor_char_boundary((start + again + piece).min(line.len()));
            let next = if end == line.len() { end } else { line.floor_char_boundary(end - SHARED) };
            let searched = self.searcher.search(Raw::seal(line.get(start..end).unwrap().to_owned()));
            let done = seams.join(searched, again, end - next);
            out.push_str(&self.marker.name(done).text);
            held = held.max(seams.held.as_ref().map_or(0, |held| held.text.open().len()));
            if next == end {
                return (out, held);
            }
            (start, again) = (next, end - next);
        }
    }
}

#[test]
fn what_lies_across_a_cut_does_not_come_out() {
    let mut bench = Bench::new();
    let lines = [
        "lorem ipsum dolor, 4111 1111 1111 1111 maria.lopez@example.com Rebecca Holloway ".repeat(100),
        ("4111111111111111,".to_owned() + &"x".repeat(13)).repeat(270),
        "maria.lopez@example.com;".repeat(330),
    ];
    for line in &lines {
        // Lengths that share no divisor with what repeats: cuts fall everywhere in it.
        for piece in [1531, 2039] {
            let (left, held) = bench.cut(line, piece);
            for raw in ["4111", "1111", "maria", "lopez", "mple", "Rebecca", "Holloway"] {
                assert!(!left.contains(raw), "{raw}: {left}");
            }
            assert!(held <= 2 * SHARED, "{held}");
        }
    }
}

#[test]
fn a_line_that_was_cut_is_redacted_as_if_it_were_whole() {
    let mut bench = Bench::new();
    let words = "the report of Rebecca Holloway, maria.lopez@example.com, +49 30 901820; é😀 card 4111 1111 1111 1111 is due, ";
    let line = words.repeat(60);
    let whole = bench.marker.mark(Raw::seal(line.clone())).text;
    for piece in [1301, 1777] {
        assert_eq!(bench.cut(&line, piece).0, whole);
    }
}

#[test]
fn a_run_that_was_found_goes_to_its_end_however_long() {
    let mut bench = Bench::new();
    let line = format!("token ghp_{} and more {}", "a1B2c3D4e5".repeat(900), "of the same ".repeat(20));
    let (left, _) = bench.cut(&line, 1777);
    assert!(!left.contains("a1B2") && left.ends_with("of the same "), "{left}");
}

#[test]
fn a_text_that_was_not_cut_goes_as_it_came() {
    let mut bench = Bench::new();
    let text = "call anna@example.org\nor Rebecca Holloway\n";
    let searched = bench.searcher.search(Raw::seal(text.to_owned()));
    let left = Seams::default().join(searched, 0, 0);
    assert_eq!(bench.marker.name(left).text, bench.marker.mark(Raw::seal(text.to_owned())).text);
}

#[test]
fn a_line_is_counted_once_however_often_it_was_cut() {
    let bench = Bench::new();
    let line = "Proszę zadzwonić do Kowalskiej przed południem, bo zamówienie jest gotowe ".repeat(40);
    let (mut seams, mut counted) = (Seams::default(), 0);
    for (range, again, shared) in [(0..1600, 0, SHARED), (576..line.len(), SHARED, 0)] {
        let range = line.floor_char_boundary(range.start)..line.floor_char_boundary(range.end);
        let searched = bench.searcher.search(Raw::seal(line.get(range).unwrap().to_owned()));
        counted += seams.join(searched, again, shared).other_lines().languages;
    }
    assert_eq!(counted, 1);
}

fn found(ranges: &[Range<usize>]) -> Vec<Find> {
    let find = |range: &Range<usize>| Find { range: range.clone(), kind: FindingKind::Id, rule: "r" };
    ranges.iter().map(find).collect()
}

#[test]
fn a_text_is_parted_outside_of_finds_if_there_is_a_place() {
    assert_eq!(apart(&found(&[0..4, 6..9]), 12), 12);
    assert_eq!(apart(&found(&[0..4, 6..12]), 9), 6);
    assert_eq!(apart(&found(&[0..4, 6..12]), 12), 6);
    assert_eq!(apart(&found(&[0..4, 4..12]), 9), 0);
    assert_eq!(apart(&found(&[0..4, 10..HELD_BYTES * 3]), HELD_BYTES * 2), HELD_BYTES * 2);
}

/// What may not come out, and words around it.
fn planted() -> impl Strategy<Value = String> {
    let private = prop_oneof![
        Just("4111 1111 1111 1111".to_owned()),
        Just("5555555555554444".to_owned()),
        "[a-z]{3,9}\\.quorrel@example\\.(com|org)",
    ];
    let word = prop_oneof![3 => "[a-z]{1,9}", 1 => "[A-Z][a-z]{2,8}", 1 => "[é😀ß]{1,4}", 2 => private];
    let between = prop_oneof![Just(" "), Just(";"), Just(", ")];
    (proptest::collection::vec(word, 200..500), between).prop_map(|(words, between)| words.join(between))
}

#[test]
fn nothing_planted_comes_out_wherever_a_line_is_cut() {
    let bench = std::cell::RefCell::new(Bench::new());
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let held = runner.run(&(planted(), 1100..4000_usize), |(line, piece)| {
        let mut bench = bench.borrow_mut();
        let (left, _) = bench.cut(&line, piece);
        let whole = bench.marker.mark(Raw::seal(line)).text;
        for raw in ["4111", "1111", "5555", "4444", "quorrel", "example"] {
            prop_assert!(!left.contains(raw) || whole.contains(raw), "{raw} in {left}");
        }
        Ok(())
    });
    held.unwrap();
}
