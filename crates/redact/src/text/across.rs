//! Numbers that go on in the next line, where two units meet: a card number in a narrow cell or a wrapped mail. Each unit sees
//! half of it only.

use crate::text::find::Find;
use crate::text::units;

/// How far before and behind the end of a unit a number may reach, in bytes.
const REACH_BYTES: usize = 128;

/// Adds to `finds` what `look` finds across the ends of the units of `text`, where a number may go on.
pub(crate) fn find(text: &str, look: impl Fn(&str) -> Vec<Find>, finds: &mut Vec<Find>) {
    for unit in units(text) {
        let (before, after) = text.split_at(unit.end);
        if !goes_on(before, after) {
            continue;
        }
        let start = before.ceil_char_boundary(before.len().saturating_sub(REACH_BYTES));
        let end = unit.end + after.floor_char_boundary(REACH_BYTES);
        let found = look(text.get(start..end).unwrap_or_default()).into_iter();
        let found =
            found.map(|find| Find { range: find.range.start + start..find.range.end + start, ..find });
        finds.extend(found.filter(|find| find.range.start < unit.end && find.range.end > unit.end));
    }
}

/// Whether digits end a text and begin the next, but for what stands between the groups of a number.
fn goes_on(before: &str, after: &str) -> bool {
    let is_gap = |c: char| c.is_whitespace() || "-.,;|'\"".contains(c);
    before.trim_end_matches(is_gap).ends_with(|c: char| c.is_numeric())
        && after.trim_start_matches(is_gap).starts_with(|c: char| c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use candor_model::FindingKind;

    use super::*;
    use crate::text::UNIT_LINES;

    #[test]
    fn what_lies_across_the_end_of_a_unit_is_looked_at_and_nothing_else() {
        let lines = "4111 1111\n".repeat(UNIT_LINES * 2);
        let mut finds = Vec::new();
        let look = |text: &str| {
            let find = |range| Find { range, kind: FindingKind::Card, rule: "r" };
            let middle =
                text.match_indices('\n').map(|(at, _)| at).find(|at| *at + 1 >= REACH_BYTES).unwrap();
            vec![find(0..4), find(middle - 2..middle + 3)]
        };
        find(&lines, look, &mut finds);
        let end = UNIT_LINES * 10;
        let found: Vec<_> = finds.iter().map(|find| (find.range.start, find.range.end)).collect();
        assert_eq!(found, [(end - 3, end + 2)]);
        assert!(goes_on("on file 5500-0000-\n", "0000-0004") && !goes_on("5500 is paid\n", "0000"));
    }
}
