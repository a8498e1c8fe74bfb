//! Small screens with planted items, through the whole path: `tests/screens`, rendered by `xtask/deid/screens.py`.

use std::path::Path;

use candor_model::{Node, Rect, TreeState};
use proptest::prelude::*;

use super::*;
use crate::screen::canvas::{FILL, is_filled};
use crate::screen::picture::{decode, decode_any};

/// A planted item's ink may stay at its edge: the dot of a letter, the end of a comma.
const LEFT_MAX: f64 = 0.1;

fn shipped(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn redactor(profile: Profile) -> ImageRedactor {
    let models = Models::open(&shipped("../../models")).unwrap();
    ImageRedactor::new(profile, &models, Lists::default()).unwrap()
}

fn screen(name: &str) -> Vec<u8> {
    std::fs::read(shipped("tests/screens").join(name)).unwrap()
}

fn redact(redactor: &mut ImageRedactor, png: Vec<u8>, tree: Option<&Tree>) -> RedactedImage {
    redactor.redact(read_png(png).unwrap(), tree, Whose::Own, &|| TimeLeft::Enough).unwrap().into_content()
}

/// Share of what stands out from the ground of `rect` in `before` and is not painted in `after`.
fn left(before: &Pixels, after: &Pixels, rect: Rect) -> f64 {
    let (l, t, r, b) = rect.clipped(before.width(), before.height()).unwrap();
    let at = |frame: &Pixels, x: u32, y: u32| {
        let start = usize::try_from((y * frame.width() + x) * 3).unwrap();
        <[u8; 3]>::try_from(&frame.rgb()[start..start + 3]).unwrap()
    };
    let ground = at(before, l, t);
    let differs = |p: [u8; 3]| p.iter().zip(ground).map(|(a, b)| u32::from(a.abs_diff(b))).sum::<u32>() > 120;
    let ink: Vec<(u32, u32)> = (t..b)
        .flat_map(|y| (l..r).map(move |x| (x, y)))
        .filter(|(x, y)| differs(at(before, *x, *y)))
        .collect();
    let seen = ink.iter().filter(|(x, y)| at(after, *x, *y) != FILL).count();
    f64::from(u32::try_from(seen).unwrap()) / f64::from(u32::try_from(ink.len().max(1)).unwrap())
}

fn planted(name: &str) -> Vec<(String, Rect)> {
    let text = std::fs::read_to_string(shipped("tests/screens").join(name)).unwrap();
    let item = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |i: usize| fields[i].parse::<i32>().unwrap();
        let side = |from: usize, to: usize| u32::try_from(number(to) - number(from)).unwrap();
        let bounds = Rect { x: number(1), y: number(2), width: side(1, 3), height: side(2, 4) };
        (fields[0].to_owned(), bounds)
    };
    text.lines().map(item).collect()
}

#[test]
fn no_planted_item_stays_and_redacting_twice_masks_next_to_nothing_more() {
    let mut redactor = redactor(Profile::Standard);
    for name in ["mail", "chat"] {
        let png = screen(&format!("{name}.png"));
        let stored = redact(&mut redactor, png.clone(), None);
        let (before, after) = (decode_any(&png).unwrap(), decode(&stored.png().unwrap()).unwrap());
        for (kind, bounds) in planted(&format!("{name}.tsv")) {
            let share = left(&before, &after, bounds);
            assert!(share <= LEFT_MAX, "{name}: {kind} at {bounds:?}: {share:.2} left");
        }
        let again = redact(&mut redactor, stored.png().unwrap(), None);
        let found = &again.report.findings;
        let again = decode(&again.png().unwrap()).unwrap();
        let pairs = again.rgb().chunks(3).zip(after.rgb().chunks(3));
        let changed = pairs.filter(|(a, b)| a != b).count();
        assert!(changed * 100 < after.rgb().len() / 3, "{name}: {changed} pixels: {found:?}");
    }
}

