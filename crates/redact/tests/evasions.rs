//! What people type without meaning to hide anything, and what hides from a reader of plain text: found all the same, whole
//! and in its place, and gone for good after one look.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use candor_redact::{Lists, Models, Profile, Raw, TextMarker};

/// A way of writing, and texts whose part between the brackets `⟦` and `⟧` must not be left.
type Evasion = (&'static str, &'static [&'static str]);

const EVASIONS: [Evasion; 16] = [
    (
        "gaps in card numbers",
        &[
            "card ⟦4111  1111  1111  1111⟧ please",
            "pay ⟦4111 11111 1111 111⟧ now",
            "⟦4111.1111.1111.1111⟧",
            "⟦4111_1111_1111_1111⟧",
            "⟦4111-1111 1111-1111⟧",
            "⟦4111\u{a0}1111\u{a0}1111\u{a0}1111⟧",
            "⟦4111\t1111\t1111\t1111⟧",
            "amex ⟦3782 822463 10005⟧",
            "⟦4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1⟧",
        ],
    ),
    (
        "account numbers in other spellings",
        &[
            "de ⟦de89370400440532013000⟧",
            "⟦DE89-3704-0044-0532-0130-00⟧",
            "IBAN ⟦DE 89 3704 0044 0532 0130 00⟧",
            "iban ⟦nl91abna0417164300⟧",
        ],
    ),
    (
        "addresses in words",
        &[
            "write to ⟦dana.lund at mail dot example dot com⟧",
            "⟦dana.lund (at) mail (dot) com⟧",
            "⟦dana.lund[at]mail[dot]com⟧",
            "⟦dana punkt lund at mail punkt de⟧",
            "⟦dana.lund AT mail DOT com⟧",
            "⟦dana.lund{at}mail.com⟧",
            "⟦dana.lund_at_mail.com⟧",
            "⟦dana.lund arroba mail punto es⟧",
            "⟦dana.lund chiocciola mail punto it⟧",
            "⟦dana.lund arobase mail point fr⟧",
            "⟦dana.lund apenstaartje mail punt nl⟧",
        ],
    ),
    (
        "numbers over fields",
        &[
            "Card: ⟦4111⟧ | ⟦1111⟧ | ⟦1111⟧ | ⟦1111⟧",
            "cc1=⟦4111⟧&cc2=⟦1111⟧&cc3=⟦1111⟧&cc4=⟦1111⟧",
            "SSN: ⟦536⟧ | ⟦90⟧ | ⟦4399⟧",
            "SSN ⟦536⟧\t⟦90⟧\t⟦4399⟧",
            "Phone: (⟦212⟧) | ⟦555⟧ | ⟦0123⟧",
            "IBAN: ⟦DE89⟧ | ⟦3704⟧ | ⟦0044⟧ | ⟦0532⟧ | ⟦0130⟧ | ⟦00⟧",
        ],
    ),
    (
        "names in small letters",
        &[
            "hi ⟦alice henderson⟧, thanks",
            "cc ⟦jürgen müller⟧ please",
            "ask ⟦maria garcía⟧ about it",
            "⟦giovanni rossi⟧ called",
        ],
    ),
    ("names in capitals", &["ATTN: ⟦ALICE HENDERSON⟧", "FROM ⟦JÜRGEN MÜLLER⟧"]),
    (
        "names in paths",
        &[
            "C:\\Users\\⟦alice.henderson⟧\\Documents\\plan.docx",
            "/home/⟦ahenderson⟧/notes.txt",
            "/srv/share/hr/⟦Henderson_Alice⟧_review.pdf",
            "\\\\nas01\\users\\⟦alice.henderson⟧\\mail.pst",
            "scan_⟦alice-henderson⟧-passport.jpg",
        ],
    ),
    (
        "people in web addresses",
        &[
            "⟦https://h.example/people/alice-henderson⟧",
            "⟦https://h.example/x?email=alice%40mail.example.test⟧",
            "https://h.example/search?q=⟦Alice+Henderson⟧",
            "https://h.example/search?q=⟦Alice%20Henderson⟧",
        ],
    ),
    (
        "base64",
        &[
            "x ⟦ZGFuYS5sdW5kQG1haWwuZXhhbXBsZS50ZXN0⟧",
            "u=⟦QWxpY2UgSGVuZGVyc29u⟧",
            "c=⟦NDExMSAxMTExIDExMTEgMTExMQ==⟧",
        ],
    ),
    (
        "percent encoding",
        &[
            "to=⟦dana.lund%40mail.example.test⟧",
            "n=⟦Alice%20Henderson⟧",
            "c=⟦4111%201111%201111%201111⟧",
            "/⟦J%C3%BCrgen⟧.pdf",
        ],
    ),
    (
        "wide digits and letters",
        &[
            "⟦４１１１ １１１１ １１１１ １１１１⟧",
            "ａ ⟦ｄａｎａ＠ｍａｉｌ．ｃｏｍ⟧",
            "+⟦４９ ３０ ９０１８２０⟧",
            "SSN ⟦５３６－９０－４３９９⟧",
        ],
    ),
    (
        "characters of no width",
        &[
            "⟦4111\u{200b}1111\u{200b}1111\u{200b}1111⟧",
            "⟦dana\u{200d}.lund@mail.example.test⟧",
            "⟦536\u{feff}-90-4399⟧",
            "⟦Ali\u{ad}ce Hender\u{ad}son⟧",
            "pass\u{200b}word: ⟦hunter2⟧",
        ],
    ),
    (
        "letters that look alike",
        &[
            "⟦d\u{430}na.lund@mail.example.test⟧",
            "⟦D\u{415}89 3704 0044 0532 0130 00⟧",
            "p\u{430}ssword: ⟦hunter2⟧",
            "⟦\u{410}lice Henderson⟧ called",
        ],
    ),
    (
        "marks on letters",
        &["⟦Ju\u{308}rgen Mu\u{308}ller⟧ called", "mail ⟦rene\u{301}.dupont@mail.example.test⟧"],
    ),
    ("other digits", &["⟦٤١١١ ١١١١ ١١١١ ١١١١⟧", "⟦𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏⟧"]),
    (
        "other hyphens",
        &[
            "⟦536\u{2011}90\u{2011}4399⟧",
            "⟦4111\u{2013}1111\u{2013}1111\u{2013}1111⟧",
            "⟦+49\u{2010}30\u{2010}901820⟧",
        ],
    ),
];

/// The text, and for each of its characters whether it must be taken out.
fn read(marked: &str) -> (String, Vec<bool>) {
    let (mut text, mut must, mut inside) = (String::new(), Vec::new(), false);
    for c in marked.chars() {
        match c {
            '⟦' => inside = true,
            '⟧' => inside = false,
            _ => {
                text.push(c);
                must.push(inside && c.is_alphanumeric());
            }
        }
    }
    (text, must)
}

fn marker() -> TextMarker {
    let models =
        Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    TextMarker::new(Profile::Fast, &models, Lists::default(), [7; 32]).unwrap()
}

#[test]
fn what_is_written_otherwise_is_found_whole() {
    let mut marker = marker();
    let mut left = Vec::new();
    for (name, texts) in EVASIONS {
        for marked in texts {
            let (text, must) = read(marked);
            let found = marker.mark(Raw::seal(text));
            let covered = |at: usize| found.spans.iter().any(|span| (span.start..span.end).contains(&at));
            if must.iter().enumerate().any(|(at, must)| *must && !covered(at)) {
                left.push(format!("{name}: {marked} -> {}", found.text));
            }
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn a_second_look_changes_nothing_more() {
    let mut marker = marker();
    for (_, texts) in EVASIONS {
        for marked in texts {
            let once = marker.mark(Raw::seal(read(marked).0)).text;
            let again = marker.mark(Raw::seal(once.clone()));
            assert_eq!(again.text, once, "{marked}");
            assert!(again.spans.is_empty(), "{marked}");
        }
    }
}

#[test]
fn what_stands_beside_stays() {
    let mut marker = marker();
    for (text, kept) in [
        ("card 4111  1111  1111  1111 please, thanks", "please, thanks"),
        ("the invoice is in /srv/share/finance/2024/report.pdf", "/srv/share/finance/2024/report.pdf"),
        ("GET /search?q=weather%20today HTTP/1.1", "/search?q=weather%20today"),
        ("the session dGhpcyBpcyBvbmx5IHRleHQ= ended", "dGhpcyBpcyBvbmx5IHRleHQ="),
    ] {
        let left = marker.mark(Raw::seal(text.to_owned())).text;
        assert!(left.contains(kept), "{text} -> {left}");
    }
}
