use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use super::*;

fn surrogates(key: u8) -> Surrogates {
    Surrogates::new(&[key; 32], SURROGATE_KINDS).unwrap()
}

/// Things of each kind, in shapes that have surrogates.
const THINGS: [(FindingKind, &str); 22] = [
    (FindingKind::Person, "Alice Henderson"),
    (FindingKind::Person, "O’Brien"),
    (FindingKind::Person, "ahenderson"),
    (FindingKind::Email, "alice@mail.example.test"),
    (FindingKind::Phone, "+49 30 901820"),
    (FindingKind::Phone, "(212) 555-0123"),
    (FindingKind::Phone, "(+33) 6 28.77.91.64"),
    (FindingKind::Phone, "0596840057"),
    (FindingKind::Card, "4111 1111 1111 1111"),
    (FindingKind::Card, "3466 017714 90644"),
    (FindingKind::Card, "571144269420"),
    (FindingKind::Iban, "DE89 3704 0044 0532 0130 00"),
    (FindingKind::Iban, "GB88HKEN31077701326624"),
    (FindingKind::Ip, "192.0.2.17"),
    (FindingKind::Ip, "2001:db8::17"),
    (FindingKind::Date, "1990-05-16"),
    (FindingKind::Date, "23/03/1945"),
    (FindingKind::Date, "10/24/1940"),
    (FindingKind::Date, "7.4.1978"),
    (FindingKind::Date, "July 4th, 1993"),
    (FindingKind::Date, "18 de mayo de 1956"),
    (FindingKind::Date, "2. März 2001"),
];

#[test]
fn a_surrogate_is_another_thing_of_the_same_shape_and_is_known_again() {
    for (kind, thing) in THINGS {
        for number in [1, 2, 90] {
            let made = surrogates(7).of(kind, number, thing).unwrap();
            assert_ne!(made, thing);
            let around = format!("é, {made}; {made}. [{made}]");
            let found: Vec<_> = find(&around)
                .into_iter()
                .map(|(range, kind)| (around.get(range).unwrap().to_owned(), kind))
                .collect();
            assert_eq!(found, vec![(made.clone(), kind); 3], "{around}");
            let shape = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "0");
            let same = matches!(kind, FindingKind::Phone | FindingKind::Card);
            assert!(!same || shape(&made) == shape(thing), "{made}");
        }
    }
}

#[test]
fn what_would_not_be_known_again_gets_no_surrogate() {
    for (kind, thing) in [
        (FindingKind::Phone, "750-649-6142 x618"),
        (FindingKind::Phone, "555 0100"),
        (FindingKind::Phone, "030) 901820"),
        (FindingKind::Phone, "０３０ 901820"),
        (FindingKind::Card, "4111-1111"),
        (FindingKind::Iban, "de89 3704 0044 0532 0130 00"),
        (FindingKind::Ip, "9c-15-f3-03-f7-93"),
        (FindingKind::Date, "02/11/1941"),
        (FindingKind::Date, "28 janvier"),
        (FindingKind::Date, "1. 2. 26"),
        (FindingKind::Date, "31/02/1990"),
        (FindingKind::Date, "2431-05-16"),
        (FindingKind::Date, "Friday, 2 October 2026"),
        (FindingKind::Secret, "hunter2"),
    ] {
        assert_eq!(surrogates(7).of(kind, 1, thing), None, "{thing}");
    }
    let mut session = Surrogates::new(&[7; 32], [FindingKind::Email]).unwrap();
    assert_eq!(session.of(FindingKind::Person, 1, "Alice Henderson"), None, "not asked for");
    session.draws.clear();
    assert_eq!(session.of(FindingKind::Email, 1, "a@b.example"), None);
    assert_eq!(
        Surrogates::new(&[7; 32], [FindingKind::Secret]).err(),
        Some(NoSurrogates(FindingKind::Secret))
    );
}

#[test]
fn two_things_of_a_session_have_two_surrogates() {
    for (kind, thing) in THINGS.into_iter().filter(|(kind, _)| *kind != FindingKind::Date) {
        let session = surrogates(9);
        let made: Vec<String> = (1..=10).map(|number| session.of(kind, number, thing).unwrap()).collect();
        assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), 10, "{made:?}");
    }
    let session = surrogates(9);
    let all: Vec<_> = (1..=16_385).map(|n| session.of(FindingKind::Email, n, "a@b.example")).collect();
    assert_eq!(all.iter().flatten().collect::<BTreeSet<_>>().len(), 16_384);
    assert_eq!(all.last(), Some(&None), "more people than names");
}

#[test]
fn sessions_cannot_be_linked_by_their_surrogates() {
    for (kind, thing) in THINGS {
        let made: BTreeSet<String> = (0..50).map(|key| surrogates(key).of(kind, 1, thing).unwrap()).collect();
        // Few free digits may meet by chance; a surrogate that hangs on the thing would be one for all.
        let least = if kind == FindingKind::Phone { 35 } else { 45 };
        assert!(made.len() >= least, "{} of 50 for {thing}", made.len());
    }
}

/// A date as the tests of order write it.
fn written(date: Date, form: usize) -> String {
    let (y, m, d) = (date.year(), date.month(), date.day());
    match form {
        0 => format!("{y}-{m:02}-{d:02}"),
        1 => format!("{d:02}.{m:02}.{y}"),
        _ => format!("{d} {} {y}", date.strftime("%B")),
    }
}

fn read_back(text: &str, form: usize) -> Date {
    let format = ["%Y-%m-%d", "%d.%m.%Y", "%d %B %Y"][form];
    Date::strptime(format, text).unwrap()
}

#[test]
fn dates_keep_their_order_their_distance_and_their_weekday() {
    let session = surrogates(3);
    let start: Date = "1900-01-01".parse().unwrap();
    let dates: Vec<Date> = (0..700_i64).map(|n| start.checked_add((n * 104).days()).unwrap()).collect();
    let moved: Vec<Date> = dates
        .iter()
        .enumerate()
        .map(|(n, date)| {
            let made = session.of(FindingKind::Date, 1, &written(*date, n % 3)).unwrap();
            read_back(&made, n % 3)
        })
        .collect();
    for (pair, moved_pair) in dates.windows(2).zip(moved.windows(2)) {
        assert_eq!(pair[0].weekday(), moved_pair[0].weekday());
        let days = |pair: &[Date]| pair[0].until(pair[1]).unwrap().get_days();
        assert_eq!(days(pair), days(moved_pair));
    }
    let years = moved.iter().map(|date| date.year());
    assert!(years.clone().min() >= Some(2300) && years.max() < Some(2600));
}

#[test]
fn what_no_surrogate_is_is_not_taken_for_one() {
    for text in [
        "4111 1111 1111 1111",
        "9999 9999 9999 9999",
        "+999 12345678",
        "00001234 0000000000",
        "240.1.2.3 and 2.400.1",
        "3fff::1",
        "ZZ12 3456 7890 1234 56",
        "Xanthe Brown, Zoe Xander, Zavbri",
        "zavbri.smith@example.org",
        "3843:de1c:31d8:9513:5437:b5c8:5ebe:ed18",
        "2026-10-02 2345-13-01 12345-10-02",
        "case 2345",
    ] {
        assert_eq!(find(text), [], "{text}");
    }
    let email = surrogates(1).of(FindingKind::Email, 1, "a@b.example").unwrap();
    assert_eq!(find(&format!("{email}x é{email} {email}_")), []);
}