#[test]
fn time_that_ends_at_any_moment_of_the_reading_leaves_no_picture() {
    let of = |profile: Profile, late_from: usize| {
        let asked = std::cell::Cell::new(0);
        let time_left =
            || if asked.replace(asked.get() + 1) < late_from { TimeLeft::Enough } else { TimeLeft::Nothing };
        let raw = read_png(screen("chat.png")).unwrap();
        (redactor(profile).redact(raw, None, Whose::Own, &time_left).is_ok(), asked.get())
    };
    let (is_kept, all) = of(Profile::Standard, usize::MAX);
    assert!(is_kept);
    for late_from in [0, 1, all / 2, all - 2, all - 1] {
        assert_eq!(of(Profile::Standard, late_from), (false, late_from + 1), "of {all}");
    }
}

#[test]
fn in_strict_only_labels_of_the_interface_stay() {
    let png = screen("chat.png");
    let stored = redact(&mut redactor(Profile::Strict), png.clone(), None);
    let (before, after) = (decode_any(&png).unwrap(), decode(&stored.png().unwrap()).unwrap());
    let message = Rect { x: 186, y: 80, width: 420, height: 20 };
    assert!(left(&before, &after, message) <= LEFT_MAX);
    assert!(stored.report.findings.iter().any(|finding| finding.rule == "image.text"));
}

/// A tree of the chat that names one element where its bar is.
fn barred(name: &str) -> Tree {
    let bounds = Rect { x: 0, y: 0, width: 640, height: 30 };
    let node = |parent, role: &str, name: &str| Node {
        parent,
        role: role.into(),
        name: Some(name.into()),
        text: None,
        bounds,
        focused: false,
        editable: false,
        unwalked: false,
    };
    let nodes = vec![node(None, "frame", "talk"), node(Some(0), "label", name)];
    Tree { state: TreeState::Complete, nodes }
}

#[test]
fn in_strict_nothing_is_read_where_the_tree_tells_of_no_words_of_the_interface() {
    let png = screen("chat.png");
    let before = decode_any(&png).unwrap();
    let bar = Rect { x: 8, y: 8, width: 160, height: 16 };
    for (name, stays) in [("Files", true), ("hallway", false)] {
        let stored = redact(&mut redactor(Profile::Strict), png.clone(), Some(&barred(name)));
        let after = decode(&stored.png().unwrap()).unwrap();
        assert_eq!(left(&before, &after, bar) > 0.9, stays, "{name}");
        for (kind, bounds) in planted("chat.tsv") {
            assert!(left(&before, &after, bounds) <= LEFT_MAX, "{name}: {kind}");
        }
    }
}

/// The chat in two colours without shades between them, as terminals and old programs draw.
fn two_colours(ink: [u8; 3], ground: [u8; 3]) -> Pixels {
    let mut frame = decode_any(&screen("chat.png")).unwrap();
    let (pixels, _) = frame.rgb_mut().as_chunks_mut::<3>();
    for pixel in pixels {
        *pixel = if pixel[1] < 128 { ink } else { ground };
    }
    frame
}

/// Share of the pixels in the middle of `rect` by which it differs from one that is all paint, or without any.
fn differing(frame: &Pixels, rect: Rect) -> f64 {
    let (l, t, r, b) = rect.clipped(frame.width(), frame.height()).unwrap();
    let quarter = (b - t) / 4;
    let at = |x: u32, y: u32| usize::try_from((y * frame.width() + x) * 3).unwrap();
    let middle = (t + quarter..b - quarter).flat_map(|y| (l..r).map(move |x| (x, y)));
    let filled = middle.clone().filter(|(x, y)| frame.rgb()[at(*x, *y)..at(*x, *y) + 3] == FILL).count();
    let all = middle.count();
    f64::from(u32::try_from(filled.min(all - filled)).unwrap()) / f64::from(u32::try_from(all).unwrap())
}

