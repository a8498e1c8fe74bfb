//! Which lines belong together, and what is left of a line that is painted in part.

use std::ops::Range;

use candor_model::Pixels;
use zeroize::Zeroizing;

use crate::image::Mask;
use crate::ocr::Line;
use crate::ocr::area::Area;
use crate::ocr::resample::row;
use crate::screen::canvas::FILL;

/// Cells further apart than this many heights of a line are no row.
const ROW_GAP_HEIGHTS: u32 = 14;
/// Lines of a paragraph begin at most this many heights apart.
const INDENT_HEIGHTS: u32 = 2;
/// A line that ends less than this many heights before the longest one of its paragraph was broken for want of room.
const BREAK_HEIGHTS: u32 = 6;
/// Most lines that are joined.
const LINES_JOINED_MAX: usize = 40;
/// A piece narrower than its height over this is the edge of a painted letter.
const SLIVER: u32 = 5;
/// No painted box is thinner than the height of a line over this, and every stroke of a letter is.
const STROKES: u32 = 3;
/// What ends a run of paint.
const NO_PAINT: [u8; 3] = [0; 3];
/// Pixels that differ by less than this in brightness are not read again.
const INK_MIN: u8 = crate::ocr::change::INK_MIN;

/// A line of the picture as layout and engine see it: painted parts have placeholders.
#[derive(Clone)]
pub(crate) struct Cell<'a> {
    pub(crate) area: Area,
    /// None if it is painted.
    pub(crate) line: Option<&'a Line>,
}

impl Cell<'_> {
    pub(crate) fn text(&self) -> &str {
        self.line.map_or("[TEXT]", Line::text)
    }
}

/// Lines joined to one text.
pub(crate) struct Joined {
    pub(crate) text: Zeroizing<String>,
    /// Which cells, and where each begins in the text.
    pub(crate) parts: Vec<(usize, usize)>,
}

