use proptest::prelude::*;

use std::sync::LazyLock;

use candor_model::FindingKind;

use super::*;
use crate::text::tagger::train::{LISTS, Trainer};

const FILE: &[u8] = include_bytes!("../../../../../models/tagger.bin");

static TAGGER: LazyLock<Tagger> = LazyLock::new(|| Tagger::read(FILE).unwrap());

fn found(text: &str) -> Vec<(&str, FindingKind)> {
    let mut finds = Vec::new();
    TAGGER.find(text, None, &mut Memo::default(), &mut finds);
    finds.into_iter().map(|find| (text.get(find.range).unwrap(), find.kind)).collect()
}

fn people(text: &str) -> String {
    let people = found(text).into_iter().filter(|(_, kind)| *kind == FindingKind::Person);
    people.map(|(text, _)| text).collect::<Vec<_>>().join("|")
}

fn is_shareable<T: Send + Sync>() {}

#[test]
fn cut_or_foreign_weights_are_refused() {
    assert_eq!(Tagger::read(b"").unwrap_err(), TaggerError::Form);
    assert_eq!(Tagger::read(b"CNDRTAG2").unwrap_err(), TaggerError::Form);
    for length in (8..FILE.len()).step_by(FILE.len() / 200).chain([FILE.len() - 1]) {
        assert_eq!(Tagger::read(&FILE[..length]).unwrap_err(), TaggerError::Length, "{length}");
    }
    assert_eq!(Tagger::read(&[FILE, b"x"].concat()).unwrap_err(), TaggerError::Length);
    let mut greedy = FILE.to_vec();
    greedy[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(Tagger::read(&greedy).unwrap_err(), TaggerError::Length);
}

#[test]
fn interface_words_are_left_alone() {
    let labels = crate::data::LABELS;
    let labels: Vec<_> = labels.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    let hit: Vec<_> = labels.iter().filter(|label| !found(label).is_empty()).collect();
    assert!(hit.len() * 40 < labels.len(), "{} of {}: {hit:?}", hit.len(), labels.len());
}

#[test]
fn logs_and_code_are_left_alone() {
    for text in [
        "2026-11-23T09:30:00Z INFO worker=17 took 120 ms for batch 8812 (retries=0)",
        "GET /static/app.css 200 1432 \"Mozilla/5.0 (X11; Linux x86_64)\" 0.003",
        "let mut rows = Vec::with_capacity(table.len());",
        "error: could not compile `parser` (lib) due to 2 previous errors",
        "drwxr-xr-x 2 root root 4096 Nov 23 21:43 .",
        "version 14.2.1 of the package needs 12 MB of disk space",
    ] {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn a_name_is_found_however_it_is_written() {
    for text in [
        "Could you ask Hannah Lindqvist about the invoice?",
        "could you ask hannah lindqvist about the invoice?",
        "COULD YOU ASK HANNAH LINDQVIST ABOUT THE INVOICE?",
        "From: Lindqvist, Hannah",
        "/home/hannah.lindqvist/report.pdf",
        "C:\\Users\\hannah_lindqvist\\Desktop",
        "user=hannah.lindqvist",
        "assigned to Hannah Lindqvist by the bot",
        "Liebe Hannah Lindqvist, anbei die Rechnung.",
    ] {
        let masked = people(text).to_lowercase();
        assert!(masked.contains("hannah") && masked.contains("lindqvist"), "{text}: {masked}");
    }
}

#[test]
fn a_sure_name_is_found_everywhere_in_the_text() {
    let text = "Please ask Hannah Lindqvist.\n\nLindqvist knows the figures by heart.";
    assert_eq!(people(text).matches("Lindqvist").count(), 2);
}

#[test]
fn kinds_are_told_apart() {
    let text = "Maria Keller works as a nurse at Keller Logistics GmbH in Hamburg and lives at 12 Mill Road.";
    let kinds: Vec<_> = found(text).into_iter().map(|(_, kind)| kind).collect();
    for kind in [FindingKind::Person, FindingKind::Organisation, FindingKind::Location, FindingKind::Address]
    {
        assert!(kinds.contains(&kind), "{kind:?} in {:?}", found(text));
    }
}

#[test]
fn the_tagger_is_shared_between_threads() {
    is_shareable::<Tagger>();
}

#[test]
fn windows_cover_the_text_and_stay_small() {
    for text in ["a".repeat(100_000), "ä ".repeat(50_000), "ab\n".repeat(30_000), "é".repeat(40_001)] {
        let mut next = 0;
        for window in windows(&text) {
            // A line that is cut has its ends in common; others end where a line does.
            let shared = if text.contains('\n') || next == 0 { 0 } else { SHARED_BYTES };
            let has_in_common = shared..=2 * shared + 1;
            assert!(has_in_common.contains(&(next - window.start)), "{window:?} after {next}");
            assert!(window.len() <= WINDOW_BYTES_MAX && window.end > next);
            assert!(text.get(window.clone()).is_some());
            next = window.end;
        }
        assert_eq!(next, text.len());
    }
}

#[test]
fn a_name_is_found_wherever_a_long_line_is_cut() {
    let models = crate::Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models"));
    let tagger = models.unwrap().tagger().unwrap().unwrap();
    for before in WINDOW_BYTES_MAX - 26..WINDOW_BYTES_MAX + 2 {
        let line = format!(
            "{}Please ask Rebecca Holloway about it, {}",
            "ab ".repeat(before / 3),
            "ab ".repeat(9000)
        );
        let name = line.find("Rebecca").unwrap();
        let found = tagger.spans(&line, 0);
        assert!(found.iter().any(|(range, _)| *range == (name..name + 16)), "{before}: {found:?}");
    }
}

#[test]
fn the_same_texts_make_the_same_weights() {
    let lists = vec![String::new(); LISTS.len()];
    let weights = || {
        let mut trainer = Trainer::new(&lists, 7);
        for _ in 0..20 {
            trainer.learn("ask Zyx Wvut now", &[(4..12, FindingKind::Person)]);
            trainer.learn("save the file now", &[]);
        }
        trainer.finish()
    };
    let bytes = weights();
    assert_eq!(bytes, weights());
    let spans = Tagger::read(&bytes).unwrap().spans("ask Zyx Wvut now", 0);
    assert_eq!(spans, [(4..12, "PERSON")]);
}

proptest! {
    #[test]
    fn any_text_is_read_and_finds_stand_on_characters(text in "(\\PC|[\\s\u{300}\u{200d}ÄöA-Z0-9_.@/\u{5d0}\u{1f600}]){0,200}") {
        for (range, _) in TAGGER.spans(&text, 16) {
            prop_assert!(text.get(range).is_some_and(|found| !found.is_empty()));
        }
    }

    #[test]
    fn weights_of_any_bytes_do_no_harm(at in 8..FILE.len(), byte: u8) {
        let mut bytes = FILE.to_vec();
        bytes[at] = byte;
        if let Ok(tagger) = Tagger::read(&bytes) {
            let _ = tagger.spans("Hannah Lindqvist lives in Hamburg, 12 Mill Road.", 0);
        }
    }
}
