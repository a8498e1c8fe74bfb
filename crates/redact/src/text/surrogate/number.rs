//! Numbers that nobody has, in the groups of the number that they stand for:
//!
//! - telephone numbers under +999, which is given to no country (ITU-T E.164, list of codes), and without a plus sign behind 000,
//!   since no country's code begins with 0. The ranges that some countries reserve for films hold 100 to 10,000 numbers.
//! - card numbers that begin with 9999: national use (ISO/IEC 7812-1, 9) in a country whose number is nobody's (ISO 3166-1, 999).
//! - accounts of the country ZZ (ISO 3166-1, for users to assign) with check digits as ISO 13616 has them.
//!
//! Behind that stands how many digits there are, so that a number is known again to its end; then the number that was drawn,
//! then a check.

use super::Draw;

/// Digits of a telephone number that has a surrogate.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// Digits of a card number.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 12..=19;
/// Letters and digits of an account.
const IBAN_CHARACTERS: std::ops::RangeInclusive<usize> = 15..=34;
/// Most marks between two digits.
const MARKS_MAX: usize = 3;
/// Digits that a drawn place fills at most.
const DRAWN_DIGITS_MAX: usize = 18;

const PHONE_MARKS: &[u8] = b" .-/()";
const CARD_MARKS: &[u8] = b" -._";
const IBAN_MARKS: &[u8] = b" -";

/// A telephone number in the shape of `text`.
pub(super) fn phone(text: &str, number: u32, draw: &Draw) -> Option<String> {
    let count = counted(text, PHONE_MARKS, b"+")?;
    let is_abroad = text.trim_start_matches('(').starts_with('+');
    let mut digits = if is_abroad { vec![9, 9, 9] } else { vec![0, 0, 0] };
    if !PHONE_DIGITS.contains(&count) {
        return None;
    }
    digits.push(u8::try_from(count % 10).ok()?);
    digits.extend(drawn(number, count - 6, draw)?);
    digits.extend(check(&digits));
    Some(filled(text, &digits))
}

/// The length of the telephone number that `text` begins with.
pub(super) fn read_phone(text: &str) -> Option<usize> {
    let is_abroad = text.trim_start_matches('(').starts_with('+');
    let count = |digits: &[u8]| match (is_abroad, digits) {
        (true, [9, 9, 9, last, ..]) | (false, [0, 0, 0, last, ..]) => {
            let count = usize::from(*last);
            Some(if count < 8 { count + 10 } else { count })
        }
        _ => None,
    };
    let (digits, length) = taken(text, PHONE_MARKS, b"(+", 4, count)?;
    // A bracket before the number belongs to it if it is closed within.
    let brackets = |bracket: char| text.get(..length).map_or(0, |read| read.matches(bracket).count());
    (holds(&digits) && brackets('(') == brackets(')')).then_some(length)
}

/// A card number in the shape of `text`, with the check digit of ISO/IEC 7812-1 (Luhn).
pub(super) fn card(text: &str, number: u32, draw: &Draw) -> Option<String> {
    let count = counted(text, CARD_MARKS, b"").filter(|count| CARD_DIGITS.contains(count))?;
    let mut digits = vec![9, 9, 9, 9, u8::try_from(count % 10).ok()?];
    digits.extend(drawn(number, count - 8, draw)?);
    digits.extend(check(&digits));
    digits.push(luhn(&digits));
    Some(filled(text, &digits))
}

/// The length of the card number that `text` begins with.
pub(super) fn read_card(text: &str) -> Option<usize> {
    let count = |digits: &[u8]| match digits {
        [9, 9, 9, 9, last, ..] if *last > 1 => Some(usize::from(*last) + 10),
        _ => None,
    };
    let (digits, length) = taken(text, CARD_MARKS, b"", 5, count)?;
    let (last, rest) = digits.split_last()?;
    (holds(rest) && luhn(rest) == *last).then_some(length)
}

/// An account in the shape of `text`, all digits behind its country.
pub(super) fn iban(text: &str, number: u32, draw: &Draw) -> Option<String> {
    let is_written =
        |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || IBAN_MARKS.contains(&byte);
    if !text.bytes().all(is_written) || !text.ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let count = text.bytes().filter(u8::is_ascii_alphanumeric).count();
    if !IBAN_CHARACTERS.contains(&count) {
        return None;
    }
    let mut account = vec![u8::try_from(count / 10).ok()?, u8::try_from(count % 10).ok()?];
    account.extend(drawn(number, count - 6, draw)?);
    let check = 98 - iban_rest(&account, [0, 0]);
    let mut characters = b"ZZ".to_vec();
    characters.extend([b'0' + check / 10, b'0' + check % 10]);
    characters.extend(account.iter().map(|digit| b'0' + digit));
    let mut next = characters.into_iter();
    let put = |c: char| if c.is_ascii_alphanumeric() { next.next().map_or(c, char::from) } else { c };
    Some(text.chars().map(put).collect())
}

