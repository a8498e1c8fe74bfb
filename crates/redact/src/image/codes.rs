//! Keys and addresses on a screen: a letter that is misread must not leave a secret that a rule knows by its letters.
//!
//! Rules for text know a key by its first letters and its length. In a picture a line below the letters is lost
//! (`ghp Pv4K…`), of three letters that are the same two are read, and a digit gets an accent (`CGUGÓTSRBK`): what no word looks
//! like goes, and a find takes all of the word that it lies in. An address of mail is known by its sign, with a space read into it or not.

use std::ops::Range;

use candor_model::FindingKind;
use zeroize::Zeroizing;

use crate::text::find::Find;

/// Letters and digits from which on a word that is none is a key.
const CODE_MIN: usize = 16;
/// Longest beginning of a key that is parted from it.
const HEAD_MAX: usize = 8;
/// Small letters, capitals and digits follow each other at least once in so many characters of it.
const CHARACTERS_PER_CHANGE: usize = 5;
/// With fewer letters than one in so many characters it is a number or a time.
const CHARACTERS_PER_LETTER: usize = 4;
/// Or it has fewer vowels than one in so many letters: words and names have one in three.
const LETTERS_PER_VOWEL: usize = 4;

/// What looks like a key, or is an address of mail.
pub(super) fn find(text: &str) -> Vec<Find> {
    let secret = |range| Find { range, kind: FindingKind::Secret, rule: "image.code" };
    let mail = |range| Find { range, kind: FindingKind::Email, rule: "image.mail" };
    let codes = runs(text, is_part_of_code).filter(|run| is_code(text.get(run.clone()).unwrap_or_default()));
    let codes = codes.map(|run| secret(with_head(text, run)));
    codes.chain(mails(text).into_iter().map(mail)).collect()
}

/// A find of a secret with all of the word around it.
pub(super) fn whole(text: &str, find: Find) -> Find {
    if find.kind != FindingKind::Secret {
        return find;
    }
    let touching =
        runs(text, is_part_of_code).filter(|run| run.start < find.range.end && find.range.start < run.end);
    let range = touching.fold(find.range.clone(), |all, run| all.start.min(run.start)..all.end.max(run.end));
    Find { range, ..find }
}

/// Stretches of characters that belong together.
fn runs(text: &str, belongs: fn(char) -> bool) -> impl Iterator<Item = Range<usize>> {
    let start = move |run: &str| run.as_ptr().addr() - text.as_ptr().addr();
    let runs = text.split(move |c| !belongs(c)).filter(|run| !run.is_empty());
    runs.map(move |run| start(run)..start(run) + run.len())
}

fn is_part_of_mail(c: char) -> bool {
    c.is_alphanumeric() || "@._-+".contains(c)
}

fn is_part_of_code(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Letters and digits that change often, or hardly have a vowel: no word, no name of a function, no digest.
fn is_code(run: &str) -> bool {
    let has_digit = run.contains(|c: char| c.is_ascii_digit());
    let run = as_meant(run);
    let letters = run.chars().filter(char::is_ascii_alphabetic).count();
    let vowels = run.chars().filter(|c| "aeiouAEIOU".contains(*c)).count();
    let parts: Vec<&str> = run.split('_').collect();
    let longest = parts.iter().map(|part| part.len()).max().unwrap_or(0);
    let is_digest = run.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    longest >= CODE_MIN
        && letters * CHARACTERS_PER_LETTER >= run.len()
        && has_digit
        && !is_digest
        && (changes(&run) * CHARACTERS_PER_CHANGE >= run.len() || vowels * LETTERS_PER_VOWEL < letters)
}

/// A run in plain letters: an accent stands over a vowel in words, and where digits stand among capitals a digit was misread.
fn as_meant(run: &str) -> Zeroizing<String> {
    let numbers = run.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty()).count();
    let is_of_words = run.contains(char::is_lowercase) || numbers < 2;
    let plain = |c: char| match c {
        _ if c.is_ascii() => c,
        _ if !is_of_words => '0',
        _ if c.is_uppercase() => 'O',
        _ => 'o',
    };
    Zeroizing::new(run.chars().map(plain).collect())
}

/// How often one kind of characters follows another. A capital that begins a word is of its kind.
fn changes(run: &str) -> usize {
    let kind = |c: &u8| {
        if c.is_ascii_digit() {
            0
        } else if c.is_ascii_uppercase() {
            1
        } else {
            2
        }
    };
    let kinds: Vec<u8> = run.as_bytes().iter().filter(|c| **c != b'_').map(kind).collect();
    kinds.windows(2).filter(|pair| !matches!(pair, [a, b] if a == b || (*a, *b) == (1, 2))).count()
}

