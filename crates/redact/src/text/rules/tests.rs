//! Every rule proves itself on its own examples, alone: not by the grace of another rule.

use std::collections::BTreeSet;

use candor_model::FindingKind;
use proptest::prelude::*;

use super::*;
use crate::text::find::{merged, without};
use crate::text::pseudonym::placeholders;
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
fn rows_of_values_are_read_where_the_word_stands_in_any_case() {
    for (text, count) in [
        ("insert into t (name, password) Values ('a', 'Blau7!x'), ('b', 'Rot9!yz')", 2),
        ("INSERT INTO t (name, password)\nVALUES ('a', 'Blau7!x')", 1),
        ("the values of t (name, password) are 'Blau7!x'", 0),
    ] {
        let found = Scanner::for_lines().unwrap().scan(text);
        assert_eq!(found.iter().filter(|find| find.rule == secret::inserted::RULE).count(), count, "{text}");
    }
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

/// Everything that all rules find in a text, as the engine joins it.
fn found_by_all(text: &str) -> Vec<(FindingKind, String)> {
    let mut finds = Scanner::for_blocks().unwrap().scan(text);
    finds.extend(Scanner::for_lines().unwrap().scan(text));
    let finds = without(merged(finds), &placeholders(text), text);
    finds.into_iter().map(|find| (find.kind, text.get(find.range).unwrap().to_owned())).collect()
}

#[test]
fn what_people_type_to_hide_a_value_hides_nothing() {
    for (kind, text) in [
        (FindingKind::Card, "card 4111  1111  1111  1111"),
        (FindingKind::Card, "4111.1111.1111.1111"),
        (FindingKind::Card, "４１１１ １１１１ １１１１ １１１１"),
        (FindingKind::Card, "4111\u{200b}1111\u{200b}1111\u{200b}1111"),
        (FindingKind::Card, "4111\u{2011}1111\u{2011}1111\u{2011}1111"),
        (FindingKind::Iban, "de89 3704 0044 0532 0130 00"),
        (FindingKind::Iban, "DE89-3704-0044-0532-0130-00"),
        (FindingKind::Email, "dana.lund at mail dot com"),
        (FindingKind::Email, "dana.lund (at) mail (dot) com"),
        (FindingKind::Email, "dana.lund＠mail.example.test"),
        (FindingKind::Email, "dana%2Elund%40mail%2Eexample%2Etest"),
        (FindingKind::Url, "https://h.example/x?to=dana.lund%40mail.example.test"),
        (FindingKind::Email, "ZGFuYS5sdW5kQG1haWwuZXhhbXBsZS50ZXN0"),
        (FindingKind::Email, "d\u{430}na.lund@mail.example.test"),
        (FindingKind::Email, "dana.lund@xn--bcher-kva.example"),
        (FindingKind::Phone, "+４９ ３０ ９０１８２０"),
        (FindingKind::Phone, "00 49 30 901820"),
        (FindingKind::Id, "SSN 536\u{2011}90\u{2011}4399"),
        (FindingKind::Secret, "postgres pw: hunter2"),
        (FindingKind::Secret, "pass\u{200b}word: hunter2"),
    ] {
        let found = found_by_all(text);
        assert!(found.iter().any(|(found, _)| *found == kind), "{kind:?} in {text:?}: {found:?}");
    }
}

#[test]
fn what_computers_write_is_left_alone() {
    for text in [
        "2026-11-23T09:30:00Z INFO worker=17 took 120 ms for batch 8812 (retries=0)",
        "GET /static/app.css 200 1432 \"Mozilla/5.0 (X11; Linux x86_64)\" 0.003",
        "Nov 23 09:30:00 web01 systemd[1]: Started Daily apt download activities.",
        "kernel: [12345.678901] usb 1-1.2: new high-speed USB device number 4 using xhci_hcd",
        "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "id = 550e8400-e29b-41d4-a716-446655440000",
        "serde = { version = \"1.0.219\", features = [\"derive\"] }",
        "rustc 1.95.0 (2026-03-01)",
        "Total: 1 234 567 bytes (1.2 MB) in 34 files",
        "price 1.299,00 EUR, 19 % VAT included, 2 for 3",
        "part no. of the screw: see table 12-4",
        "fn main() { let token = lexer.next_token()?; }",
        "let password = form.password.value;",
        "@Override public String toString()",
        "@media (max-width: 600px) { .a { color: #ff0000; } }",
        "for i in 0..100 { sum += a[i] * b[i]; }",
        "File  Edit  View  Insert  Format  Tools  Window  Help",
        "Save changes to \"Untitled 1\" before closing?",
        "100% - Page 1 of 12 - 345 words",
        "Copied 12 of 34 items, 3 minutes left",
        "ls [OPTION]... [FILE]...  -l  use a long listing format",
        "error[E0308]: mismatched types --> src/main.rs:12:34",
        "127.0.0.1 localhost",
        "listening on 0.0.0.0:8080",
        "Chrome/120.0.6099.110 Safari/537.36",
        "2024-01-15 10:30:00,123 DEBUG 140735123456 thread.py:42",
        "1920x1080@60 12:34 A4 210 x 297 mm",
        "\u{2764} 3 likes, 14 comments",
        "x = 3.14159265358979; y = 2.718281828459045",
        "0x7ffee4b8c9a0 in main () at main.c:12",
        "RFC 2119, ISO 8601, section 4.1.2.1",
        "Battery 87 % (3 h 20 min left)",
        "user interface, user guide, user name, password policy",
        "The quick brown fox jumps over the lazy dog.",
        "Please enter your password.",
        "node_modules/@types/node/index.d.ts",
        "npm install react@18.2.0 --save",
        "model XPS-13-9310, part 0MD9Y, rev A02",
        "Build 22631.4317, Feature Pack 1000.22700.1041.0",
    ] {
        assert!(found_by_all(text).is_empty(), "{text:?}: {:?}", found_by_all(text));
    }
}

#[test]
fn words_of_secrets_without_a_secret_are_left_alone() {
    let lines = include_str!("clean.txt").lines();
    let found = lines.map(|line| (line, found_by_all(line)));
    let wrong: Vec<_> =
        found.filter(|(_, finds)| finds.iter().any(|(kind, _)| *kind == FindingKind::Secret)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn countries_and_kinds_are_many() {
    let all: Vec<&Rule> = lines().chain(blocks()).collect();
    let secrets = all.iter().filter(|rule| rule.kind == FindingKind::Secret).count();
    let countries: BTreeSet<&str> = all
        .iter()
        .filter_map(|rule| rule.name.strip_prefix("id."))
        .filter_map(|name| name.split_once('_'))
        .map(|(country, _)| country)
        .collect();
    assert!(secrets >= 60 && countries.len() >= 15, "{secrets} kinds of secrets, {countries:?}");
}

#[test]
fn the_automaton_stays_small() {
    const BYTES_MAX: usize = 8 * 1024 * 1024;
    assert!(Scanner::for_lines().unwrap().bytes() < BYTES_MAX, "{}", Scanner::for_lines().unwrap().bytes());
}

#[test]
fn a_long_line_costs_no_more_than_its_length() {
    for piece in [
        "sk-",
        "eyJ",
        "password=",
        "1 ",
        "4111 ",
        "a@",
        "://",
        "@",
        "Straße 1",
        "-- ",
        "\u{200b}",
        "rue A",
        "0.",
        "::",
        "QUJD",
    ] {
        let text = piece.repeat(400_000 / piece.len());
        Scanner::for_lines().unwrap().scan(&text);
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let examples: Vec<String> = lines().flat_map(|rule| rule.finds).map(|example| filled(example)).collect();
    let piece = prop_oneof![
        3 => any::<String>(),
        2 => "[ -~]{0,24}",
        2 => "[0-9 ./()+-]{0,24}",
        2 => "[\u{200b}\u{ff10}-\u{ff19}\u{430}-\u{44f}a-z@.]{0,16}",
        3 => prop::sample::select(examples),
        1 => prop::sample::select(vec!["[PERSON_1]", "@", "://", "\n", ": ", "=", " "]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// The text with a placeholder for every find, until nothing is found.
fn settled(text: &str) -> Option<String> {
    const ROUNDS_MAX: usize = 6;
    let mut text = text.to_owned();
    for _ in 0..ROUNDS_MAX {
        let mut finds = Scanner::for_blocks().unwrap().scan(&text);
        finds.extend(Scanner::for_lines().unwrap().scan(&text));
        let finds = without(merged(finds), &placeholders(&text), &text);
        if finds.is_empty() {
            return Some(text);
        }
        for find in finds.into_iter().rev() {
            text.replace_range(find.range, &format!("[{}_1]", find.kind.label()));
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_without_harm_and_settles(text in any_text()) {
        for find in Scanner::for_lines().unwrap().scan(&text) {
            prop_assert!(text.get(find.range.clone()).is_some_and(|t| !t.is_empty()), "{:?}", find);
        }
        prop_assert!(settled(&text).is_some());
    }
}
