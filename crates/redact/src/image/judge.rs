//! Which parts of a picture are masked for what its lines say.

use std::collections::{BTreeMap, BTreeSet};

use candor_model::{FindingKind, Pixels, Tree};
use sha2::{Digest, Sha256};

use crate::Profile;
use crate::image::layout::{Cell, Joined, inked, is_broken, paragraphs, rows, widened};
use crate::image::{Mask, tree};
use crate::labels::is_label;
use crate::ocr::Line;
use crate::text::find::Find;
use crate::text::{Engine, Reach};

/// A line read with less confidence is masked whole: what was found in it may stand elsewhere, or be misread.
const CONFIDENCE_MIN: f32 = 0.8;
/// Found texts with fewer letters and digits are not looked for elsewhere.
const TELLING_CHARACTERS_MIN: usize = 5;
/// Most texts whose finds are remembered.
const TEXTS_MAX: usize = 8_192;
/// Most words of a cell that is taken for a name.
const NAME_WORDS_MAX: usize = 5;
/// Most words that one label of the interface has.
const LABEL_WORDS_MAX: usize = 5;

/// The text engine, with what it found before.
pub(crate) struct Judge {
    engine: Engine,
    strict: bool,
    found: BTreeMap<[u8; 32], Vec<Find>>,
}

impl Judge {
    pub(crate) fn new(engine: Engine, profile: Profile) -> Self {
        Self { engine, strict: profile == Profile::Strict, found: BTreeMap::new() }
    }

    pub(crate) const fn is_strict(&self) -> bool {
        self.strict
    }

    /// What to mask of a picture that nothing is painted on but what must not be read.
    pub(crate) fn first(&mut self, frame: &Pixels, lines: &[Line], tree: Option<&Tree>) -> Vec<Mask> {
        let cells: Vec<Cell<'_>> =
            lines.iter().map(|line| Cell { area: line.bounds, line: Some(line) }).collect();
        let mut masks = self.unsure(&cells);
        let mut spans = self.spans(&cells);
        let named = tree.map_or_else(Vec::new, |tree| tree::texts(tree, frame));
        for (text, bounds) in named {
            let finds = self.search(&text, Reach::Whole);
            for find in finds {
                let found = text.get(find.range.clone()).unwrap_or_default();
                let seen = occurrences(&cells, found, &find);
                if !seen.iter().any(|(cell, _)| cells.get(*cell).is_some_and(|c| c.area.intersects(bounds))) {
                    masks.push(Mask { area: bounds, kind: find.kind, rule: find.rule });
                }
                spans.extend(seen);
            }
        }
        let elsewhere: Vec<(usize, Find)> = told(&cells, &spans)
            .into_iter()
            .flat_map(|(text, find)| occurrences(&cells, &text, &find))
            .collect();
        spans.extend(elsewhere);
        masks.extend(spans.iter().filter_map(|(cell, find)| masked(cells.get(*cell)?, find)));
        masks
    }

    /// What to mask of a painted picture of which only `pieces` are left: parts of them, or `whole` ones.
    pub(crate) fn again(&mut self, pieces: &[Line], masks: &[Mask], whole: bool) -> Vec<Mask> {
        let painted = masks.iter().map(|mask| Cell { area: mask.area, line: None });
        let read = pieces.iter().map(|line| Cell { area: line.bounds, line: Some(line) });
        let cells: Vec<Cell<'_>> = read.chain(painted).collect();
        let mut more = self.unsure(&cells);
        for (cell, find) in self.spans(&cells) {
            let Some(cell) = cells.get(cell) else { continue };
            let all = Find { range: 0..cell.text().len(), ..find.clone() };
            more.extend(masked(cell, if whole { &all } else { &find }));
        }
        more
    }

