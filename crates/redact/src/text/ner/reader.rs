//! How a text is handed to the model: prose together, a table by row and by cell; and what was read before, remembered.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::text::find::Find;
use crate::text::ner::{Ner, NerError};

/// Most texts whose finds are remembered, so that strings that stand on the screen at every step are read once.
const REMEMBERED_MAX: usize = 8192;

/// The model, for the texts of one session.
pub(crate) struct Reader {
    ner: Arc<Ner>,
    memory: RefCell<Memory>,
}

impl Reader {
    pub(crate) fn new(ner: Arc<Ner>) -> Self {
        let memory = RefCell::new(Memory { finds: BTreeMap::new(), order: VecDeque::new() });
        Self { ner, memory }
    }

    /// Adds what the model finds in `text`.
    pub(crate) fn find(&self, text: &str, finds: &mut Vec<Find>) -> Result<(), NerError> {
        let mut memory = self.memory.borrow_mut();
        let pieces: Vec<(Range<usize>, &str, Tag)> = pieces(text)
            .into_iter()
            .filter_map(|range| text.get(range.clone()).map(|piece| (range, piece, tag(piece))))
            .collect();
        let mut asked = BTreeSet::new();
        let unknown: Vec<(&str, Tag)> = pieces
            .iter()
            .filter(|(_, _, tag)| !memory.finds.contains_key(tag) && asked.insert(*tag))
            .map(|(_, piece, tag)| (*piece, *tag))
            .collect();
        let texts: Vec<&str> = unknown.iter().map(|(piece, _)| *piece).collect();
        let read: BTreeMap<Tag, Vec<Find>> =
            unknown.iter().map(|(_, tag)| *tag).zip(self.ner.read(&texts)?).collect();
        for (range, _, tag) in pieces {
            let found = read.get(&tag).or_else(|| memory.finds.get(&tag));
            finds.extend(found.into_iter().flatten().map(|find| shifted(find, range.start)));
        }
        for (tag, found) in read {
            memory.remember(tag, found);
        }
        Ok(())
    }
}

/// The SHA-256 of a text: memory holds where something was found, never the text.
type Tag = [u8; 32];

fn tag(text: &str) -> Tag {
    Sha256::digest(text.as_bytes()).into()
}

/// Finds by text; what was read first is forgotten first.
struct Memory {
    finds: BTreeMap<Tag, Vec<Find>>,
    order: VecDeque<Tag>,
}

impl Memory {
    fn remember(&mut self, tag: Tag, found: Vec<Find>) {
        if self.order.len() >= REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.finds.remove(&oldest);
        }
        self.finds.insert(tag, found);
        self.order.push_back(tag);
    }
}

fn shifted(find: &Find, by: usize) -> Find {
    Find { range: find.range.start + by..find.range.end + by, ..find.clone() }
}

/// What is read by itself: lines of prose that follow each other, each row of a table, and each cell of it. A cell says
/// what it is by its neighbours, and a name is clearer alone: the union of both is right more often than either.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut prose = 0..0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let range = start..start + line.len();
        start = range.end;
        let Some(mark) = cell_mark(line) else {
            prose.end = range.end;
            continue;
        };
        pieces.push(std::mem::replace(&mut prose, range.end..range.end));
        let mut from = range.start;
        for cell in line.split(mark) {
            pieces.push(from..from + cell.len());
            from += cell.len() + mark.len_utf8();
        }
        pieces.push(range);
    }
    pieces.push(prose);
    pieces.retain(|range| text.get(range.clone()).is_some_and(|piece| piece.contains(char::is_alphanumeric)));
    pieces
}

/// What stands between the cells of a line, if it is a row of a table.
fn cell_mark(line: &str) -> Option<char> {
    let count = |mark: char| line.matches(mark).count();
    // A comma in prose has a space after it; one in a row of values has none.
    let is_list = |mark: char, next: &str| count(mark) >= 3 && !line.contains(next);
    if count('\t') >= 1 {
        Some('\t')
    } else if count('|') >= 2 {
        Some('|')
    } else if is_list(';', "; ") {
        Some(';')
    } else if is_list(',', ", ") {
        Some(',')
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_read_together_and_tables_by_row_and_cell() {
        let text = "Dear all,\nsee below.\nAlice\tParis\t\t7\n\na,b,c,d\nBye";
        let read: Vec<&str> = pieces(text).into_iter().map(|range| text.get(range).unwrap()).collect();
        assert_eq!(
            read,
            [
                "Dear all,\nsee below.\n",
                "Alice",
                "Paris",
                "7\n",
                "Alice\tParis\t\t7\n",
                "a",
                "b",
                "c",
                "d\n",
                "a,b,c,d\n",
                "Bye"
            ]
        );
    }

    #[test]
    fn memory_is_bounded() {
        let mut memory = Memory { finds: BTreeMap::new(), order: VecDeque::new() };
        for n in 0..REMEMBERED_MAX + 5 {
            memory.remember(tag(&n.to_string()), Vec::new());
        }
        assert_eq!((memory.finds.len(), memory.order.len()), (REMEMBERED_MAX, REMEMBERED_MAX));
        assert!(!memory.finds.contains_key(&tag("0")));
    }
}