/// The length of the account that `text` begins with.
pub(super) fn read_iban(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("ZZ")?;
    let count = |digits: &[u8]| match digits {
        [_, _, ten, one, ..] => (usize::from(*ten) * 10 + usize::from(*one)).checked_sub(2),
        _ => None,
    };
    let (digits, length) = taken(rest, IBAN_MARKS, IBAN_MARKS, 4, count)?;
    let (check, account) = digits.split_first_chunk::<2>()?;
    let holds = IBAN_CHARACTERS.contains(&(digits.len() + 2)) && iban_rest(account, *check) == 1;
    holds.then_some(2 + length)
}

/// What is left of an account of the country ZZ and its check digits (ISO 7064, MOD 97-10).
fn iban_rest(account: &[u8], check: [u8; 2]) -> u8 {
    const ZZ: [u8; 4] = [3, 5, 3, 5];
    rest_of(account.iter().chain(&ZZ).chain(&check))
}

fn rest_of<'a>(digits: impl Iterator<Item = &'a u8>) -> u8 {
    let rest = digits.fold(0_u32, |rest, digit| (rest * 10 + u32::from(*digit)) % 97);
    u8::try_from(rest).unwrap_or_default()
}

/// Two digits after which the whole leaves 1 of 97.
fn check(digits: &[u8]) -> [u8; 2] {
    let check = 98 - rest_of(digits.iter().chain(&[0, 0]));
    [check / 10, check % 10]
}

fn holds(digits: &[u8]) -> bool {
    rest_of(digits.iter()) == 1
}

fn luhn(digits: &[u8]) -> u8 {
    let doubled = |(place, digit): (usize, &u8)| match (place % 2, digit * 2) {
        (0, twice @ 10..) => twice - 9,
        (0, twice) => twice,
        _ => *digit,
    };
    let sum: u32 = digits.iter().rev().enumerate().map(doubled).map(u32::from).sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or_default()
}

/// So many digits for the thing with this number; none if there are more things than numbers.
fn drawn(number: u32, count: usize, draw: &Draw) -> Option<Vec<u8>> {
    let free = count.min(DRAWN_DIGITS_MAX);
    let mut place = draw.place(number, 10_u64.checked_pow(u32::try_from(free).ok()?)?)?;
    let mut digits = vec![0; count];
    for digit in digits.iter_mut().rev().take(free) {
        *digit = u8::try_from(place % 10).ok()?;
        place /= 10;
    }
    Some(digits)
}

/// How many digits `text` has, if it has nothing else but marks between them and some of `before` before them.
fn counted(text: &str, marks: &[u8], before: &[u8]) -> Option<usize> {
    let mut count = 0;
    let mut run = 0;
    for byte in text.bytes() {
        if byte.is_ascii_digit() {
            (count, run) = (count + 1, 0);
            continue;
        }
        run += 1;
        let is_mark = count > 0 && marks.contains(&byte);
        let is_before = count == 0 && (before.contains(&byte) || byte == b'(');
        if run > MARKS_MAX || !(is_mark || is_before) {
            return None;
        }
    }
    (run == 0).then_some(count)
}

/// `text` with these digits for its own.
fn filled(text: &str, digits: &[u8]) -> String {
    let mut next = digits.iter();
    let put = |c: char| {
        let digit = if c.is_ascii_digit() { next.next() } else { None };
        digit.map_or(c, |digit| char::from(b'0' + digit))
    };
    text.chars().map(put).collect()
}

/// The digits of the number that `text` begins with and its length in bytes. How many there are is told by the first ones:
/// `count` is asked when `told` of them are read.
fn taken(
    text: &str,
    marks: &[u8],
    before: &[u8],
    told: usize,
    count: impl Fn(&[u8]) -> Option<usize>,
) -> Option<(Vec<u8>, usize)> {
    let (mut digits, mut run, mut wanted) = (Vec::new(), 0, told);
    for (at, byte) in text.bytes().enumerate() {
        if byte.is_ascii_digit() {
            digits.push(byte - b'0');
            run = 0;
            if digits.len() == told {
                wanted = count(&digits)?;
            }
            if digits.len() >= wanted {
                return (digits.len() == wanted).then_some((digits, at + 1));
            }
            continue;
        }
        run += 1;
        let is_known = if digits.is_empty() { before.contains(&byte) } else { marks.contains(&byte) };
        if run > MARKS_MAX || !is_known {
            return None;
        }
    }
    None
}
