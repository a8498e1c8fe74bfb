//! The pictures of the icon: the shapes of the light, light on dark, so that they are seen on every panel and told apart without colour.

use candor_capture::Shown;
use ksni::Icon;

/// Sides in pixels: panels choose the one that fits them.
const SIDES: [u16; 3] = [22, 32, 48];
/// Alpha, red, green, blue.
const PAPER: [u8; 4] = [255, 16, 16, 16];
const INK: [u8; 4] = [255, 255, 255, 255];

/// The pictures.
pub(super) fn of(shown: Shown) -> Vec<Icon> {
    SIDES.map(|side| picture(shown, side)).into()
}

fn picture(shown: Shown, side: u16) -> Icon {
    // The middle of each pixel, between -1 and 1.
    let place = |n: u16| (f32::from(n) * 2.0 + 1.0) / f32::from(side) - 1.0;
    let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let data = pixels.flat_map(|(x, y)| if is_ink(shown, place(x), place(y)) { INK } else { PAPER });
    Icon { width: side.into(), height: side.into(), data: data.collect() }
}

fn is_ink(shown: Shown, x: f32, y: f32) -> bool {
    let from_middle = x.hypot(y);
    match shown {
        Shown::Recording => from_middle < 0.62,
        Shown::Paused => (0.15..0.5).contains(&x.abs()) && y.abs() < 0.6,
        Shown::Refused => (0.55..0.8).contains(&from_middle) || (from_middle < 0.55 && (x + y).abs() < 0.2),
        Shown::Halted => x.abs().max(y.abs()) < 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_a_shape_of_its_own_in_every_size_and_colour_says_nothing() {
        for (n, side) in SIDES.into_iter().map(usize::from).enumerate() {
            let pictures = Shown::ALL.map(|shown| of(shown).remove(n));
            for picture in &pictures {
                assert_eq!(picture.data.len(), side * side * 4);
                let grey = |pixel: &[u8]| pixel[1] == pixel[2] && pixel[2] == pixel[3];
                assert!(picture.data.chunks_exact(4).all(grey));
            }
            let differs = |a: &Icon, b: &Icon| {
                let pairs = a.data.chunks_exact(4).zip(b.data.chunks_exact(4));
                pairs.filter(|(a, b)| a != b).count() * 20 > side * side
            };
            for (n, one) in pictures.iter().enumerate() {
                assert!(pictures.iter().skip(n + 1).all(|other| differs(one, other)));
            }
        }
    }
}
