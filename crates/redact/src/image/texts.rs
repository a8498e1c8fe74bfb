//! Which texts of a picture are searched: each line, each visual row, each paragraph; and which the transformer reads.
//!
//! The transformer is slow, so it reads what can hold a name: cells of tables by themselves and in their row, prose in
//! pieces of a few lines, so that a changed line asks for its piece again and not for the page.

use std::collections::BTreeSet;

use crate::image::layout::{Cell, Joined, is_broken, paragraphs, rows};

/// A piece of prose that the transformer reads ends from so many lines on where a line was not broken for want of room.
const PIECE_LINES: usize = 3;
/// Most lines of a piece. If it ends within a sentence, the next one begins with its last line.
const PIECE_LINES_MAX: usize = 5;
/// A cell with more words is prose, and its row no row of a table.
const CELL_WORDS_MAX: usize = 8;

/// The texts of a picture.
pub(crate) struct Texts {
    /// For every layer but the transformer.
    pub(crate) quick: Vec<Joined>,
    /// For the transformer.
    pub(crate) slow: Vec<Joined>,
}

impl Texts {
    pub(crate) fn of(cells: &[Cell<'_>]) -> Self {
        let (rows, paragraphs) = (rows(cells), paragraphs(cells));
        let in_paragraph: BTreeSet<usize> = paragraphs.iter().flatten().copied().collect();
        let in_row: BTreeSet<usize> = rows.iter().flatten().copied().collect();
        let mut texts = Self { quick: Vec::new(), slow: Vec::new() };
        for (i, _) in cells.iter().enumerate().filter(|(_, cell)| cell.line.is_some()) {
            texts.quick.push(alone(cells, i));
            if !in_paragraph.contains(&i) || (in_row.contains(&i) && is_cell(cells, i)) {
                texts.slow.push(alone(cells, i));
            }
        }
        for row in rows {
            let row_of = || Joined::of(cells, &row, |_, _| "\t");
            let said = row.iter().filter(|i| says_a_word(cells, **i)).count();
            if said > 1 && row.iter().all(|i| is_cell(cells, *i)) {
                texts.slow.push(row_of());
            }
            texts.quick.push(row_of());
        }
        for paragraph in paragraphs {
            texts.add_paragraph(cells, &paragraph);
        }
        texts
    }

    fn add_paragraph(&mut self, cells: &[Cell<'_>], paragraph: &[usize]) {
        let area = |i: usize| cells.get(i).map(|cell| cell.area);
        let right = paragraph.iter().filter_map(|i| area(*i)).map(|a| a.right).max().unwrap_or(0);
        let broken = |i: usize| area(i).is_some_and(|a| is_broken(a, right));
        let prose = |lines: &[usize]| Joined::of(cells, lines, |i, _| if broken(i) { " " } else { "\n" });
        self.quick.push(prose(paragraph));
        self.quick.push(Joined::of(cells, paragraph, |i, _| if broken(i) { "" } else { "\n" }));
        self.slow.extend(pieces(paragraph, broken).into_iter().map(prose));
    }
}

/// A line by itself.
pub(crate) fn alone(cells: &[Cell<'_>], i: usize) -> Joined {
    Joined::of(cells, &[i], |_, _| "")
}

/// The lines of a paragraph in pieces that end where a sentence may end, or share a line.
fn pieces(paragraph: &[usize], broken: impl Fn(usize) -> bool) -> Vec<&[usize]> {
    let mut pieces = Vec::new();
    let mut rest = paragraph;
    while !rest.is_empty() {
        let may_end = |n: &usize| rest.get(n - 1).is_some_and(|line| !broken(*line));
        let whole = (PIECE_LINES..=PIECE_LINES_MAX.min(rest.len())).find(may_end);
        let length = whole.unwrap_or(PIECE_LINES_MAX.min(rest.len()));
        let (piece, after) = rest.split_at(length);
        pieces.push(piece);
        let shared = usize::from(whole.is_none() && !after.is_empty());
        rest = rest.get(length - shared..).unwrap_or_default();
    }
    pieces
}

fn is_cell(cells: &[Cell<'_>], i: usize) -> bool {
    cells.get(i).is_some_and(|cell| cell.text().split_whitespace().nth(CELL_WORDS_MAX).is_none())
}

fn says_a_word(cells: &[Cell<'_>], i: usize) -> bool {
    cells.get(i).is_some_and(|cell| cell.line.is_some() && cell.text().contains(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hold_every_line_and_share_one_where_a_sentence_goes_on() {
        let lines: Vec<usize> = (0..12).collect();
        assert_eq!(pieces(&lines, |_| false), [&lines[..3], &lines[3..6], &lines[6..9], &lines[9..]]);
        assert_eq!(pieces(&lines, |_| true), [&lines[..5], &lines[4..9], &lines[8..]]);
        assert_eq!(pieces(&lines[..2], |_| true), [&lines[..2]]);
        assert_eq!(pieces(&lines[..7], |i| i != 3), [&lines[..4], &lines[4..7]]);
    }
}
