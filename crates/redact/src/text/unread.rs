//! Words in a script that no layer reads: nobody can say that they are harmless, so they go.
//!
//! Rules, lists and models know languages in Latin script. A name in Cyrillic, Hebrew, Arabic, Greek or Chinese would pass
//! them all; so does a Latin name with one letter of another script in it, put there to hide it.

use candor_model::FindingKind;

use crate::text::find::Find;

pub(crate) const RULE: &str = "language.unread";

/// Fewest letters of another script: one alone is a sign, as in `10 μs` and `2π`.
const LETTERS_MIN: usize = 2;

/// Adds every run of letters and digits that holds letters of another script.
pub(crate) fn find(text: &str, finds: &mut Vec<Find>) {
    // All characters before U+0340 begin with a smaller byte, and none of theirs is as large.
    const FOREIGN_FROM: u8 = 0xcd;
    if text.is_ascii() || !text.bytes().any(|byte| byte >= FOREIGN_FROM) {
        return;
    }
    let mut start = 0;
    for run in text.split_inclusive(|c: char| !c.is_alphanumeric() && !is_mark(c)) {
        let word = run.trim_end_matches(|c: char| !c.is_alphanumeric() && !is_mark(c));
        let foreign = word.chars().filter(|c| is_foreign(*c)).count();
        let mixed = foreign > 0 && word.chars().filter(char::is_ascii_alphabetic).count() >= LETTERS_MIN;
        if foreign >= LETTERS_MIN || mixed {
            finds.push(Find { range: start..start + word.len(), kind: FindingKind::Unknown, rule: RULE });
        }
        start += run.len();
    }
}

/// Whether a word of `text` is in a script that no layer reads.
pub(crate) fn is_somewhere(text: &str) -> bool {
    let mut finds = Vec::new();
    find(text, &mut finds);
    !finds.is_empty()
}

/// Marks that stand over or under the letter before (Unicode 17, the blocks of combining and of Arabic, Hebrew, Indic and
/// South-East Asian marks), and joiners.
const fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}' | '\u{900}'..='\u{903}'
        | '\u{93a}'..='\u{94f}' | '\u{981}'..='\u{983}' | '\u{9bc}'..='\u{9cd}' | '\u{e31}'
        | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{200c}' | '\u{200d}')
}

/// A letter that is not of the Latin script (Unicode, Scripts.txt), nor a sign that every script uses.
fn is_foreign(c: char) -> bool {
    let is_latin = matches!(c,
        '\0'..='\u{2ff}' | '\u{1d00}'..='\u{1dbf}' | '\u{1e00}'..='\u{1eff}' | '\u{2070}'..='\u{218f}'
        | '\u{2c60}'..='\u{2c7f}' | '\u{a720}'..='\u{a7ff}' | '\u{ab30}'..='\u{ab6f}'
        | '\u{fb00}'..='\u{fb06}' | '\u{ff21}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}');
    c.is_alphabetic() && !is_latin
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut finds = Vec::new();
        find(text, &mut finds);
        finds.into_iter().map(|f| text.get(f.range).unwrap()).collect()
    }

    #[test]
    fn words_that_no_layer_reads_are_found() {
        assert_eq!(found("Анна Петрова пришла, ok"), ["Анна", "Петрова", "пришла"]);
        assert_eq!(found("请联系王小明。Thanks"), ["请联系王小明"]);
        assert_eq!(found("שלום דנה"), ["שלום", "דנה"]);
        assert_eq!(found("مُحَمَّد here"), ["مُحَمَّد"]);
        assert_eq!(found("from Hеnderson"), ["Hеnderson"]); // the second letter is Cyrillic
    }

    #[test]
    fn latin_words_and_signs_are_left_to_the_other_layers() {
        for text in ["Zoë Łukasz Đặng ﬁn", "10 μs at 2π, 5 Ω", "😀 → ✓ ™ № 7", "Ｆｕｌｌ", "plain"]
        {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }
}