#[test]
fn text_in_the_colour_of_the_paint_or_on_it_is_read_like_any_other() {
    let message = Rect { x: 186, y: 80, width: 420, height: 20 };
    for profile in [Profile::Standard, Profile::Strict] {
        let mut redactor = redactor(profile);
        for (ink, ground) in [(FILL, [255; 3]), ([255; 3], FILL)] {
            let before = two_colours(ink, ground);
            let stored =
                redactor.redact(Raw::seal(before.clone()), None, Whose::Own, &|| TimeLeft::Enough).unwrap();
            let after = decode(&stored.content().png().unwrap()).unwrap();
            let planted = planted("chat.tsv").into_iter().chain([("message".to_owned(), message)]);
            for (kind, bounds) in planted.filter(|(kind, _)| profile == Profile::Strict || kind != "message")
            {
                let (raw, left) = (differing(&before, bounds), differing(&after, bounds));
                assert!(
                    raw > 0.1 && left < 0.02,
                    "{profile}, {ink:?} on {ground:?}: {kind}: {left:.2} of {raw:.2}"
                );
            }
        }
    }
}

fn tree(state: TreeState, role: &str, bounds: Rect) -> Tree {
    let node = Node {
        parent: None,
        role: role.into(),
        name: None,
        text: None,
        bounds,
        focused: false,
        editable: false,
        unwalked: false,
    };
    Tree { state, nodes: vec![node] }
}

#[test]
fn an_element_with_more_text_than_is_searched_is_masked() {
    let mut redactor = redactor(Profile::Fast);
    let bounds = Rect { x: 20, y: 10, width: 50, height: 20 };
    for (length, is_masked) in [(64 * 1024, false), (64 * 1024 + 1, true)] {
        let mut tree = tree(TreeState::Complete, "label", bounds);
        tree.nodes[0].text = Some("-".repeat(length));
        let white = Raw::seal(Pixels::new(120, 60, vec![255; 120 * 60 * 3]).unwrap());
        let stored =
            redactor.redact(white, Some(&tree), Whose::Own, &|| TimeLeft::Enough).unwrap().into_content();
        assert_eq!(is_filled(&decode(&stored.png().unwrap()).unwrap(), bounds), is_masked, "{length} bytes");
        let is_told = stored.report.findings.iter().any(|finding| finding.rule == "image.long");
        assert_eq!(is_told, is_masked);
    }
}

#[test]
fn a_password_field_is_masked_before_anything_is_read_and_an_unsure_tree_masks_all() {
    let mut redactor = redactor(Profile::Fast);
    let bounds = Rect { x: 20, y: 10, width: 50, height: 20 };
    let white = || Raw::seal(Pixels::new(120, 60, vec![255; 120 * 60 * 3]).unwrap());
    let mut masked = |tree: &Tree, part: Rect| {
        let stored =
            redactor.redact(white(), Some(tree), Whose::Own, &|| TimeLeft::Enough).unwrap().into_content();
        is_filled(&decode(&stored.png().unwrap()).unwrap(), part)
    };
    let whole = Rect { x: 0, y: 0, width: 120, height: 60 };
    let password = |bounds| tree(TreeState::Complete, "password text", bounds);
    assert!(masked(&password(bounds), bounds));
    assert!(!masked(&password(bounds), whole));
    assert!(masked(&password(Rect { width: 0, ..bounds }), whole));
    assert!(masked(&tree(TreeState::Partial, "label", bounds), whole));
    assert!(masked(&tree(TreeState::Untrusted, "label", bounds), whole));
}

#[test]
fn a_frame_that_cannot_be_read_in_time_is_an_error() {
    let raw = read_png(screen("chat.png")).unwrap();
    let refused = redactor(Profile::Fast).redact(raw, None, Whose::Own, &|| TimeLeft::Nothing);
    assert!(matches!(refused, Err(ImageError::Read(ReadError::OutOfTime))));
}

#[test]
fn a_box_without_a_pixel_is_refused() {
    let mut frame = Pixels::new(10, 10, vec![255; 300]).unwrap();
    assert_eq!(Area::new(5, 5, 5, 9), None);
    let outside = Mask::unknown(Area::new(10, 0, 12, 5).unwrap(), "r");
    assert!(matches!(paint(&mut frame, &[outside]), Err(ImageError::Degenerate)));
}

