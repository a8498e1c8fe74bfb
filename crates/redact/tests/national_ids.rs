//! Numbers of states by kind, drawn from a seed: how many are found with a word beside them and without, and how many numbers of
//! the same shape are taken for one by chance. `cargo nextest run -p candor-redact --test national_ids --no-capture` prints the table.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
#![expect(clippy::indexing_slicing, reason = "a digit is asked for by its place in a shape that has it")]

use candor_model::FindingKind;
use candor_redact::{Lists, Models, Profile, Raw, TextMarker};

/// Numbers of each kind.
const DRAWN: u32 = 1000;
/// Least share in a hundred that is found with a word.
const SAID_MIN: u32 = 99;
/// Least share in a hundred that is found without one, for the kinds of which that is asked.
const BARE_MIN: u32 = 80;
/// Most of a thousand numbers of the same shape that may be taken for one, for those kinds.
const CHANCE_MAX: u32 = 10;

/// A row of numbers from a seed (Knuth's MMIX generator).
struct Draw(u64);

impl Draw {
    fn digit(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % 10).unwrap()
    }

    /// Digits in the places of `#` in a shape.
    fn shaped(&mut self, shape: &str) -> String {
        let mut fill = |c| if c == '#' { char::from_digit(self.digit(), 10).unwrap() } else { c };
        shape.chars().map(&mut fill).collect()
    }

    /// The same, drawn until it is a number of the kind.
    fn fit(&mut self, kind: &Kind) -> String {
        loop {
            let number = self.shaped(kind.shape);
            let digits: Vec<u32> = number.chars().filter_map(|c| c.to_digit(10)).collect();
            if (kind.fits)(&digits) {
                return number;
            }
        }
    }
}

/// A kind of number: its name, a word for it, its shape, its check, and whether it must be found without the word.
struct Kind {
    name: &'static str,
    word: &'static str,
    shape: &'static str,
    fits: fn(&[u32]) -> bool,
    is_bare: bool,
}

fn sum(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

fn is_day(day: u32, month: u32) -> bool {
    (1..=28).contains(&day) && (1..=12).contains(&month)
}

fn luhn(digits: &[u32]) -> bool {
    let doubled = |d: u32| if d > 4 { d * 2 - 9 } else { d * 2 };
    let places = digits.iter().rev().enumerate();
    digits.first() != Some(&0)
        && places.map(|(at, d)| if at % 2 == 1 { doubled(*d) } else { *d }).sum::<u32>().is_multiple_of(10)
}

fn pesel(d: &[u32]) -> bool {
    sum(d, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
        && d[2] < 2
        && is_day(d[4] * 10 + d[5], d[2] * 10 + d[3])
}

fn tax_id(d: &[u32]) -> bool {
    let counts: Vec<usize> = (0..10).map(|digit| d[..10].iter().filter(|d| **d == digit).count()).collect();
    let repeated = counts.iter().filter(|count| **count > 1).count();
    let product = d[..10].iter().fold(10, |product, digit| match (digit + product) % 10 {
        0 => 20 % 11,
        sum => sum * 2 % 11,
    });
    d[0] > 0 && repeated == 1 && counts.iter().all(|count| *count < 4) && (11 - product) % 10 == d[10]
}

fn svnr(d: &[u32]) -> bool {
    let check = sum(d, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
    d[0] > 0 && check == d[3] && is_day(d[4] * 10 + d[5], d[6] * 10 + d[7])
}

fn partita_iva(d: &[u32]) -> bool {
    luhn(d)
}

fn nif(d: &[u32]) -> bool {
    let check = 11 - sum(d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    (1..4).contains(&d[0]) && d[8] == if check > 9 { 0 } else { check }
}

fn bsn(d: &[u32]) -> bool {
    d[0] > 0 && sum(d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == d[8]
}

fn tfn(d: &[u32]) -> bool {
    d[0] > 0 && sum(d, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
}

fn nhs(d: &[u32]) -> bool {
    d[0] > 3 && (11 - sum(d, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 == d[9]
}

const KINDS: [Kind; 13] = [
    Kind { name: "PESEL", word: "PESEL", shape: "###########", fits: pesel, is_bare: true },
    Kind { name: "Steuer-ID", word: "Steuer-ID", shape: "###########", fits: tax_id, is_bare: true },
    Kind { name: "SVNR", word: "SVNR", shape: "#### ######", fits: svnr, is_bare: true },
    Kind { name: "SVNR in one", word: "SVNR", shape: "##########", fits: svnr, is_bare: true },
    Kind { name: "SIN with hyphens", word: "SIN", shape: "###-###-###", fits: luhn, is_bare: false },
    Kind { name: "NHS", word: "NHS no.", shape: "### ### ####", fits: nhs, is_bare: false },
    Kind { name: "NHS in one", word: "NHS no.", shape: "##########", fits: nhs, is_bare: false },
    Kind {
        name: "Partita IVA",
        word: "Partita IVA",
        shape: "###########",
        fits: partita_iva,
        is_bare: false,
    },
    Kind { name: "NIF", word: "NIF", shape: "#########", fits: nif, is_bare: false },
    Kind { name: "BSN", word: "BSN", shape: "#########", fits: bsn, is_bare: false },
    Kind { name: "SIN", word: "SIN", shape: "### ### ###", fits: luhn, is_bare: false },
    Kind { name: "SIN in one", word: "SIN", shape: "#########", fits: luhn, is_bare: false },
    Kind { name: "TFN", word: "TFN", shape: "### ### ###", fits: tfn, is_bare: false },
];

/// Whether something in a text is taken for such a number. Telephones have as many digits, and are found as what they are.
fn is_taken(marker: &mut TextMarker, text: String) -> bool {
    marker.mark(Raw::seal(text)).spans.iter().any(|span| span.kind == FindingKind::Id)
}

/// Whether no more than three digits are left.
fn is_found(marker: &mut TextMarker, text: String) -> bool {
    let left = marker.mark(Raw::seal(text)).text;
    // Placeholders are numbered.
    let outside = left.split('[').map(|part| part.split_once(']').map_or(part, |(_, rest)| rest));
    outside.flat_map(str::chars).filter(char::is_ascii_digit).count() < 4
}

#[test]
fn numbers_of_states_are_found_by_their_word_and_the_telling_ones_without() {
    let models =
        Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    let mut marker = TextMarker::new(Profile::Fast, &models, Lists::default(), [3; 32]).unwrap();
    let mut draw = Draw(20_261_130);
    println!("kind | with a word % | without % | by chance of 1,000");
    for kind in &KINDS {
        let mut share =
            |of: u32, see: fn(&mut TextMarker, String) -> bool, make: &dyn Fn(&mut Draw) -> String| {
                let found = (0..DRAWN).filter(|_| see(&mut marker, make(&mut draw))).count();
                u32::try_from(found).unwrap() * of / DRAWN
            };
        let said = share(100, is_found, &|draw| format!("{}: {}", kind.word, draw.fit(kind)));
        let bare = share(100, is_found, &|draw| format!("the rest of {} came late", draw.fit(kind)));
        let chance =
            share(1000, is_taken, &|draw| format!("the rest of {} came late", draw.shaped(kind.shape)));
        println!("{} | {said} | {bare} | {chance}", kind.name);
        assert!(said >= SAID_MIN, "{}: {said} % with its word", kind.name);
        assert!(!kind.is_bare || bare >= BARE_MIN, "{}: {bare} % without a word", kind.name);
        assert!(!kind.is_bare || chance <= CHANCE_MAX, "{}: {chance} by chance", kind.name);
    }
}
