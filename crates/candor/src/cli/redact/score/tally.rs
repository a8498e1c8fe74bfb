//! Counts, and the figures that they make.

use std::collections::BTreeMap;

use candor_redact::Span;
use serde::Serialize;

use super::Gold;

/// A span leaks if more than one in so many of its characters is left.
const LEAK_PART: usize = 10;

/// What was counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) texts: u64,
    /// Characters that are marked, and those of them that are masked.
    marked: u64,
    marked_masked: u64,
    /// Characters that are not marked, and those of them that are masked.
    other: u64,
    other_masked: u64,
    /// Texts without a mark, and those of them in which anything is masked.
    clean: u64,
    clean_hit: u64,
    /// By type: spans, and those that leak.
    spans: BTreeMap<String, (u64, u64)>,
}

/// What the counts say.
#[derive(Debug, Serialize)]
pub(super) struct Figures {
    pub(super) texts: u64,
    /// Share of marked characters that are masked.
    pub(super) recall: f64,
    /// Share of masked characters that are marked.
    pub(super) precision: f64,
    /// Recall and precision together, recall counting four times (van Rijsbergen's F with beta 2).
    pub(super) f2: f64,
    /// Masked characters in 1,000 that are not marked.
    pub(super) false_per_1000: f64,
    /// Share of texts without a mark in which anything is masked.
    pub(super) clean_hit: f64,
}

/// How many spans of a type leak.
#[derive(Debug, Serialize)]
pub(super) struct Leaks {
    pub(super) spans: u64,
    pub(super) leaked: u64,
    pub(super) share: f64,
}

impl Tally {
    /// Counts one text.
    pub(super) fn count(&mut self, gold: &Gold, found: &[Span]) {
        let characters = gold.text.chars().count();
        let masked = flags(characters, found.iter().map(|span| (span.start, span.end)));
        let personal = flags(characters, gold.spans.iter().map(|span| (span.start, span.end)));
        self.texts += 1;
        for (is_personal, is_masked) in personal.iter().zip(&masked) {
            let (all, hit) = if *is_personal {
                (&mut self.marked, &mut self.marked_masked)
            } else {
                (&mut self.other, &mut self.other_masked)
            };
            *all += 1;
            *hit += u64::from(*is_masked);
        }
        if gold.spans.is_empty() {
            self.clean += 1;
            self.clean_hit += u64::from(!found.is_empty());
        }
        for span in &gold.spans {
            let place = masked.get(span.start..span.end).unwrap_or_default();
            let left = place.iter().filter(|is_masked| !**is_masked).count();
            let (spans, leaked) = self.spans.entry(span.r#type.clone()).or_default();
            *spans += 1;
            *leaked += u64::from(left * LEAK_PART > place.len());
        }
    }

    pub(super) fn figures(&self) -> Figures {
        let recall = share(self.marked_masked, self.marked);
        let precision = share(self.marked_masked, self.marked_masked + self.other_masked);
        let both = 4.0 * precision + recall;
        Figures {
            texts: self.texts,
            recall,
            precision,
            f2: if both > 0.0 { 5.0 * precision * recall / both } else { 0.0 },
            false_per_1000: if self.other == 0 { 0.0 } else { 1000.0 * share(self.other_masked, self.other) },
            clean_hit: if self.clean == 0 { 0.0 } else { share(self.clean_hit, self.clean) },
        }
    }

    pub(super) fn leaks(&self) -> BTreeMap<String, Leaks> {
        let leaks = |(spans, leaked): &(u64, u64)| Leaks {
            spans: *spans,
            leaked: *leaked,
            share: share(*leaked, *spans),
        };
        self.spans.iter().map(|(kind, counts)| (kind.clone(), leaks(counts))).collect()
    }
}

fn flags(characters: usize, places: impl Iterator<Item = (usize, usize)>) -> Vec<bool> {
    let mut flags = vec![false; characters];
    for (start, end) in places {
        if let Some(place) = flags.get_mut(start..end.min(characters)) {
            place.fill(true);
        }
    }
    flags
}

/// A part of a whole; all of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of characters are far below 2^53")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use candor_model::FindingKind;

    use super::super::Label;
    use super::*;

    fn gold(text: &str, spans: &[(usize, usize)]) -> Gold {
        let label =
            |(start, end): &(usize, usize)| Label { start: *start, end: *end, r#type: "PERSON".into() };
        let spans = spans.iter().map(label).collect();
        Gold { text: text.into(), spans, language: String::new(), register: String::new() }
    }

    fn found(places: &[(usize, usize)]) -> Vec<Span> {
        let span = |(start, end): &(usize, usize)| Span {
            start: *start,
            end: *end,
            kind: FindingKind::Id,
            is_surrogate: false,
        };
        places.iter().map(span).collect()
    }

    #[test]
    fn figures_count_characters_and_leaks_count_spans() {
        let mut tally = Tally::default();
        tally.count(&gold("éééé Alice and Bob", &[(5, 10), (15, 18)]), &found(&[(4, 10)]));
        tally.count(&gold("clean", &[]), &found(&[(0, 1)]));
        tally.count(&gold("clean", &[]), &[]);
        let figures = tally.figures();
        assert!((figures.recall - 5.0 / 8.0).abs() < 1e-9);
        assert!((figures.precision - 5.0 / 7.0).abs() < 1e-9);
        assert!((figures.false_per_1000 - 100.0).abs() < 1e-9, "{}", figures.false_per_1000);
        assert!((figures.clean_hit - 0.5).abs() < 1e-9);
        let leaks = tally.leaks();
        assert_eq!((leaks["PERSON"].spans, leaks["PERSON"].leaked), (2, 1));
    }
}
