//! Personal data of known kinds, written as screens and people write it: with characters of no width, marks of direction, marks on
//! letters and digits, wide and look-alike letters, between emoji and words that run from right to left.

use proptest::prelude::*;

/// What is planted: found as it stands by every profile, whatever is around it.
const PERSONAL: [&str; 7] = [
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "DE89 3704 0044 0532 0130 00",
    "dana.lund@mail.example.test",
    "+49 30 901820",
    "536-90-4399",
    "AKIAQ3EGRIHLWJZNPD5T",
];

/// Entries of the lists of an organisation.
pub(crate) const LISTED: [&str; 3] = ["Quorra Zyxwich", "blue lantern", "Zyxel Quorraline"];

/// How what is planted is written.
#[derive(Debug, Clone, Copy)]
enum Way {
    Plain,
    /// This stands between its characters.
    Between(char),
    /// This stands on its letters and digits.
    On(char),
    Wide,
    LookAlike,
    Mathematical,
}

/// A text, and for each of its characters whether it must be taken out.
#[derive(Debug, Clone)]
pub(crate) struct Planted {
    pub(crate) text: String,
    pub(crate) must: Vec<bool>,
}

/// `said` in some way; `places` says behind which characters something is inserted.
fn written(said: &str, way: Way, places: u64) -> String {
    let mut text = String::new();
    let last = said.chars().count() - 1;
    for (at, c) in said.chars().enumerate() {
        let here = places >> (at % 64) & 1 == 1;
        match way {
            Way::Between(sign) if here && at < last => text.extend([c, sign]),
            Way::On(mark) if here && c.is_ascii_alphanumeric() => text.extend([c, mark]),
            Way::Wide if c.is_ascii_graphic() => text.extend(char::from_u32(u32::from(c) + 0xfee0)),
            Way::LookAlike if here => text.push(look_alike(c)),
            Way::Mathematical => text.push(mathematical(c)),
            Way::Plain | Way::Between(_) | Way::On(_) | Way::Wide | Way::LookAlike => text.push(c),
        }
    }
    text
}

/// The Cyrillic letter that looks like a Latin one.
fn look_alike(c: char) -> char {
    let pairs = "aаeеoоpрcсxхAАBВEЕKКMМHНOОPРCСTТXХ";
    let at = pairs.chars().step_by(2).position(|latin| latin == c);
    at.and_then(|at| pairs.chars().nth(2 * at + 1)).unwrap_or(c)
}

/// The bold form of a letter or digit.
fn mathematical(c: char) -> char {
    let from = |first: u32, of: char| char::from_u32(first + u32::from(c) - u32::from(of)).unwrap();
    match c {
        'A'..='Z' => from(0x1_d400, 'A'),
        'a'..='z' => from(0x1_d41a, 'a'),
        '0'..='9' => from(0x1_d7ce, '0'),
        _ => c,
    }
}

fn ways() -> impl Strategy<Value = Way> {
    let unseen = [
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{2060}',
        '\u{feff}',
        '\u{ad}',
        '\u{34f}',
        '\u{200e}',
        '\u{200f}',
        '\u{61c}',
        '\u{202a}',
        '\u{202c}',
        '\u{202e}',
        '\u{2066}',
        '\u{2069}',
        '\u{fe0f}',
        '\u{e0041}',
    ];
    // A line through, a line under, a ring and a frame around.
    let marks = ['\u{336}', '\u{332}', '\u{30a}', '\u{20dd}', '\u{20e3}'];
    prop_oneof![
        1 => Just(Way::Plain),
        4 => prop::sample::select(unseen.to_vec()).prop_map(Way::Between),
        2 => prop::sample::select(marks.to_vec()).prop_map(Way::On),
        1 => Just(Way::Wide),
        1 => Just(Way::LookAlike),
        1 => Just(Way::Mathematical),
    ]
}

/// What stands around: it says nothing of anybody, and some of it touches what is planted.
fn around() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        " ",
        "",
        "\n",
        "\t",
        ", ",
        " 😀",
        "👩‍👩‍👧‍👦",
        "🇩🇪 ",
        " שלום ",
        " مرحبا ",
        "\u{202e}",
        "\u{200f}",
        "(",
        ") ",
        " e\u{301} ",
        " 東京 ",
        "\"",
        " see ",
        "“",
        "”",
        "—",
        "•",
        "\u{a0}",
    ])
}

/// Some of `personal`, each in some way, with something around each.
fn planted(personal: &'static [&'static str]) -> impl Strategy<Value = Planted> {
    let one = (around(), prop::sample::select(personal), ways(), any::<u64>(), around());
    prop::collection::vec(one, 1..4).prop_map(|all| {
        let mut planted = Planted { text: String::new(), must: Vec::new() };
        let mut put = |text: &str, is_personal: bool| {
            planted.text.push_str(text);
            planted.must.extend(text.chars().map(|c| is_personal && c.is_alphanumeric()));
        };
        for (before, said, way, places, after) in all {
            put(before, false);
            put(&written(said, way, places), true);
            put(after, false);
            // Two of them side by side would be one longer number.
            put("; ", false);
        }
        planted
    })
}

/// Personal data that the shipped rules know.
pub(crate) fn personal() -> impl Strategy<Value = Planted> {
    planted(&PERSONAL)
}

/// What the lists of an organisation hold.
pub(crate) fn listed() -> impl Strategy<Value = Planted> {
    planted(&LISTED)
}
