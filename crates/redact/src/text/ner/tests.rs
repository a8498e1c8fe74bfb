use std::path::Path;
use std::sync::Arc;

use candor_model::FindingKind;

use super::*;
use crate::models::Models;

fn ner() -> Arc<Ner> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    Models::open(&folder).unwrap().ner().unwrap()
}

fn read(text: &str) -> Vec<(FindingKind, &str)> {
    let finds = ner().read(&[text]).unwrap().remove(0);
    finds.into_iter().map(|find| (find.kind, text.get(find.range).unwrap())).collect()
}

/// `models/ner/vectors.py` says how the vectors are made.
#[test]
fn tokens_and_labels_are_those_of_the_reference_implementation() {
    let ner = ner();
    let vectors: serde_json::Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let numbers = |value: &serde_json::Value| -> Vec<i64> {
        value.as_array().unwrap().iter().map(|n| n.as_i64().unwrap()).collect()
    };
    assert_eq!(vectors.as_array().unwrap().len(), 100);
    for vector in vectors.as_array().unwrap() {
        let text = vector["text"].as_str().unwrap();
        let tokens = ner.vocabulary.tokens(text);
        let ids: Vec<i64> = tokens.iter().map(|token| token.id.into()).collect();
        assert_eq!(ids, numbers(&vector["ids"]), "{text}");
        for (token, bytes) in tokens.iter().zip(vector["bytes"].as_array().unwrap()) {
            let bytes = numbers(bytes);
            let own = [token.range.start, token.range.end].map(|at| i64::try_from(at).unwrap());
            assert_eq!(own, [bytes[0], bytes[1]], "{text}");
        }
        let mut framed = vec![ner.vocabulary.class];
        framed.extend(tokens.iter().map(|token| token.id));
        framed.push(ner.vocabulary.separator);
        let scores = ner.scores(&[framed]).unwrap();
        let best = |row: &[f32]| {
            let best = (0..LABELS).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
            i64::try_from(best).unwrap()
        };
        let labels: Vec<i64> = scores.chunks(LABELS).skip(1).take(tokens.len()).map(best).collect();
        assert_eq!(labels, numbers(&vector["labels"]), "{text}");
    }
}

#[test]
fn names_and_addresses_are_found_with_their_bytes() {
    let found = read("Ask Zoë Kowalczyk in Lyon, é!");
    assert_eq!(found, [(FindingKind::Person, "Zoë Kowalczyk"), (FindingKind::Location, "Lyon")]);
}

#[test]
fn a_long_text_is_read_to_its_end() {
    let text = format!("{}I met Zoë Kowalczyk.", "Nothing was decided about the deadline. ".repeat(60));
    assert_eq!(read(&text), [(FindingKind::Person, "Zoë Kowalczyk")]);
}

#[test]
fn texts_read_together_are_read_as_alone() {
    let texts = ["Zoë Kowalczyk", "x", "", "Lindenstraße 12, 10969 Berlin", "call 612 345 678 now"];
    let together = ner().read(&texts).unwrap();
    for (text, found) in texts.iter().zip(together) {
        let ranges = |found: Vec<(FindingKind, &str)>| found.iter().map(|(_, t)| t.len()).collect::<Vec<_>>();
        let lengths: Vec<usize> = found.iter().map(|find| find.range.len()).collect();
        assert_eq!(lengths, ranges(read(text)), "{text}");
    }
}
