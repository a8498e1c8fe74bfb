use proptest::prelude::*;

use super::*;

fn engine() -> Engine {
    let lists = Lists { people: vec!["Quorra Zyxwich".into()], words: vec!["Project Bluebird".into()] };
    Engine::new(lists).unwrap()
}

fn redacted(text: &str) -> String {
    engine().redacted(text, &mut Pseudonyms::new([3; 32])).0
}

/// One value of every kind, none of them anybody's.
const CANARIES: &[(FindingKind, &str)] = &[
    (FindingKind::Person, "Alice Henderson"),
    (FindingKind::Person, "quorra zyxwich"),
    (FindingKind::Email, "dana.lund@mail.example.test"),
    (FindingKind::Phone, "+49 30 901820"),
    (FindingKind::Card, "4111 1111 1111 1111"),
    (FindingKind::Iban, "DE89 3704 0044 0532 0130 00"),
    (FindingKind::Url, "https://files.example.test/x?access_token=abcd1234"),
    (FindingKind::Secret, "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----"),
    (FindingKind::Ip, "192.0.2.17"),
    (FindingKind::Id, "536-90-4399"),
    (FindingKind::Address, "42 Old Mill Road"),
    (FindingKind::Unknown, "project bluebird"),
];

#[test]
fn personal_data_in_prose_becomes_placeholders_and_the_rest_stays() {
    assert_eq!(
        redacted(
            "Ask Alice Henderson (dana.lund@mail.example.test, +49 30 901820) about Project Bluebird, then alice henderson."
        ),
        "Ask [PERSON_1] ([EMAIL_1], [PHONE_1]) about [TEXT_1], then alice henderson."
    );
    assert_eq!(
        redacted("password=hunter2 for host 192.0.2.17\nok"),
        "password=[SECRET_1] for host [IP_1]\nok"
    );
    assert_eq!(
        redacted("nothing to see here: 12 apples, 3.50 EUR"),
        "nothing to see here: 12 apples, 3.50 EUR"
    );
}

#[test]
fn the_same_thing_has_the_same_placeholder_within_a_session() {
    let engine = engine();
    let mut names = Pseudonyms::new([3; 32]);
    let first = engine.redacted("Alice Henderson and Jorge Pereira", &mut names).0;
    let later = engine.redacted("JORGE PEREIRA", &mut names).0;
    assert_eq!((first.as_str(), later.as_str()), ("[PERSON_1] and [PERSON_2]", "[PERSON_2]"));
}

#[test]
fn every_kind_is_found_alone_and_between_words() {
    let engine = engine();
    for (kind, canary) in CANARIES {
        for text in [(*canary).to_owned(), format!("so {canary} it is"), format!("({canary})\n{canary}")] {
            let (out, found) = engine.redacted(&text, &mut Pseudonyms::new([3; 32]));
            assert!(!out.contains(canary), "{out}");
            assert!(found.iter().any(|f| f.kind == *kind), "{kind:?} in {text:?}: {found:?}");
        }
    }
}

#[test]
fn what_hides_one_value_behind_another_does_not_help_it() {
    assert_eq!(redacted("1234 5678 4111 1111 1111 1111"), "1234 5678 [CARD_1]");
    assert_eq!(redacted("token=abc123[PERSON_1]def456"), "token=[SECRET_1][PERSON_1][SECRET_2]");
    assert_eq!(redacted("a\u{0}4111111111111111\u{0}b"), "a\u{0}[CARD_1]\u{0}b");
}

#[test]
fn a_long_hostile_text_ends() {
    for piece in [
        "1",
        "1 ",
        "a@",
        "::",
        "A ",
        "Alice ",
        "http://",
        "password=",
        "[PERSON_1",
        "\u{202f}0",
        "-----BEGIN ",
    ] {
        let text = piece.repeat(20_000 / piece.len());
        redacted(&text);
    }
}

fn any_text() -> impl Strategy<Value = String> {
    any_text_with(CANARIES)
}

fn any_text_with(canaries: &'static [(FindingKind, &'static str)]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => any::<String>(),
        2 => "[ -~]{0,24}",
        2 => "[0-9 ./()+-]{0,24}",
        2 => prop::sample::select(canaries).prop_map(|(_, canary)| canary.to_owned()),
        1 => prop::sample::select(vec!["Alice", "Mark", "Dr. ", "password: ", "[PERSON_1]", "@", "://", "\n", "Herr "]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Texts without the values that are planted: one that is glued to a letter is another word.
fn other_text() -> impl Strategy<Value = String> {
    any_text_with(&[(FindingKind::Email, "someone@else.example.test"), (FindingKind::Ip, "198.51.100.4")])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn redacting_twice_changes_nothing_more(text in any_text()) {
        let engine = engine();
        let once = engine.redacted(&text, &mut Pseudonyms::new([3; 32])).0;
        let (twice, found) = engine.redacted(&once, &mut Pseudonyms::new([4; 32]));
        prop_assert_eq!(&twice, &once);
        prop_assert!(found.is_empty());
    }

    #[test]
    fn a_planted_value_never_survives(before in other_text(), after in other_text(), which in 0..CANARIES.len()) {
        let canary = CANARIES[which].1;
        let out = redacted(&format!("{before} {canary} {after}"));
        prop_assert!(!out.contains(canary), "{}", out);
    }

    #[test]
    fn finds_lie_on_character_boundaries_in_order_and_apart(text in any_text()) {
        let finds = engine().found_in_lines(&text);
        for find in &finds {
            prop_assert!(text.get(find.range.clone()).is_some_and(|t| !t.is_empty()));
        }
        prop_assert!(finds.windows(2).all(|w| w[0].range.end <= w[1].range.start));
    }
}