    /// Lines that go whole whatever is found in them.
    fn unsure(&self, cells: &[Cell<'_>]) -> Vec<Mask> {
        let lines = cells.iter().filter_map(|cell| cell.line);
        let mask = |line: &Line| {
            if line.confidence() < CONFIDENCE_MIN {
                return Some(Mask::unknown(inked(line.bounds), "image.unsure"));
            }
            let shown = !self.strict || self.is_interface(line.text());
            (!shown).then(|| Mask::unknown(inked(line.bounds), "image.text"))
        };
        lines.filter_map(mask).collect()
    }

    /// Whether a line is nothing but labels, one after the other.
    fn is_interface(&self, text: &str) -> bool {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut reached = BTreeSet::from([0]);
        for from in 0..words.len() {
            if !reached.contains(&from) {
                continue;
            }
            for to in from + 1..=words.len().min(from + LABEL_WORDS_MAX) {
                let label = words.get(from..to).unwrap_or_default().join(" ");
                if is_label(&label) && !self.engine.is_listed(&label) {
                    reached.insert(to);
                }
            }
        }
        reached.contains(&words.len())
    }

    /// What is found in each line, in its row and in its paragraph.
    fn spans(&mut self, cells: &[Cell<'_>]) -> Vec<(usize, Find)> {
        let mut spans = Vec::new();
        let (rows, paragraphs) = (rows(cells), paragraphs(cells));
        let in_paragraph: BTreeSet<usize> = paragraphs.iter().flatten().copied().collect();
        for (i, cell) in cells.iter().enumerate() {
            let Some(line) = cell.line else { continue };
            let reach = if in_paragraph.contains(&i) { Reach::Quick } else { Reach::Whole };
            spans.extend(self.search(line.text(), reach).into_iter().map(|find| (i, find)));
        }
        for row in rows {
            self.search_joined(&Joined::of(cells, &row, |_, _| "\t"), Reach::Whole, &mut spans);
        }
        for paragraph in paragraphs {
            let area = |i: usize| cells.get(i).map(|cell| cell.area);
            let right = paragraph.iter().filter_map(|i| area(*i)).map(|a| a.right).max().unwrap_or(0);
            let broken = |i: usize| area(i).is_some_and(|a| is_broken(a, right));
            let prose = Joined::of(cells, &paragraph, |i, _| if broken(i) { " " } else { "\n" });
            self.search_joined(&prose, Reach::Whole, &mut spans);
            let cut = Joined::of(cells, &paragraph, |i, _| if broken(i) { "" } else { "\n" });
            self.search_joined(&cut, Reach::Quick, &mut spans);
        }
        let named = |(i, find): (usize, Find)| {
            let line = cells.get(i)?.line?;
            Some((i, name_cell(line.text(), find)))
        };
        spans.into_iter().filter_map(named).collect()
    }

    fn search_joined(&mut self, joined: &Joined, reach: Reach, spans: &mut Vec<(usize, Find)>) {
        for find in self.search(&joined.text, reach) {
            spans.extend(
                joined.split(&find.range).map(|(cell, range)| (cell, Find { range, ..find.clone() })),
            );
        }
    }

    /// What the engine finds, remembered by the digest of the text.
    fn search(&mut self, text: &str, reach: Reach) -> Vec<Find> {
        let key = Sha256::new()
            .chain_update([u8::from(reach == Reach::Whole)])
            .chain_update(text)
            .finalize()
            .into();
        if let Some(finds) = self.found.get(&key) {
            return finds.clone();
        }
        if self.found.len() >= TEXTS_MAX {
            self.found.clear();
        }
        let finds = self.engine.search(text, reach);
        self.found.insert(key, finds.clone());
        finds
    }
}

/// A name found in a cell that holds capitalised words and nothing else is all of them but labels: `Name: Ana Sousa`.
fn name_cell(text: &str, find: Find) -> Find {
    let words: Vec<(usize, &str)> = text
        .split_whitespace()
        .map(|word| (word.as_ptr().addr() - text.as_ptr().addr(), word))
        .filter(|(_, word)| word.contains(char::is_alphabetic))
        .collect();
    let is_name = find.kind == FindingKind::Person
        && words.len() <= NAME_WORDS_MAX
        && words.iter().all(|(_, word)| word.starts_with(char::is_uppercase));
    let mut names = words.iter().filter(|(_, word)| is_name && !is_label(word));
    let Some((first, word)) = names.next() else { return find };
    let end = names.next_back().map_or(first + word.len(), |(last, word)| last + word.len());
    Find { range: find.range.start.min(*first)..find.range.end.max(end), ..find }
}

/// The mask of a find; none if the cell is painted already.
fn masked(cell: &Cell<'_>, find: &Find) -> Option<Mask> {
    let line = cell.line?;
    let area = widened(line.span(&find.range), line.bounds);
    Some(Mask { area, kind: find.kind, rule: find.rule })
}

/// Found texts that say enough to be looked for in other lines.
fn told(cells: &[Cell<'_>], spans: &[(usize, Find)]) -> BTreeMap<String, Find> {
    let worth = [
        FindingKind::Person,
        FindingKind::Email,
        FindingKind::Phone,
        FindingKind::Card,
        FindingKind::Iban,
        FindingKind::Id,
        FindingKind::Secret,
    ];
    let spans = spans.iter().filter(|(_, find)| worth.contains(&find.kind));
    let text = |cell: &usize, find: &Find| {
        let text = cells.get(*cell)?.text().get(find.range.clone())?.trim();
        let telling = text.chars().filter(|c| c.is_alphanumeric()).count() >= TELLING_CHARACTERS_MIN;
        (telling && !is_label(text)).then(|| text.to_owned())
    };
    spans.filter_map(|(cell, find)| Some((text(cell, find)?, find.clone()))).collect()
}

/// Where else `text` stands as whole words.
fn occurrences(cells: &[Cell<'_>], text: &str, find: &Find) -> Vec<(usize, Find)> {
    let mut seen = Vec::new();
    if text.chars().filter(|c| c.is_alphanumeric()).count() < 2 {
        return seen;
    }
    for (i, cell) in cells.iter().enumerate() {
        for (start, matched) in cell.text().match_indices(text) {
            let end = start + matched.len();
            let beside = |part: Option<&str>, last: bool| {
                let part = part.unwrap_or_default();
                if last { part.chars().next_back() } else { part.chars().next() }
            };
            let inside = beside(cell.text().get(..start), true).is_some_and(char::is_alphanumeric)
                || beside(cell.text().get(end..), false).is_some_and(char::is_alphanumeric);
            if !inside {
                seen.push((i, Find { range: start..end, ..find.clone() }));
            }
        }
    }
    seen
}