impl Joined {
    /// The texts of `group` with the separators between them.
    pub(crate) fn of(
        cells: &[Cell<'_>],
        group: &[usize],
        between: impl Fn(usize, usize) -> &'static str,
    ) -> Self {
        let mut joined = Self { text: Zeroizing::new(String::new()), parts: Vec::new() };
        let mut before = None;
        for cell in group {
            let Some(text) = cells.get(*cell).map(Cell::text) else { continue };
            if let Some(before) = before {
                joined.text.push_str(between(before, *cell));
            }
            joined.parts.push((*cell, joined.text.len()));
            joined.text.push_str(text);
            before = Some(*cell);
        }
        joined
    }

    /// The cells that `range` of the text lies in, with the bytes of their own texts.
    pub(crate) fn split(&self, range: &Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> {
        let ends = self.parts.iter().skip(1).map(|(_, start)| *start).chain([self.text.len()]);
        self.parts.iter().zip(ends).filter_map(move |((cell, start), end)| {
            let (from, to) = (range.start.max(*start), range.end.min(end));
            (from < to).then(|| (*cell, from - start..to - start))
        })
    }
}

/// The cells of each visual row that has more than one, from left to right.
pub(crate) fn rows(cells: &[Cell<'_>]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by_key(|i| cells.get(*i).map(|cell| cell.area.left));
    let mut rows: Vec<(Vec<usize>, Area)> = Vec::new();
    for i in order {
        let Some(cell) = cells.get(i) else { continue };
        let follows = |(row, last): &(Vec<usize>, Area)| {
            let gap = cell.area.left.saturating_sub(last.right);
            row.len() < LINES_JOINED_MAX
                && last.shares_row(cell.area)
                && gap < ROW_GAP_HEIGHTS * cell.area.height()
        };
        match rows.iter_mut().rev().find(|row| follows(row)) {
            Some((row, last)) => {
                row.push(i);
                *last = Area { left: last.left, right: cell.area.right.max(last.right), ..cell.area };
            }
            None => rows.push((vec![i], cell.area)),
        }
    }
    rows.into_iter().map(|(row, _)| row).filter(|row| row.len() > 1).collect()
}

/// The lines of each paragraph that has more than one, from top to bottom.
pub(crate) fn paragraphs(cells: &[Cell<'_>]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by_key(|i| cells.get(*i).map(|cell| cell.area.top));
    let mut paragraphs: Vec<(Vec<usize>, Area)> = Vec::new();
    for i in order {
        let Some(area) = cells.get(i).map(|cell| cell.area) else { continue };
        let follows =
            |(lines, last): &(Vec<usize>, Area)| lines.len() < LINES_JOINED_MAX && is_next_line(*last, area);
        match paragraphs.iter_mut().rev().find(|paragraph| follows(paragraph)) {
            Some((lines, last)) => {
                lines.push(i);
                *last = area;
            }
            None => paragraphs.push((vec![i], area)),
        }
    }
    paragraphs.into_iter().map(|(lines, _)| lines).filter(|lines| lines.len() > 1).collect()
}

fn is_next_line(above: Area, below: Area) -> bool {
    let height = above.height().min(below.height());
    below.top > above.top
        && !above.shares_row(below)
        && below.top < above.bottom + height / 2
        && above.left.abs_diff(below.left) <= INDENT_HEIGHTS * height
        && above.height().max(below.height()) * 2 < height * 3
}

/// Whether `line` of a paragraph goes on in the next one: it ends where the longest line ends.
pub(crate) fn is_broken(line: Area, paragraph_right: u32) -> bool {
    line.right + BREAK_HEIGHTS * line.height() >= paragraph_right
}

/// The parts of a box that are not painted: it is cut at every mask that covers the middle of its height.
pub(crate) fn unpainted(area: Area, masks: &[Mask]) -> Vec<Area> {
    without_slivers(cut(area, masks))
}

fn without_slivers(mut pieces: Vec<Area>) -> Vec<Area> {
    pieces.retain(|piece| !is_sliver(piece));
    pieces
}

fn is_sliver(piece: &Area) -> bool {
    piece.width() * SLIVER < piece.height()
}

fn cut(area: Area, masks: &[Mask]) -> Vec<Area> {
    let quarter = area.height() / 4;
    let core =
        Area { top: area.top + quarter, bottom: (area.bottom - quarter).max(area.top + quarter + 1), ..area };
    let mut pieces = vec![area];
    for mask in masks.iter().map(|mask| mask.area) {
        let Some(shared) = core.common(mask) else { continue };
        if shared.height() * 2 < core.height() {
            continue;
        }
        let cut = |piece: Area| {
            let left = Area::new(piece.left, piece.top, piece.right.min(shared.left), piece.bottom);
            let right = Area::new(piece.left.max(shared.right), piece.top, piece.right, piece.bottom);
            let whole = shared.right <= piece.left || piece.right <= shared.left;
            if whole { [Some(piece), None] } else { [left, right] }
        };
        pieces = pieces.into_iter().flat_map(cut).flatten().collect();
    }
    pieces
}

/// The parts of a box that no earlier redaction painted: it is cut where a stretch as wide as it is high has the colour
/// of the paint from top to bottom of its middle. Text that stands on that colour is not cut where a thin letter would be lost.
pub(crate) fn unfilled(frame: &Pixels, area: Area) -> Vec<Area> {
    let quarter = area.height() / 4;
    let is_filled = |x: u32| {
        let column = Area { left: x, right: x + 1, top: area.top + quarter, bottom: area.bottom - quarter };
        (0..column.height()).all(|y| row(frame, column, y) == FILL)
    };
    let (mut masks, mut from) = (Vec::new(), None);
    for x in area.left..=area.right {
        if x < area.right && is_filled(x) {
            from = from.or(Some(x));
        } else if let Some(left) = from.take().filter(|left| x - left >= area.height() / 2) {
            masks.push(Mask::unknown(Area { left, right: x, ..area }, "image.painted"));
        }
    }
    let pieces = cut(area, &masks);
    if is_ringed(frame, area) && pieces.iter().any(is_sliver) { vec![area] } else { without_slivers(pieces) }
}

/// Whether an area shows more than paint beside one colour. The colour of the paint alone does not tell: letters may have it,
/// or stand on it.
pub(crate) fn shows_more_than_paint(frame: &Pixels, area: Area) -> bool {
    let mut one = None;
    let has_another = (0..area.height()).any(|y| {
        let (pixels, _) = row(frame, area, y).as_chunks::<3>();
        pixels.iter().any(|pixel| *pixel != FILL && *one.get_or_insert(*pixel) != *pixel)
    });
    has_another || one.is_some() && (is_ringed(frame, area) || is_drawn(frame, area))
}

/// Whether the edge of an area has the colour of the paint all around: what it shows stands on that colour.
fn is_ringed(frame: &Pixels, area: Area) -> bool {
    let filled = |side: Area| (0..side.height()).all(|y| is_paint(row(frame, side, y)));
    [
        Area { bottom: area.top + 1, ..area },
        Area { top: area.bottom - 1, ..area },
        Area { right: area.left + 1, ..area },
        Area { left: area.right - 1, ..area },
    ]
    .into_iter()
    .all(filled)
}

/// Whether the colour of the paint forms anything finer than painted boxes do: strokes, or what is left between them.
fn is_drawn(frame: &Pixels, area: Area) -> bool {
    let least = (area.height() / STROKES).max(2);
    let whole = Area { left: 0, top: 0, right: frame.width(), bottom: frame.height() };
    let around = area.grown(least, least, whole);
    let across = Area { top: area.top, bottom: area.bottom, ..around };
    let along = Area { left: area.left, right: area.right, ..around };
    let rows =
        (0..across.height()).map(|y| Area { top: across.top + y, bottom: across.top + y + 1, ..across });
    let columns =
        (0..along.width()).map(|x| Area { left: along.left + x, right: along.left + x + 1, ..along });
    rows.chain(columns).any(|stripe| has_short_run(frame, stripe, area, least))
}

/// Whether a stripe of one pixel holds a run of the paint's colour that is shorter than `least` and reaches into `area`.
fn has_short_run(frame: &Pixels, stripe: Area, area: Area, least: u32) -> bool {
    let pixels = (0..stripe.height()).flat_map(|y| row(frame, stripe, y).as_chunks::<3>().0);
    let mut from = None;
    for (at, pixel) in (0..).zip(pixels.chain([&NO_PAINT])) {
        if *pixel == FILL {
            from = from.or(Some(at));
        } else if let Some(from) = from.take().filter(|from| at - from < least) {
            let is_across = stripe.height() == 1;
            let run = if is_across {
                Area { left: stripe.left + from, right: stripe.left + at, ..stripe }
            } else {
                Area { top: stripe.top + from, bottom: stripe.top + at, ..stripe }
            };
            if run.intersects(area) {
                return true;
            }
        }
    }
    false
}

fn is_paint(pixels: &[u8]) -> bool {
    pixels.chunks_exact(3).all(|pixel| pixel == FILL)
}

/// Whether the middle of a piece shows anything but one colour.
pub(crate) fn has_ink(frame: &Pixels, piece: Area) -> bool {
    let (mut darkest, mut brightest) = (u8::MAX, u8::MIN);
    let quarter = piece.height() / 4;
    for y in quarter..(piece.height() - quarter) {
        for pixel in row(frame, piece, y).chunks_exact(3) {
            let (low, high) = (pixel.iter().min(), pixel.iter().max());
            darkest = darkest.min(low.copied().unwrap_or(darkest));
            brightest = brightest.max(high.copied().unwrap_or(brightest));
        }
    }
    brightest.saturating_sub(darkest) >= INK_MIN
}

/// Where the letters of a box stand: detection boxes are taller than their text, and a mask must not cut the line above.
pub(crate) fn inked(area: Area) -> Area {
    let trim = area.height() / 9;
    Area { top: area.top + trim, bottom: (area.bottom - trim).max(area.top + trim + 1), ..area }
}

/// The part of `area` that a find is masked with: a little wider than its characters, whose places are estimates.
pub(crate) fn widened(part: Area, line: Area) -> Area {
    let margin = part.height() / 4;
    inked(Area {
        left: part.left.saturating_sub(margin).max(line.left),
        right: (part.right + margin).min(line.right),
        ..part
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(left: u32, top: u32, right: u32, bottom: u32) -> Area {
        Area::new(left, top, right, bottom).unwrap()
    }

    fn cells(areas: &[Area]) -> Vec<Cell<'static>> {
        areas.iter().map(|area| Cell { area: *area, line: None }).collect()
    }

    #[test]
    fn cells_of_one_height_are_a_row_and_lines_below_each_other_a_paragraph() {
        let cells =
            cells(&[area(0, 0, 80, 20), area(100, 2, 150, 22), area(0, 24, 90, 44), area(0, 46, 30, 66)]);
        assert_eq!(rows(&cells), [vec![0, 1]]);
        assert_eq!(paragraphs(&cells), [vec![0, 2, 3]]);
    }

    #[test]
    fn a_find_over_two_cells_is_split_between_them() {
        let cells = cells(&[area(0, 0, 80, 20), area(100, 2, 150, 22)]);
        let joined = Joined::of(&cells, &[0, 1], |_, _| "\t");
        assert_eq!(*joined.text, "[TEXT]\t[TEXT]");
        assert_eq!(joined.split(&(3..9)).collect::<Vec<_>>(), [(0, 3..7), (1, 0..2)]);
        assert_eq!(joined.split(&(0..2)).collect::<Vec<_>>(), [(0, 0..2)]);
    }

    #[test]
    fn a_painted_middle_leaves_two_pieces() {
        let line = area(0, 0, 100, 20);
        let mask = |area| Mask::unknown(area, "r");
        let pieces = unpainted(line, &[mask(area(40, 2, 60, 18))]);
        assert_eq!(pieces, [area(0, 0, 40, 20), area(60, 0, 100, 20)]);
        assert_eq!(unpainted(line, &[mask(area(0, 0, 100, 20))]), []);
        assert_eq!(unpainted(line, &[mask(area(40, 0, 60, 5))]), [line]);
    }

    #[test]
    fn a_flat_piece_has_no_ink() {
        let mut frame = Pixels::new(20, 20, vec![9; 1200]).unwrap();
        assert!(!has_ink(&frame, area(0, 0, 20, 20)));
        frame.rgb_mut()[(10 * 20 + 10) * 3] = 200;
        assert!(has_ink(&frame, area(0, 0, 20, 20)));
    }
}
