//! Check digits: what tells a number of the kind from any other row of digits.

/// The ASCII digits of `text`, in order.
pub(crate) fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// The number that `digits` write; none beyond 18 digits.
pub(crate) fn number(digits: &[u32]) -> Option<u64> {
    (digits.len() <= 18).then(|| digits.iter().fold(0, |n, d| n * 10 + u64::from(*d)))
}

/// Luhn's check (ISO/IEC 7812-1, annex B).
pub(crate) fn luhn(digits: &[u32]) -> bool {
    let doubled = |d: u32| if d > 4 { d * 2 - 9 } else { d * 2 };
    let sum: u32 =
        digits.iter().rev().enumerate().map(|(i, d)| if i % 2 == 1 { doubled(*d) } else { *d }).sum();
    sum.is_multiple_of(10) && digits.iter().any(|d| *d != 0)
}

/// The remainder by 97 of an account number, letters as 10 to 35, its first four characters last (ISO 7064, MOD 97-10).
pub(crate) fn iban_remainder(compact: &str) -> Option<u32> {
    let (head, tail) = compact.split_at_checked(4)?;
    tail.chars().chain(head.chars()).try_fold(0_u32, |rest, c| {
        let value = c.to_digit(36)?;
        Some(if value > 9 { (rest * 100 + value) % 97 } else { (rest * 10 + value) % 97 })
    })
}

/// The sum of each digit times its weight.
pub(crate) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

/// ISO 7064, MOD 11,10, the check of the German tax id.
pub(crate) fn mod_11_10(digits: &[u32]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| match (digit + product) % 10 {
        0 => 10 * 2 % 11,
        sum => sum * 2 % 11,
    });
    (11 - product) % 10 == *check
}

/// The check letter of an Italian tax code (decree of 23 December 1976, article 7) from its first 15 characters.
pub(crate) fn codice_fiscale_letter(first_15: &str) -> Option<char> {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let sum = first_15.chars().enumerate().try_fold(0, |sum, (i, c)| {
        let value = c.to_digit(36).map(|v| if v > 9 { v - 10 } else { v })?;
        let odd = ODD.get(usize::try_from(value).ok()?)?;
        Some(sum + if i % 2 == 0 { *odd } else { value })
    })?;
    char::from_u32(u32::from('A') + sum % 26)
}

/// Verhoeff's check (Verhoeff 1969), of Aadhaar numbers.
pub(crate) fn verhoeff(digits: &[u32]) -> bool {
    const TURNED: [[u32; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    // The dihedral group of order ten: below five turns, above flips.
    let product = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - 5 + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let turned = |row: usize, digit: u32| {
        let index = usize::try_from(digit).ok()?;
        TURNED.get(row % 8)?.get(index).copied()
    };
    let rest = digits.iter().rev().enumerate().try_fold(0, |c, (i, d)| Some(product(c, turned(i, *d)?)));
    rest == Some(0)
}

/// Whether two-digit parts are a day of a month.
pub(crate) const fn is_day(day: u32, month: u32) -> bool {
    day >= 1 && day <= 31 && month >= 1 && month <= 12
}

/// The number that the digits of `range` write.
pub(crate) fn part(digits: &[u32], range: std::ops::Range<usize>) -> u32 {
    digits.get(range).unwrap_or_default().iter().fold(0, |n, d| n * 10 + d)
}

/// Shannon entropy in bits per character (Shannon 1948, section 6).
pub(crate) fn entropy_bits(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let total = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let part = |count: u32| f64::from(count) / total;
    counts.iter().filter(|c| **c > 0).map(|c| -part(*c) * part(*c).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luhn_tells_a_card_from_its_neighbour() {
        assert!(luhn(&digits("4111 1111 1111 1111")));
        assert!(!luhn(&digits("4111 1111 1111 1112")));
        assert!(!luhn(&digits("0000 0000 0000 0000")));
    }

    #[test]
    fn the_iban_of_the_standard_has_remainder_one() {
        assert_eq!(iban_remainder("GB82WEST12345698765432"), Some(1));
        assert_ne!(iban_remainder("GB82WEST12345698765433"), Some(1));
        assert_eq!(iban_remainder("GB8"), None);
    }

    #[test]
    fn the_tax_ids_of_the_authorities_examples_pass() {
        assert!(mod_11_10(&digits("86095742719")));
        assert!(!mod_11_10(&digits("86095742718")));
        assert_eq!(codice_fiscale_letter("RSSMRA85T10A562"), Some('S'));
    }

    #[test]
    fn verhoeffs_own_example_passes() {
        assert!(verhoeff(&digits("2363")));
        assert!(!verhoeff(&digits("2364")));
        assert!(!verhoeff(&digits("3263")));
    }

    #[test]
    fn entropy_is_zero_for_one_letter_and_three_for_eight() {
        assert!(entropy_bits("aaaa").abs() < 1e-9);
        assert!((entropy_bits("abcdefgh") - 3.0).abs() < 1e-9);
    }
}
