//! Every rule proves itself on its own examples, alone: not by the grace of another rule.

use std::collections::BTreeSet;

use super::*;
use crate::text::scan::Scanner;

/// Deterministic filler of an alphabet: looks like a key, is nobody's.
fn filler(alphabet: &[u8], length: usize) -> String {
    let mut state = 12_345_usize;
    let mut next = || {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        char::from(alphabet[(state >> 8) % alphabet.len()])
    };
    (0..length).map(|_| next()).collect()
}

fn filled(example: &str) -> String {
    let mut text = String::new();
    let mut rest = example;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let close = after.find('>');
        let alphabet: Option<&[u8]> = match after.chars().next() {
            Some('a') => Some(b"a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ"),
            Some('h') => Some(b"0123456789abcdef"),
            Some('u') => Some(b"A2B3C4D5E6F7GHJKLMNPQRSTUVWXYZ"),
            Some('d') => Some(b"123456789"),
            _ => None,
        };
        let length = close.and_then(|at| after.get(1..at)).and_then(|n| n.parse::<usize>().ok());
        if let (Some(alphabet), Some(length), Some(close)) = (alphabet, length, close) {
            text.push_str(&filler(alphabet, length));
            rest = after.get(close + 1..).unwrap();
        } else {
            text.push('<');
            rest = after;
        }
    }
    text + rest
}

fn found_by(rule: &'static Rule, text: &str) -> Vec<String> {
    let scanner = Scanner::of([rule]).unwrap();
    scanner.scan(text).into_iter().map(|find| text.get(find.range).unwrap().to_owned()).collect()
}

#[test]
fn every_rule_finds_its_examples_whole() {
    let mut wrong = Vec::new();
    for rule in lines().chain(blocks()) {
        assert!(!rule.finds.is_empty() && !rule.passes.is_empty(), "{} lacks examples", rule.name);
        for example in rule.finds {
            let text = filled(example);
            let text: String = text.chars().filter(|c| !"{}".contains(*c)).collect();
            let marked = filled(example.split_once('{').unwrap().1.rsplit_once('}').unwrap().0);
            let found = found_by(rule, &text);
            if found != [marked] {
                wrong.push(format!("{} found {found:?} in {text:?}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_rule_passes_by_its_counterexamples() {
    let mut wrong = Vec::new();
    for rule in lines().chain(blocks()) {
        for example in rule.passes {
            let text = filled(example);
            let found = found_by(rule, &text);
            if !found.is_empty() {
                wrong.push(format!("{} found {found:?} in {text:?}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_rule_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = lines().chain(blocks()).map(|r| r.name).collect();
    assert_eq!(names.len(), lines().chain(blocks()).count());
}

#[test]
fn every_rule_is_in_the_document() {
    let page = include_str!("../../../../../docs/formats/redaction.md");
    for rule in lines().chain(blocks()) {
        assert!(
            page.contains(&format!("`{}`", rule.name)),
            "{} is not in docs/formats/redaction.md",
            rule.name
        );
    }
}
