//! Which parts of a picture are masked for what its lines say.

use std::collections::{BTreeMap, BTreeSet};

use candor_model::{FindingKind, Pixels};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::image::layout::{Cell, Joined, inked, widened};
use crate::image::names::Names;
use crate::image::texts::{Texts, alone};
use crate::image::tree::Told;
use crate::image::{Keep, Mask, Scene, codes, numbers, tree};
use crate::labels::is_label;
use crate::ocr::area::Area;
use crate::ocr::{Hurry, Line, ReadError};
use crate::text::find::{Find, without};
use crate::text::lists::ListMatcher;
use crate::text::ner::NerError;
use crate::text::pseudonym::placeholders;
use crate::text::{Engine, EngineError, Reach};
use crate::{Lists, Models, Profile};

/// A line read with less confidence is masked whole: what was found in it may stand elsewhere, or be misread.
const CONFIDENCE_MIN: f32 = 0.8;
/// Found texts with fewer letters and digits are not looked for elsewhere.
const TELLING_CHARACTERS_MIN: usize = 5;
/// Most texts whose finds are remembered.
const TEXTS_MAX: usize = 8_192;
/// Most words of a cell that is taken for a name.
const NAME_WORDS_MAX: usize = 5;
/// Letters and digits that an icon is read as. Two letters can be a name.
const ICON_LETTERS_MAX: usize = 1;
/// Most words that one label of the interface has.
const LABEL_WORDS_MAX: usize = 5;

/// The text engine, with what it found before.
pub(crate) struct Judge {
    engine: Engine,
    names: Option<Names>,
    lists: ListMatcher,
    found: BTreeMap<[u8; 32], Vec<Find>>,
}

impl Judge {
    pub(crate) fn new(profile: Profile, models: &Models, lists: Lists) -> Result<Self, EngineError> {
        // In the strict profile only labels stay, whatever a model says of the rest.
        let reads = profile.reads_by_model() && profile != Profile::Strict;
        Ok(Self {
            names: reads.then(|| models.ner().map(Names::new)).transpose()?,
            lists: ListMatcher::new(lists.clone())?,
            engine: Engine::new(profile, lists, models)?,
            found: BTreeMap::new(),
        })
    }

    /// What to mask of a picture that nothing is painted on but what must not be read.
    ///
    /// # Errors
    /// When there is no time left.
    pub(crate) fn first(
        &mut self,
        frame: &Pixels,
        lines: &[Line],
        scene: &Scene<'_>,
        hurry: Hurry<'_>,
    ) -> Result<Vec<Mask>, ReadError> {
        let cells: Vec<Cell<'_>> =
            lines.iter().map(|line| Cell { area: line.bounds, line: Some(line) }).collect();
        let mut masks = self.unsure(&cells, scene.keep);
        masks.extend(scene.tree.map_or_else(Vec::new, |tree| tree::long(tree, frame)));
        let texts = Texts::of(&cells);
        let worth: Vec<&Joined> =
            texts.quick.iter().filter(|text| self.is_left(text, &cells, scene.keep)).collect();
        let mut spans = self.spans(&cells, &worth, &texts.slow, hurry)?;
        let named = scene.tree.map_or_else(Vec::new, |tree| tree::texts(tree, frame));
        let told_apart = self.tree_finds(&named, &texts.quick, hurry)?;
        for (told, finds) in named.into_iter().zip(told_apart) {
            for find in finds {
                let found = told.text.get(find.range.clone()).unwrap_or_default();
                let seen = occurrences(&cells, found, &find);
                let is_there = |cell: &usize| cells.get(*cell).is_some_and(|c| c.area.intersects(told.area));
                if told.drawn && !seen.iter().any(|(cell, _)| is_there(cell)) {
                    masks.push(Mask { area: told.area, kind: find.kind, rule: find.rule });
                }
                spans.extend(seen);
            }
        }
        for title in scene.tree.map_or_else(Vec::new, tree::titles) {
            let find = Find { rule: "image.title", ..all(&title) };
            if is_telling(&title) {
                spans.extend(occurrences(&cells, &title, &find));
            }
        }
        let elsewhere: Vec<(usize, Find)> = told(&cells, &spans)
            .into_iter()
            .flat_map(|(text, find)| occurrences(&cells, &text, &find))
            .collect();
        spans.extend(elsewhere);
        masks.extend(spans.iter().filter_map(|(cell, find)| masked(cells.get(*cell)?, find)));
        Ok(masks)
    }

