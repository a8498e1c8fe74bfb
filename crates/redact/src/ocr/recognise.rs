//! What a line says: the recognition model over one crop, and its most likely characters with their places.

use std::ops::Range;

use candor_model::Pixels;
use zeroize::Zeroizing;

use crate::ocr::ReadError;
use crate::ocr::area::{Area, ceil, floor, index, pixels, real};
use crate::ocr::net::recognition::Recognition;
use crate::ocr::resample::{Normal, resized};

/// The height that the model reads.
const HEIGHT_PX: usize = 48;
/// Narrowest and widest crop at that height; what is wider is squeezed.
const WIDTH_PX: (usize, usize) = (16, 3200);
/// Widths are padded to a multiple, so that few shapes of the network are planned.
const STEP_PX: usize = 32;
/// Bytes to -1 to 1.
const NORMAL: Normal = [(127.5, 1.0 / 127.5); 3];

/// What was read in a crop. The text is wiped when this is dropped.
#[derive(Clone, Default)]
pub(crate) struct Reading {
    pub(crate) text: Zeroizing<String>,
    /// Mean probability of its characters, 0 to 1; 0 where there are none.
    pub(crate) confidence: f32,
    /// Per character, where it begins in the text in bytes, and its middle as a share of the crop's width.
    pub(crate) middles: Vec<(usize, f32)>,
}

impl Reading {
    /// From where to where the bytes `range` of the text reach, as shares of the crop's width: to the middle of the gap
    /// to the next character on either side.
    pub(crate) fn span(&self, range: &Range<usize>) -> (f32, f32) {
        let first = self.middles.partition_point(|(byte, _)| *byte < range.start);
        let end = self.middles.partition_point(|(byte, _)| *byte < range.end);
        let middle = |i: Option<usize>| i.and_then(|i| self.middles.get(i)).map(|(_, x)| *x);
        let between = |a: Option<f32>, b: Option<f32>| Some(f32::midpoint(a?, b?));
        let left = between(middle(first.checked_sub(1)), middle(Some(first))).unwrap_or(0.0);
        let right = between(middle(end.checked_sub(1)), middle(Some(end))).unwrap_or(1.0);
        (left, right)
    }
}

/// Reads `area` of `frame` as one line.
pub(crate) fn read(
    model: &Recognition,
    characters: &[char],
    frame: &Pixels,
    area: Area,
) -> Result<Reading, ReadError> {
    let width = ceil(real(index(area.width()) * HEIGHT_PX) / real(index(area.height())));
    let width = width.clamp(WIDTH_PX.0, WIDTH_PX.1);
    let padded = width.next_multiple_of(STEP_PX);
    let line = resized(frame, area, (width, HEIGHT_PX), (padded, HEIGHT_PX), NORMAL);
    let steps = model.run(&line);
    if steps.is_empty() || model.class_count() != characters.len() + 2 {
        return Err(ReadError::Model("recognition"));
    }
    let shown = real(width) / real(padded);
    Ok(decoded(&steps, characters, real(steps.len()) * shown))
}

/// Greedy connectionist temporal classification (Graves et al. 2006): the likeliest class of each step, repeats joined,
/// blanks dropped. Class 0 is the blank, the last one the space.
fn decoded(likeliest: &[(usize, f32)], characters: &[char], steps: f32) -> Reading {
    let mut reading = Reading { text: Zeroizing::new(String::new()), confidence: 0.0, middles: Vec::new() };
    let mut last = 0;
    for (step, (class, probability)) in likeliest.iter().enumerate() {
        if *class != 0 && *class != last {
            let character = characters.get(class - 1).copied().unwrap_or(' ');
            reading.middles.push((reading.text.len(), ((real(step) + 0.5) / steps).min(1.0)));
            reading.text.push(character);
            reading.confidence += probability;
        }
        last = *class;
    }
    reading.confidence /= real(reading.middles.len().max(1));
    reading
}

/// The part of `area` between two shares of its width.
pub(crate) fn part(area: Area, (from, to): (f32, f32)) -> Area {
    let width = real(index(area.width()));
    let left = area.left + pixels(floor(from * width)).min(area.width() - 1);
    let right = area.left + pixels(ceil(to * width)).min(area.width());
    Area { left, right: right.max(left + 1), ..area }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading() -> Reading {
        let middles = vec![(0, 0.1), (1, 0.3), (3, 0.5), (4, 0.9)];
        Reading { text: Zeroizing::new("aé b".to_owned()), confidence: 0.9, middles }
    }

    #[test]
    fn a_span_reaches_to_the_middle_of_the_gaps() {
        let near = |a: (f32, f32), b: (f32, f32)| (a.0 - b.0).abs() + (a.1 - b.1).abs() < 1e-5;
        assert!(near(reading().span(&(1..3)), (0.2, 0.4)));
        assert!(near(reading().span(&(0..1)), (0.0, 0.2)));
        assert!(near(reading().span(&(3..5)), (0.4, 1.0)));
        assert!(near(reading().span(&(0..5)), (0.0, 1.0)));
    }

    #[test]
    fn repeats_are_joined_and_blanks_part_them() {
        let reading = decoded(&[1, 1, 0, 1, 3, 2].map(|class| (class, 0.9)), &['a', 'b'], 6.0);
        assert_eq!(*reading.text, "aa b");
        assert!((reading.confidence - 0.9).abs() < 1e-5);
    }

    #[test]
    fn a_part_is_never_empty() {
        let area = Area::new(10, 0, 20, 5).unwrap();
        assert_eq!(part(area, (0.0, 1.0)), area);
        assert_eq!(part(area, (1.0, 1.0)), Area::new(19, 0, 20, 5).unwrap());
        assert_eq!(part(area, (0.55, 0.2)).width(), 1);
    }
}
