//! Floors for what has a check digit: of 20,000 texts with a number drawn from a seed, at most five in a thousand leak.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use candor_redact::{Lists, Models, Profile, Raw, TextMarker};

/// Texts in all.
const TEXTS: u32 = 20_000;
/// Most texts of a kind in a thousand that may leak.
const LEAKS_PER_THOUSAND: u32 = 5;

/// A row of numbers from a seed (Knuth's MMIX generator).
struct Draw(u64);

impl Draw {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + u8::try_from(self.next(10)).unwrap())).collect()
    }
}

/// Draws a number of a kind.
type Make = fn(&mut Draw) -> String;

fn luhn(body: &str) -> u32 {
    let doubled = |d: u32| if d > 4 { d * 2 - 9 } else { d * 2 };
    let digits = body.chars().rev().map(|c| c.to_digit(10).unwrap());
    let sum: u32 = digits.enumerate().map(|(i, d)| if i % 2 == 0 { doubled(d) } else { d }).sum();
    (10 - sum % 10) % 10
}

fn card(draw: &mut Draw) -> String {
    let begin = ["4", "51", "52", "55"].get(usize::try_from(draw.next(4)).unwrap()).unwrap().to_owned();
    let body = format!("{begin}{}", draw.digits(15 - begin.len()));
    grouped(&format!("{body}{}", luhn(&body)), draw)
}

fn iban(draw: &mut Draw) -> String {
    let account = draw.digits(18);
    // D is 13, E is 14; the check digits count as zeros.
    let rest = format!("{account}131400").bytes().fold(0_u32, |n, b| (n * 10 + u32::from(b - b'0')) % 97);
    grouped(&format!("DE{:02}{account}", 98 - rest), draw)
}

fn dni(draw: &mut Draw) -> String {
    let number = 10_000_000 + draw.next(89_999_999);
    let letter = "TRWAGMYFPDXBNJZSQVHLCKE".chars().nth(usize::try_from(number % 23).unwrap()).unwrap();
    format!("{number}{letter}")
}

fn cpf(draw: &mut Draw) -> String {
    let body = draw.digits(9);
    let check = |digits: &str| {
        let length = u32::try_from(digits.len()).unwrap();
        let sum: u32 = digits.chars().zip(0..).map(|(c, i)| c.to_digit(10).unwrap() * (length + 1 - i)).sum();
        (sum * 10 % 11) % 10
    };
    let first = check(&body);
    let second = check(&format!("{body}{first}"));
    let (a, rest) = body.split_at(3);
    let (b, c) = rest.split_at(3);
    format!("{a}.{b}.{c}-{first}{second}")
}

/// In groups of four with a space or a hyphen, or without.
fn grouped(number: &str, draw: &mut Draw) -> String {
    let gap = [" ", "-", "", "\u{a0}"].get(usize::try_from(draw.next(4)).unwrap()).unwrap().to_owned();
    let digits: Vec<char> = number.chars().collect();
    let groups: Vec<String> = digits.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(gap)
}

#[test]
fn numbers_with_a_check_digit_hold_their_floor() {
    const AROUND: [(&str, &str); 6] = [
        ("please take ", " for the order"),
        ("", ""),
        ("Total\t12,50\t", "\tpaid"),
        ("{\"value\": \"", "\"}"),
        ("La referencia es ", "."),
        ("(", "), as said"),
    ];
    let makers: [(&str, Make); 4] = [("card", card), ("iban", iban), ("dni", dni), ("cpf", cpf)];
    let models =
        Models::open(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    let mut marker = TextMarker::new(Profile::Fast, &models, Lists::default(), [3; 32]).unwrap();
    let mut draw = Draw(20_261_124);
    for (name, make) in makers {
        let texts = TEXTS / 4;
        let mut leaked = Vec::new();
        for _ in 0..texts {
            let (before, after) = AROUND[usize::try_from(draw.next(6)).unwrap()];
            let number = make(&mut draw);
            let text = format!("{before}{number}{after}");
            let digits: String = number.chars().filter(char::is_ascii_digit).collect();
            let left = marker.mark(Raw::seal(text.clone())).text;
            let left: String = left.chars().filter(char::is_ascii_digit).collect();
            // Half of a number is a leak too.
            let (first, second) = digits.split_at(digits.len() / 2);
            if left.contains(first) || left.contains(second) {
                leaked.push(text);
            }
        }
        let floor = texts * LEAKS_PER_THOUSAND / 1000;
        assert!(
            u32::try_from(leaked.len()).unwrap() <= floor,
            "{name}: {} of {texts} leaked, such as {:?}",
            leaked.len(),
            leaked.first()
        );
    }
}
