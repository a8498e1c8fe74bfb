//! Finds: where a rule found what, and how finds that overlap become one.

use std::ops::Range;

use candor_model::FindingKind;

/// What a rule found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Find {
    /// Bytes of the text, on character boundaries.
    pub(crate) range: Range<usize>,
    /// What kind.
    pub(crate) kind: FindingKind,
    /// Name of the rule.
    pub(crate) rule: &'static str,
}

/// Joins finds that overlap into one over all their bytes; the longest gives it its kind, then the first by order.
pub(crate) fn merged(mut finds: Vec<Find>) -> Vec<Find> {
    finds.sort_by_key(|find| find.range.start);
    let mut joined: Vec<(Find, usize)> = Vec::with_capacity(finds.len());
    for find in finds {
        match joined.last_mut() {
            Some((last, longest)) if find.range.start < last.range.end => {
                last.range.end = last.range.end.max(find.range.end);
                if find.range.len() > *longest {
                    *longest = find.range.len();
                    (last.kind, last.rule) = (find.kind, find.rule);
                }
            }
            _ => {
                let length = find.range.len();
                joined.push((find, length));
            }
        }
    }
    joined.into_iter().map(|(find, _)| find).collect()
}

/// Takes out of each find what is covered by `keep`, sorted and apart; what is left without a letter or digit is dropped.
pub(crate) fn without(finds: Vec<Find>, keep: &[Range<usize>], text: &str) -> Vec<Find> {
    if keep.is_empty() {
        return finds;
    }
    let mut left = Vec::with_capacity(finds.len());
    for find in finds {
        let mut start = find.range.start;
        // Those before it are passed by halving: a line that is full of finds has as many to keep.
        let first = keep.partition_point(|k| k.end <= find.range.start);
        let inside = keep.iter().skip(first).take_while(|k| k.start < find.range.end);
        for end in inside.map(Clone::clone).chain(std::iter::once(find.range.end..find.range.end)) {
            let piece = start..end.start.max(start);
            let says_something = text.get(piece.clone()).is_some_and(|p| p.contains(char::is_alphanumeric));
            if says_something {
                left.push(Find { range: piece, ..find.clone() });
            }
            start = start.max(end.end);
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(range: Range<usize>, rule: &'static str) -> Find {
        Find { range, kind: FindingKind::Id, rule }
    }

    #[test]
    fn overlapping_finds_become_one_over_all_their_bytes() {
        let joined = merged(vec![find(4..9, "long"), find(0..5, "short"), find(12..13, "apart")]);
        assert_eq!(joined, [find(0..9, "short"), find(12..13, "apart")]);
        assert_eq!(merged(vec![find(0..3, "short"), find(2..9, "long")]), [find(0..9, "long")]);
    }

    #[test]
    fn a_placeholder_inside_a_find_is_kept_and_the_rest_is_found() {
        let text = "ab[X]cd, [Y]";
        let left = without(vec![find(0..12, "r")], &[2..5, 9..12], text);
        assert_eq!(left, [find(0..2, "r"), find(5..9, "r")]);
    }
}
