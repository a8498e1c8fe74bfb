//! What people type without meaning to hide anything, and what hides from a reader of plain text: found all the same, whole
//! and in its place, and gone for good after one look.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use candor_redact::{Lists, Models, Profile, Raw, TextMarker};

/// A way of writing, and texts whose part between the brackets `⟦` and `⟧` must not be left.
type Evasion = (&'static str, &'static [&'static str]);

const EVASIONS: [Evasion; 21] = [
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
            "write to ⟦ruth.okafor at gmail.com⟧",
            "⟦ruth.okafor @ gmail . com⟧",
            "⟦ruth.okafor bei gmx punkt net⟧",
            "⟦ruth.okafor [ät] gmx.net⟧",
            "⟦ruth.okafor à laposte.net⟧",
            "⟦ruth.okafor at-sign gmx dot net⟧",
            "⟦ruth.okafor@@gmx.net⟧",
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
    (
        "wide gaps in card numbers",
        &[
            "card ⟦5500   0000   0000   0004⟧ please",
            "pay ⟦6011 - 0009 - 9013 - 9424⟧ now",
            "⟦5500/0000/0000/0004⟧, valid",
            "⟦4012,8888,8888,1881⟧",
            "⟦4012 · 8888 · 8888 · 1881⟧",
            "on file ⟦6011.  0009.  9013.  9424⟧",
            "my card is ⟦5500 0000 0000⟧\n⟦0004⟧ thanks",
            "my card is ⟦5500-0000-⟧\n⟦0000-0004⟧ thanks",
        ],
    ),
    (
        "numbers over fields with names",
        &[
            "num_1=⟦5500⟧; num_2=⟦0000⟧; num_3=⟦0000⟧; num_4=⟦0004⟧",
            "eins: ⟦6011⟧ zwei: ⟦0009⟧ drei: ⟦9013⟧ vier: ⟦9424⟧",
            r#"{"c1": "⟦4012⟧", "c2": "⟦8888⟧", "c3": "⟦8888⟧", "c4": "⟦1881⟧"}"#,
            "block 1 ⟦5500⟧\nblock 2 ⟦0000⟧\nblock 3 ⟦0000⟧\nblock 4 ⟦0004⟧",
            "ssn_a: ⟦219⟧, ssn_b: ⟦09⟧, ssn_c: ⟦9999⟧",
            "Vorwahl: ⟦0221⟧; Rufnummer: ⟦4710815⟧",
            "area code: ⟦212⟧ | number: ⟦5550123⟧",
        ],
    ),
    (
        "base64 behind a path, in other encodings and among bytes",
        &[
            "GET /v2/users/⟦dG8gcnV0aC5va2Fmb3JAbWFpbC5leGFtcGxlLnRlc3Q=⟧/mails HTTP/1.1",
            "powershell -EncodedCommand ⟦bQBhAGkAbAAgAHIAdQB0AGgALgBvAGsAYQBmAG8AcgBAAG0AYQBpAGwALgBlAHgAYQBtAHAAbABlAC4AdABlAHMAdAA=⟧",
            "x ⟦CBJydXRoLm9rYWZvckBtYWlsLmV4YW1wbGUudGVzdAE=⟧ y",
            "state=⟦SvZyZyBN/GxsZXIgc2NocmllYiB1bnM⟧",
            "id ⟦MjE5LTA5LTk5OTk⟧= end",
            "note ⟦bGF1cmEgbWFydGluZXogY2FsbGVkIHRvZGF5⟧ end",
        ],
    ),
    (
        "percent encoding of other letters, twice",
        &[
            "to=⟦J%F6rg%20M%FCller⟧&c=⟦5500%2D0000%2D0000%2D0004⟧",
            "next=%252Fhome%253Fm%253D⟦ruth.okafor%2540mail.example.test⟧",
            "to=⟦Alice%2520Henderson⟧",
        ],
    ),
    (
        "names in small letters in addresses, paths and files",
        &[
            "GET /find?q=⟦alice+henderson⟧ HTTP/1.1",
            "https://h.example/find?vorname=⟦juergen⟧&nachname=⟦zwetschkenbaum⟧",
            "https://⟦peter-schmidt⟧.example.com/",
            "/srv/hr/⟦laura_martinez⟧_2023.pdf",
            "https://h.example/users/⟦alice⟧/settings",
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
    let mut gone = Vec::new();
    for (text, kept) in [
        ("card 4111  1111  1111  1111 please, thanks", "please, thanks"),
        ("the invoice is in /srv/share/finance/2024/report.pdf", "/srv/share/finance/2024/report.pdf"),
        ("GET /search?q=weather%20today HTTP/1.1", "/search?q=weather%20today"),
        ("the session dGhpcyBpcyBvbmx5IHRleHQ= ended", "dGhpcyBpcyBvbmx5IHRleHQ="),
        ("rows 5500, 1000, 1000, 3004 and so on", "5500, 1000, 1000, 3004"),
        ("total=5500 used=0000 free=0000 held=0004", "total=5500 used=0000 free=0000 held=0004"),
        ("used 5500\nfree 0000\nheld 0000\nlost 0004", "used 5500\nfree 0000\nheld 0000\nlost 0004"),
        ("meet me at example.com tomorrow", "at example.com"),
        ("sign in at outlook.com", "sign in at outlook.com"),
        ("os.path at docs.python.org", "os.path at docs.python.org"),
        ("GET /api/v1/dGhpcyBpcyBvbmx5IHRleHQ/x", "/api/v1/dGhpcyBpcyBvbmx5IHRleHQ/x"),
        ("/find?q=weather+today&name=index&last=20", "/find?q=weather+today&name=index&last=20"),
        ("https://h.example/users/search/mark-read", "/users/search/mark-read"),
        ("/srv/app/grant-access_2024.pdf", "/srv/app/grant-access_2024.pdf"),
        ("n=caf%E9%20au%20lait", "n=caf%E9%20au%20lait"),
        ("id 17040101801 and 12345678901 rows", "17040101801 and 12345678901"),
    ] {
        let left = marker.mark(Raw::seal(text.to_owned())).text;
        if !left.contains(kept) {
            gone.push(format!("{text} -> {left}"));
        }
    }
    assert!(gone.is_empty(), "{gone:#?}");
}

/// What stands in the middle of a long encoded run is found as what stands at its begin.
#[test]
fn long_runs_hide_nothing() {
    let mut marker = marker();
    for place in [0, 8_100, 20_000] {
        let (before, after) = ("and so on. ".repeat(place / 11), " and so on.".repeat(900));
        let said = format!("{before}write to ruth.okafor@mail.example.test{after}");
        let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap();
        let percent = said.bytes().flat_map(|byte| ['%', digit(byte >> 4), digit(byte & 15)]).collect();
        for run in [base64(said.as_bytes()), percent] {
            let left = marker.mark(Raw::seal(format!("x {run} y")));
            assert_eq!(left.spans.len(), 1, "{place}");
        }
    }
}

/// Bytes in base64 without padding.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| char::from(*LETTERS.get(usize::try_from(bits & 63).unwrap()).unwrap());
    let four = |three: &[u8]| {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        let letters = [bits >> 18, bits >> 12, bits >> 6, bits].map(letter);
        letters.into_iter().take(three.len() + 1).collect::<String>()
    };
    bytes.chunks(3).map(four).collect()
}