/// A key with what a lost line parted from it: the short word before, right behind a mark.
fn with_head(text: &str, run: Range<usize>) -> Range<usize> {
    let before = text.get(..run.start).and_then(|before| before.strip_suffix(' ')).unwrap_or_default();
    let word = before.rsplit([' ', '=', ':', '"']).next().unwrap_or_default();
    let is_head = !word.is_empty()
        && word.len() <= HEAD_MAX
        && before.strip_suffix(word).is_some_and(|before| before.ends_with(['=', ':', '"']));
    if is_head { before.len() - word.len()..run.end } else { run }
}

/// Words with an at sign between letters, with what a space that is none parted from their dots.
fn mails(text: &str) -> Vec<Range<usize>> {
    let mut mails = Vec::new();
    for mut run in runs(text, is_part_of_mail) {
        let Some((name, host)) = text.get(run.clone()).and_then(|word| word.split_once('@')) else {
            continue;
        };
        if !name.contains(char::is_alphanumeric) || !host.contains(char::is_alphanumeric) {
            continue;
        }
        let rest = text.get(run.end..).unwrap_or_default().strip_prefix(' ').unwrap_or_default();
        let next: &str = rest.split(|c| !is_part_of_mail(c)).next().unwrap_or_default();
        let is_rest = host.ends_with('.') && next.starts_with(char::is_lowercase) && next.len() <= 4
            || next.len() > 1 && next.starts_with('.');
        if is_rest {
            run.end += 1 + next.len();
        }
        // Without a dot it is whoever works at a prompt, `dev@laptop:~$`.
        if is_rest || host.trim_end_matches('.').contains('.') {
            mails.push(run);
        }
    }
    mails
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        find(text).into_iter().filter_map(|find| text.get(find.range)).collect()
    }

    #[test]
    fn a_key_is_found_though_its_first_letters_or_its_length_are_misread() {
        let key = "Py4KeykaJaYVhXDWHKXm4CF7yi47p4t2AhbM";
        assert_eq!(found(&format!("export GITHUB TOKEN=ghp {key}")), [format!("ghp {key}")]);
        assert_eq!(found(&format!("the key {key} is old")), [key]);
        assert_eq!(found(&format!("token: {key}.")), [key]);
        assert_eq!(found("aws_access_key_id = AKIAZBDNVHHYUFNZBN3"), ["AKIAZBDNVHHYUFNZBN3"]);
        assert_eq!(found("id AKIAUEY333PKMAS6XZL"), ["AKIAUEY333PKMAS6XZL"]);
        for key in ["AKIATFK2R7CGUGÓTSRBK", "AKIACMUHWW5N2BMGZARÓ", "Py4KeykaJÁYVhXDWHKXm4CF"] {
            assert_eq!(found(&format!("aWS_aCceSS_Key_id = {key}")), [key]);
        }
    }

    #[test]
    fn an_address_is_found_with_a_space_read_into_it() {
        assert_eq!(found("Seip <justine56@example. net>"), ["justine56@example. net"]);
        assert_eq!(found("write to a.b@example .org today"), ["a.b@example .org"]);
        assert_eq!(found("to a@example.org. It is"), ["a@example.org."]);
    }

    #[test]
    fn words_names_of_things_and_digests_stay() {
        for text in [
            "the internationalization2 of Base64EncoderVersion2 and sha256_of_all_parts_v2",
            "commit 59807616e1fa2540724bfbac14d7976d7e4a3860",
            "every_action_comes_out_once_in_order",
            "release-2026-11-28-x86_64-unknown-linux-gnu",
            "SCREENSHOT_20261128_093000.png and IMG_20261128_093000",
            "look @ this, or @name, and #general, dev@laptop:~$ ls",
            "AVX512KernelForMatrices at 20261128T093000Z",
            "Höchstgeschwindigkeit3 und GRÖSSTMÖGLICHSTES, Größenordnungsänderung2, STRASSENÜBERGÄNGE12",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
    }

    #[test]
    fn a_find_takes_the_word_around_it() {
        let text = "key=ab_MaN7jsrA6URm is";
        let find = |range| Find { range, kind: FindingKind::Secret, rule: "r" };
        assert_eq!(text.get(whole(text, find(7..12)).range), Some("ab_MaN7jsrA6URm"));
        let person = Find { kind: FindingKind::Person, ..find(7..12) };
        assert_eq!(whole(text, person).range, 7..12);
    }
}
