//! Passwords as browsers and systems draw them: three groups of six, small letters, capitals and digits among them.

use candor_model::FindingKind;

use crate::text::find::Find;

/// Name in reports.
pub(crate) const RULE: &str = "secret.drawn_groups";

/// Characters of a group.
const GROUP: usize = 6;

/// Finds drawn passwords and adds them to `finds`.
pub(crate) fn find(text: &str, finds: &mut Vec<Find>) {
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices('-') {
        if bytes.get(at + GROUP + 1) != Some(&b'-') {
            continue;
        }
        let Some(start) = at.checked_sub(GROUP) else { continue };
        let end = at + 2 * (GROUP + 1);
        let apart = |at: Option<usize>| {
            let byte = at.and_then(|at| bytes.get(at));
            !byte.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        let whole = apart(start.checked_sub(1)) && apart(Some(end));
        if whole && bytes.get(start..end).is_some_and(is_drawn) {
            finds.push(Find { range: start..end, kind: FindingKind::Secret, rule: RULE });
        }
    }
}

/// Whether two of the groups change between kinds of characters where words do not.
fn is_drawn(bytes: &[u8]) -> bool {
    let groups: Vec<&[u8]> = bytes.split(|b| *b == b'-').collect();
    let shaped = groups.iter().all(|g| g.len() == GROUP && g.iter().all(u8::is_ascii_alphanumeric));
    let mixed = groups.iter().filter(|group| is_mixed(group)).count();
    shaped
        && mixed >= 2
        && bytes.iter().any(u8::is_ascii_lowercase)
        && bytes.iter().any(u8::is_ascii_uppercase)
}

fn is_mixed(group: &[u8]) -> bool {
    let small = group.iter().any(u8::is_ascii_lowercase);
    let capital_inside = group.iter().skip(1).any(u8::is_ascii_uppercase);
    let digit = group.iter().any(u8::is_ascii_digit);
    let letter = group.iter().any(u8::is_ascii_alphabetic);
    small && capital_inside || digit && letter
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
    fn drawn_passwords_are_found_whole() {
        assert_eq!(found("mysql -pYEf9Dt"), [""; 0]);
        assert_eq!(found("pw YEf9Dt-G59cWq-K2QAjc x"), ["YEf9Dt-G59cWq-K2QAjc"]);
        assert_eq!(found("'VzvquZ-Ym3E1A-5R1Zua'"), ["VzvquZ-Ym3E1A-5R1Zua"]);
    }

    #[test]
    fn other_groups_are_passed_by() {
        for text in [
            "abcdef-ghijkl-mnopqr",
            "ABCDEF-123456-GHIJKL",
            "Google-Chrome-Stable",
            "xYEf9Dt-G59cWq-K2QAjc",
            "YEf9Dt-G59cWq-K2QAjc-abcdef",
            "-",
            "é-abcdef-é",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