    /// What to mask of a painted picture of which only `pieces` are left: parts of them, or `whole` ones. The transformer
    /// has read what they said before they were painted; it reads those that say something `new` once more.
    ///
    /// # Errors
    /// When there is no time left.
    pub(crate) fn again(
        &mut self,
        pieces: &[Line],
        masks: &[Mask],
        is_new: impl Fn(&Line) -> bool,
        keep: Keep<'_>,
        (whole, hurry): (bool, Hurry<'_>),
    ) -> Result<Vec<Mask>, ReadError> {
        let painted = masks.iter().map(|mask| Cell { area: mask.area, line: None });
        let read = pieces.iter().map(|line| Cell { area: line.bounds, line: Some(line) });
        let cells: Vec<Cell<'_>> = read.chain(painted).collect();
        let new = pieces.iter().enumerate().filter(|(_, line)| is_new(line));
        let slow: Vec<Joined> = new.map(|(i, _)| alone(&cells, i)).collect();
        let mut more = self.unsure(&cells, keep);
        let texts = Texts::of(&cells);
        let quick: Vec<&Joined> = texts.quick.iter().collect();
        for (cell, find) in self.spans(&cells, &quick, &slow, hurry)? {
            let Some(cell) = cells.get(cell) else { continue };
            let all = Find { range: 0..cell.text().len(), ..find.clone() };
            more.extend(masked(cell, if whole { &all } else { &find }));
        }
        Ok(more)
    }

    /// Lines that go whole whatever is found in them.
    fn unsure(&self, cells: &[Cell<'_>], keep: Keep<'_>) -> Vec<Mask> {
        let lines = cells.iter().filter_map(|cell| cell.line);
        let mask = |line: &Line| {
            if line.confidence() < CONFIDENCE_MIN {
                return Some(Mask::unknown(inked(line.bounds), "image.unsure"));
            }
            (!self.may_stay(line, keep)).then(|| Mask::unknown(inked(line.bounds), "image.text"))
        };
        lines.filter_map(mask).collect()
    }

    fn may_stay(&self, line: &Line, keep: Keep<'_>) -> bool {
        match keep {
            Keep::Content => true,
            Keep::Own(own) => is_in_one(line.bounds, own) || self.is_bar(line.text()),
            Keep::Interface => self.is_interface(line.text()),
        }
    }

    /// Whether anything of a text is left if nothing is found in it. Where only words of the interface stay, most go anyway.
    fn is_left(&self, text: &Joined, cells: &[Cell<'_>], keep: Keep<'_>) -> bool {
        let stays = |line: &Line| line.confidence() >= CONFIDENCE_MIN && self.may_stay(line, keep);
        let mut lines = text.parts.iter().filter_map(|(cell, _)| cells.get(*cell)?.line);
        !matches!(keep, Keep::Interface) || lines.any(stays)
    }

    /// Whether a line is labels, with an icon at either end or without.
    fn is_bar(&self, text: &str) -> bool {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (before, after) = (words.first().is_some_and(is_icon), words.last().is_some_and(is_icon));
        let labels = words.get(usize::from(before)..words.len() - usize::from(after)).unwrap_or_default();
        let labels = Zeroizing::new(labels.join(" "));
        self.is_interface(text) || !labels.is_empty() && self.is_interface(&labels)
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

    /// What is found in texts of the cells: by every layer but the transformer in the `quick`, by it in the `slow` ones.
    fn spans(
        &mut self,
        cells: &[Cell<'_>],
        quick: &[&Joined],
        slow: &[Joined],
        hurry: Hurry<'_>,
    ) -> Result<Vec<(usize, Find)>, ReadError> {
        let mut spans = Vec::new();
        for joined in quick {
            spans.extend(split(joined, self.search(&joined.text, Reach::Quick)));
        }
        spans.extend(self.named(slow, hurry)?);
        let long = |(i, cell): (usize, &Cell<'_>)| -> Vec<(usize, Find)> {
            let text = cell.line.map_or("", Line::text);
            numbers::find(text).into_iter().chain(codes::find(text)).map(|find| (i, find)).collect()
        };
        spans.extend(cells.iter().enumerate().flat_map(long));
        let named = |(i, find): (usize, Find)| {
            let line = cells.get(i)?.line?;
            let find = codes::whole(line.text(), name_cell(line.text(), find));
            Some((i, numbers::whole(line.text(), find)))
        };
        Ok(spans.into_iter().filter_map(named).collect())
    }

    /// What the transformer finds. If it does not run it has not said that there is nothing: all goes.
    fn named(&mut self, slow: &[Joined], hurry: Hurry<'_>) -> Result<Vec<(usize, Find)>, ReadError> {
        let worth: Vec<&Joined> = slow.iter().filter(|joined| self.can_name(&joined.text)).collect();
        let Some(names) = &mut self.names else { return Ok(Vec::new()) };
        let texts: Vec<&str> = worth.iter().map(|joined| joined.text.as_str()).collect();
        let found = match names.find(&texts, hurry) {
            Err(NerError::OutOfTime) => return Err(ReadError::OutOfTime),
            found => found.unwrap_or_else(|_| texts.iter().map(|text| vec![all(text)]).collect()),
        };
        let mut spans = Vec::new();
        for (joined, mut finds) in worth.into_iter().zip(found) {
            self.lists.allow(&joined.text, &mut finds);
            spans.extend(split(joined, without(finds, &placeholders(&joined.text), &joined.text)));
        }
        Ok(spans)
    }

    /// Whether a text may hold a name: it has a letter, and is more than labels.
    fn can_name(&self, text: &str) -> bool {
        text.contains(char::is_alphabetic) && !self.is_interface(text)
    }

    /// What is found in each text of a tree: by the transformer only in those that were not `read` off the picture, where
    /// it has seen them with what stands around them.
    fn tree_finds(
        &mut self,
        named: &[Told],
        read: &[Joined],
        hurry: Hurry<'_>,
    ) -> Result<Vec<Vec<Find>>, ReadError> {
        let quick = |told: &Told| hurry.check().map(|()| self.search(&told.text, Reach::Quick));
        let mut finds = named.iter().map(quick).collect::<Result<Vec<_>, _>>()?;
        if self.names.is_none() {
            return Ok(finds);
        }
        let unread = named.iter().enumerate().filter(|(_, told)| !is_read(&told.text, read));
        let joined = |(i, told): (usize, &Told)| Joined { text: told.text.clone(), parts: vec![(i, 0)] };
        let slow: Vec<Joined> = unread.map(joined).collect();
        for (i, find) in self.named(&slow, hurry)? {
            if let Some(finds) = finds.get_mut(i) {
                finds.push(find);
            }
        }
        Ok(finds)
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

fn is_read(text: &str, read: &[Joined]) -> bool {
    read.iter().any(|joined| joined.text.contains(text.trim()))
}

/// Whether most of a line lies in one of these fields.
fn is_in_one(line: Area, fields: &[Area]) -> bool {
    fields.iter().filter_map(|field| field.common(line)).any(|common| common.size() * 2 > line.size())
}

/// Whether a word can be an icon.
fn is_icon(word: &&str) -> bool {
    word.chars().filter(|c| c.is_alphanumeric()).count() <= ICON_LETTERS_MAX
}

/// The finds in a joined text, by cell.
fn split(joined: &Joined, finds: Vec<Find>) -> Vec<(usize, Find)> {
    let of_cells = |find: Find| -> Vec<(usize, Find)> {
        joined.split(&find.range).map(|(cell, range)| (cell, Find { range, ..find.clone() })).collect()
    };
    finds.into_iter().flat_map(of_cells).collect()
}

/// All of a text.
fn all(text: &str) -> Find {
    Find { range: 0..text.len(), kind: FindingKind::Unknown, rule: "text.unread" }
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

/// Whether a text is long enough to be looked for elsewhere.
fn is_telling(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphanumeric()).count() >= TELLING_CHARACTERS_MIN
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
        (is_telling(text) && !is_label(text)).then(|| text.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_of_other_people_are_no_icons_of_a_label() {
        let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        let models = Models::open(&models).unwrap();
        let judge = Judge::new(Profile::Fast, &models, Lists::default()).unwrap();
        for text in ["Save", "Q Search", "Save x", "B Send", "Open File"] {
            assert!(judge.is_bar(text), "{text}");
        }
        for text in
            ["ok I am in at 5", "48 21", "Send Jo", "Jo Send", "5", "48", "I am in", "x Send 7 B", "A B C"]
        {
            assert!(!judge.is_bar(text), "{text}");
        }
    }
}
