use proptest::prelude::*;

use super::*;

fn engine_of(profile: Profile) -> Engine {
    let people = vec!["Quorra Zyxwich".into()];
    let lists = Lists { people, words: vec!["Project Bluebird".into()], ..Lists::default() };
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    Engine::new(profile, lists, &Models::open(&folder).unwrap()).unwrap()
}

fn engine() -> Engine {
    engine_of(Profile::Fast)
}

fn redacted_by(engine: &Engine, text: &str) -> (String, Vec<Found>) {
    engine.redacted(text, Reach::Whole, &mut Pseudonyms::new([3; 32]))
}

fn redacted(text: &str) -> String {
    redacted_by(&engine(), text).0
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
        "Ask [PERSON_1] ([EMAIL_1], [PHONE_1]) about [TEXT_1], then [PERSON_1]."
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
    let mut redacted = |text: &str| engine.redacted(text, Reach::Whole, &mut names).0;
    let first = redacted("Alice Henderson and Jorge Pereira");
    let later = redacted("JORGE PEREIRA");
    assert_eq!((first.as_str(), later.as_str()), ("[PERSON_1] and [PERSON_2]", "[PERSON_2]"));
}

#[test]
fn every_kind_is_found_alone_and_between_words() {
    let engine = engine();
    for (kind, canary) in CANARIES {
        for text in [(*canary).to_owned(), format!("so {canary} it is"), format!("({canary})\n{canary}")] {
            let (out, found) = redacted_by(&engine, &text);
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

fn check_twice(engine: &Engine, text: &str) -> Result<(), TestCaseError> {
    let once = redacted_by(engine, text).0;
    let (twice, found) = redacted_by(engine, &once);
    prop_assert_eq!(&twice, &once);
    prop_assert!(found.is_empty());
    Ok(())
}

fn check_places(engine: &Engine, text: &str) -> Result<(), TestCaseError> {
    let finds = engine.search(text, Reach::Whole);
    for find in &finds {
        prop_assert!(text.get(find.range.clone()).is_some_and(|t| !t.is_empty()));
    }
    prop_assert!(finds.windows(2).all(|w| w[0].range.end <= w[1].range.start));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn redacting_twice_changes_nothing_more(text in any_text()) {
        check_twice(&engine(), &text)?;
    }

    #[test]
    fn a_planted_value_never_survives(before in other_text(), after in other_text(), which in 0..CANARIES.len()) {
        let canary = CANARIES[which].1;
        let out = redacted(&format!("{before} {canary} {after}"));
        prop_assert!(!out.contains(canary), "{}", out);
    }

    #[test]
    fn finds_lie_on_character_boundaries_in_order_and_apart(text in any_text()) {
        check_places(&engine(), &text)?;
    }
}

thread_local! {
    // Loaded once: the model takes longer to load than a text to read.
    static STRICT: Engine = engine_of(Profile::Strict);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn redacting_twice_by_every_layer_changes_nothing_more(text in any_text()) {
        STRICT.with(|engine| check_twice(engine, &text))?;
    }

    #[test]
    fn finds_of_every_layer_lie_on_character_boundaries(text in any_text()) {
        STRICT.with(|engine| check_places(engine, &text))?;
    }
}

#[test]
fn the_profiles_differ_in_what_they_look_at() {
    let text = "Nobody met zbigniew kowalczyk at the Zarquon plant";
    let [fast, standard, strict] = Profile::ALL.map(|profile| redacted_by(&engine_of(profile), text).0);
    assert!(!standard.contains("kowalczyk") && !strict.contains("kowalczyk"), "{standard}");
    assert!(!strict.contains("Zarquon"), "{strict}");
    assert!(fast.len() >= standard.len() && standard.contains("plant"), "{fast}");
}

#[test]
fn a_text_of_many_lines_keeps_them() {
    let line = "Ask Alice Henderson, 4111 1111 1111 1111\n";
    let out = redacted(&line.repeat(100));
    assert_eq!(out, "Ask [PERSON_1], [CARD_1]\n".repeat(100));
}

#[test]
fn what_stands_beside_a_name_under_a_head_or_in_an_encoding_goes_too() {
    for (text, left) in [
        ("employee_id,name,dob\nE51119,Alice Henderson,16-05-1990", ["E51119", "16-05"]),
        ("Salary of Alice Henderson (ID E60890): 12 EUR", ["Henderson", "E60890"]),
        ("call Alice Henderson, 957 038 8220; buy milk", ["Alice", "957"]),
        ("GET /search?q=Alice%20Henderson HTTP/1.1", ["Alice", "Henderson"]),
        // "user=Alice Henderson;x"
        ("cookie dXNlcj1BbGljZSBIZW5kZXJzb247eA== sent", ["dXNlcj1", "BIZW5k"]),
    ] {
        let redacted = redacted(text);
        assert!(left.iter().all(|part| !redacted.contains(part)), "{redacted}");
    }
}

#[test]
fn a_row_that_takes_shape_only_when_its_street_is_masked_is_read_and_twice_changes_nothing() {
    let text = "name,address,account\nAlice Henderson,42 Old Mill Road, Apt 5,5512340\nBo Lund,7 Elm Street,5512341\n";
    let once = redacted(text);
    assert!(!once.contains("551234"), "{once}");
    assert_eq!(redacted(&once), once);
}

#[test]
fn a_number_over_the_end_of_a_line_is_found_wherever_the_line_stands() {
    for lines in 0..=UNIT_LINES {
        for (text, halves) in [
            ("my card is 5500 0000 0000\n0004 thanks", ["5500", "0004"]),
            ("\"on file\n4111 1111 1111\n1111\",", ["4111", "1111"]),
        ] {
            let left = redacted(&format!("{}{text}", "x\n".repeat(lines)));
            assert!(halves.iter().all(|half| !left.contains(half)), "{lines}: {left}");
            assert_eq!(redacted(&left), left);
        }
    }
}