#[test]
fn what_is_no_picture_is_refused_and_told_apart() {
    let png = screen("chat.png");
    assert!(matches!(read_png(Vec::new()), Err(PictureError::Decode(_))));
    assert!(matches!(read_png(b"GIF89a, or so it says".to_vec()), Err(PictureError::Decode(_))));
    assert!(matches!(read_png(png[..png.len() / 2].to_vec()), Err(PictureError::Decode(_))));
    let mut flipped = png;
    flipped[20] ^= 0xff;
    assert!(read_png(flipped).is_err());
    assert!(matches!(
        read_png(written(16_384, 16_384, png::ColorType::Rgb, false)),
        Err(PictureError::TooLarge { .. })
    ));
    assert!(matches!(read_png(written(2, 2, png::ColorType::Rgb, true)), Err(PictureError::Animated)));
    for (width, height) in [(300_000, 100), (65_500, 1000), (100, 16_385)] {
        let error = read_png(one_bit(width, height)).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("the frame has {width} by {height} pixels, and a side may have 16384")
        );
    }
    assert!(read_png(one_bit(16_384, 3)).is_ok());
}

/// A PNG of black and white.
fn one_bit(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let row = usize::try_from(width.div_ceil(8)).unwrap();
    let rows = vec![0x55; row * usize::try_from(height).unwrap()];
    encoder.write_header().unwrap().write_image_data(&rows).unwrap();
    bytes
}

/// The beginning of a PNG, with pixels only if it is small.
fn written(width: u32, height: u32, color: png::ColorType, animated: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(if color == png::ColorType::Rgba {
        png::BitDepth::Sixteen
    } else {
        png::BitDepth::Eight
    });
    if animated {
        encoder.set_animated(2, 0).unwrap();
    }
    let mut writer = encoder.write_header().unwrap();
    if width < 100 {
        let depth = if color == png::ColorType::Rgba { 2 } else { 1 };
        let length = usize::try_from(width * height).unwrap() * color.samples() * depth;
        for _ in 0..=usize::from(animated) {
            writer.write_image_data(&vec![0; length]).unwrap();
        }
    }
    drop(writer);
    bytes
}

#[test]
fn text_that_hardly_differs_from_the_paint_does_not_stay() {
    let mut redactor = redactor(Profile::Fast);
    for (ink, ground) in [([0x50; 3], FILL), (FILL, [0x50; 3])] {
        let raw = Raw::seal(two_colours(ink, ground));
        let stored = redactor.redact(raw, None, Whose::Own, &|| TimeLeft::Enough).unwrap();
        let after = decode(&stored.content().png().unwrap()).unwrap();
        let rows = after.rgb().chunks(usize::try_from(after.width()).unwrap() * 3);
        let has_one_colour = |part: &[u8]| part.chunks(3).all(|pixel| pixel == &part[..3]);
        // Parts of 32 pixels: no letter is seen in what is left of a row.
        assert!(rows.flat_map(|row| row.chunks(32 * 3)).all(has_one_colour), "{ink:?} on {ground:?}");
    }
}

#[test]
fn what_hides_below_transparency_and_fine_shades_is_not_kept() {
    let frame = decode_any(&written(3, 2, png::ColorType::Rgba, false)).unwrap();
    assert!(frame.rgb().iter().all(|value| *value == 255));
    let grey = decode_any(&written(3, 2, png::ColorType::Grayscale, false)).unwrap();
    assert_eq!(grey.rgb(), [0; 18]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// One redactor for all: the frames before it must not matter.
    #[test]
    fn a_picture_of_any_size_is_redacted_or_refused(sizes in prop::collection::vec((1..150u32, 1..90u32, any::<u64>()), 1..4)) {
        let mut redactor = redactor(Profile::Fast);
        for (width, height, seed) in sizes {
            let mut state = seed | 1;
            let noise = |_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state.to_le_bytes()[0]
            };
            let rgb = (0..width * height * 3).map(noise).collect();
            let raw = Raw::seal(Pixels::new(width, height, rgb).unwrap());
            if let Ok(stored) = redactor.redact(raw, None, Whose::Own, &|| TimeLeft::Enough) {
                let stored = decode(&stored.content().png().unwrap()).unwrap();
                prop_assert_eq!((stored.width(), stored.height()), (width, height));
            }
        }
    }
}
