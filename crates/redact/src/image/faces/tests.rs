use std::path::Path;

use super::*;
use crate::TimeLeft;
use crate::ocr::ReadError;
use crate::screen::canvas::fill;
use crate::screen::picture::decode_any;

const CALM: Hurry<'_> = Hurry::new(&|| TimeLeft::Enough);
/// Of the two portraits the side, and the box of the face: left, top, side.
const SIDE_PX: u32 = 96;
const FACES: [(&str, (u32, u32, u32)); 2] = [("collins.png", (19, 24, 51)), ("hopper.png", (21, 16, 55))];
/// Heights of faces on the screens. The model finds faces of 16 pixels less surely, and says so in its card.
const HEIGHTS_PX: [u32; 5] = [24, 32, 48, 96, 256];
/// A face is masked if so many hundredths of its box are; so many hundredths of the faces must be.
const MASKED_MIN: u64 = 95;
const FLOOR: usize = 95;

fn shipped() -> Models {
    Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap()
}

fn finder() -> Faces {
    Faces::new(&shipped()).unwrap()
}

fn portrait(name: &str) -> Pixels {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/image/faces").join(name);
    decode_any(&std::fs::read(path).unwrap()).unwrap()
}

fn screen(width: u32, height: u32, ground: u8) -> Pixels {
    Pixels::new(width, height, vec![ground; index(width) * index(height) * 3]).unwrap()
}

fn index(length: u32) -> usize {
    usize::try_from(length).unwrap()
}

/// Draws `picture` at a side of `side` pixels, each value by `shade`.
fn draw(
    screen: &mut Pixels,
    picture: &Pixels,
    (left, top): (u32, u32),
    side: u32,
    shade: fn([u8; 3]) -> [u8; 3],
) {
    let width = index(screen.width());
    for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
        let at = (index(top + y) * width + index(left + x)) * 3;
        let pixel = between(picture, [y, x].map(|at| at * (SIDE_PX - 1) * 256 / side.max(2)));
        screen.rgb_mut()[at..at + 3].copy_from_slice(&shade(pixel));
    }
}

/// The colour at a place in 256ths of a pixel: that of the four pixels around it, by how near they are.
fn between(picture: &Pixels, place: [u32; 2]) -> [u8; 3] {
    let [(y, down), (x, right)] = place.map(|at| (at / 256, at % 256));
    std::array::from_fn(|channel| {
        let value = |y: u32, x: u32| {
            let (y, x) = (y.min(SIDE_PX - 1), x.min(SIDE_PX - 1));
            u32::from(picture.rgb()[index(y * SIDE_PX + x) * 3 + channel])
        };
        let row = |y: u32| value(y, x) * (256 - right) + value(y, x + 1) * right;
        u8::try_from((row(y) * (256 - down) + row(y + 1) * down) >> 16).unwrap()
    })
}

/// As it is, in grey, darker, and with less contrast.
const SHADES: [fn([u8; 3]) -> [u8; 3]; 4] = [
    |pixel| pixel,
    |[red, green, blue]| {
        [u8::try_from((u16::from(red) + u16::from(green) + u16::from(blue)) / 3).unwrap(); 3]
    },
    |pixel| pixel.map(|value| value / 2),
    |pixel| pixel.map(|value| 60 + value / 2),
];

/// A screen with one portrait, whose face has a height and a box.
fn with_face(n: usize, height: u32, shade: fn([u8; 3]) -> [u8; 3]) -> (Pixels, Area) {
    let (name, (left, top, face)) = FACES[n % 2];
    let side = height * SIDE_PX / face;
    let corner = (40 + height % 7, 30 + height % 5);
    let mut screen = screen(640, 560, [255, 31, 128][n % 3]);
    draw(&mut screen, &portrait(name), corner, side, shade);
    let at = |from: u32, length: u32| from + length * side / SIDE_PX;
    let bounds =
        Area::new(at(corner.0, left), at(corner.1, top), at(corner.0, left + face), at(corner.1, top + face));
    (screen, bounds.unwrap())
}

fn heads(faces: &mut Faces, frame: &Pixels, changed: &Difference) -> Vec<Area> {
    faces.see(frame, changed);
    faces.heads(frame, &[], CALM).unwrap().iter().map(|mask| mask.area).collect()
}

fn anew(frame: &Pixels) -> Vec<Area> {
    heads(&mut finder(), frame, &Difference::whole(frame))
}

fn is_masked(face: Area, heads: &[Area]) -> bool {
    let covered = heads.iter().filter_map(|head| head.common(face)).map(Area::size).max();
    covered.unwrap_or(0) * 100 >= face.size() * MASKED_MIN
}

#[test]
fn faces_from_24_pixels_on_hold_their_floor() {
    let mut faces = finder();
    let (mut all, mut missed) = (0, Vec::new());
    for (n, height) in HEIGHTS_PX.into_iter().flat_map(|height| (0..2).map(move |n| (n, height))) {
        for (shaded, shade) in
            SHADES.into_iter().enumerate().filter(|(shaded, _)| height < 256 || *shaded == n)
        {
            let (screen, face) = with_face(n, height, shade);
            all += 1;
            if !is_masked(face, &heads(&mut faces, &screen, &Difference::whole(&screen))) {
                missed.push((FACES[n % 2].0, n % 3, height, shaded));
            }
        }
    }
    assert!(missed.len() * 100 <= all * (100 - FLOOR), "{} of {all}: {missed:?}", missed.len());
}

#[test]
fn what_changed_is_found_as_in_a_picture_that_was_never_seen() {
    let (collins, hopper) = (portrait(FACES[0].0), portrait(FACES[1].0));
    let both = |at: (u32, u32)| {
        let mut both = screen(640, 480, 240);
        draw(&mut both, &collins, at, 96, |pixel| pixel);
        draw(&mut both, &hopper, (400, 200), 120, |pixel| pixel);
        both
    };
    let (first, moved) = (both((50, 60)), both((53, 65)));
    let mut dot = first.clone();
    fill(&mut dot, Area::new(600, 440, 610, 445).unwrap().rect());
    let mut one = first.clone();
    fill(&mut one, Area::new(400, 200, 520, 320).unwrap().rect());
    let (mut small, mut faces, mut before) = (screen(300, 200, 250), finder(), screen(8, 8, 0));
    draw(&mut small, &collins, (50, 60), 96, |pixel| pixel);
    for (frame, count) in [
        (&first, 2),
        (&dot, 2),
        (&one, 1),
        (&moved, 2),
        (&small, 1),
        (&screen(300, 200, 250), 0),
        (&first, 2),
        (&dot, 2),
    ] {
        let found = heads(&mut faces, frame, &Difference::between(&before, frame));
        assert_eq!(found, anew(frame));
        assert_eq!(found.len(), count);
        before = frame.clone();
    }
}

#[test]
fn what_did_not_change_is_not_looked_at_again_and_a_screen_without_pictures_never() {
    let nothing = tempfile::tempdir().unwrap();
    let without_model = Models::open(nothing.path()).unwrap();
    let (frame, _) = with_face(0, 64, SHADES[0]);
    let mut faces = finder();
    let found = heads(&mut faces, &frame, &Difference::whole(&frame));
    faces.models = without_model;
    let mut dot = frame.clone();
    fill(&mut dot, Area::new(500, 500, 510, 505).unwrap().rect());
    let flat = screen(640, 560, 7);
    for (next, before, expected) in
        [(&dot, &frame, &found), (&flat, &dot, &Vec::new()), (&frame, &flat, &found)]
    {
        assert_eq!(heads(&mut faces, next, &Difference::between(before, next)), *expected);
    }
    let (other, _) = with_face(1, 64, SHADES[0]);
    faces.see(&other, &Difference::between(&frame, &other));
    assert!(matches!(faces.heads(&other, &[], CALM), Err(ImageError::Models(_))));
}

#[test]
fn a_face_that_is_not_painted_is_left_and_one_that_is_painted_is_not() {
    let (mut frame, face) = with_face(0, 64, SHADES[0]);
    let mut faces = finder();
    faces.see(&frame, &Difference::whole(&frame));
    let heads = faces.heads(&frame, &[], CALM).unwrap();
    assert_eq!(heads.len(), 1);
    let beside = Mask::unknown(Area::new(0, 0, 30, 30).unwrap(), "image.text");
    fill(&mut frame, beside.area.rect());
    assert_eq!(faces.left(&frame, &[beside], (false, CALM)).unwrap(), heads);
    let whole = faces.left(&frame, &[beside], (true, CALM)).unwrap();
    assert!(whole != heads && whole.iter().any(|mask| is_masked(face, &[mask.area])), "{whole:?}");
    let chin = Mask::unknown(Area { top: face.bottom - 6, ..face }, "image.text");
    fill(&mut frame, chin.area.rect());
    assert_eq!(faces.left(&frame, &[beside, chin], (false, CALM)).unwrap().len(), 1);
    let box_only = Mask::unknown(face, "image.text");
    fill(&mut frame, face.rect());
    assert_eq!(faces.left(&frame, &[beside, chin, box_only], (false, CALM)).unwrap(), []);
    fill(&mut frame, heads[0].area.rect());
    assert_eq!(faces.left(&frame, &[beside, chin, heads[0]], (false, CALM)).unwrap(), []);
}

#[test]
fn what_is_masked_is_not_looked_at() {
    let (frame, face) = with_face(0, 64, SHADES[0]);
    let mut faces = finder();
    faces.see(&frame, &Difference::whole(&frame));
    let all = Area::new(0, 0, frame.width(), frame.height()).unwrap();
    let photo = Mask::unknown(face.grown(80, 80, all), "image.photo");
    assert_eq!(faces.heads(&frame, &[photo], CALM).unwrap(), []);
    assert!(faces.here.is_empty());
}

#[test]
fn a_photograph_that_cannot_be_looked_at_in_time_is_an_error_and_a_second_try_finds_the_face() {
    let (frame, _) = with_face(1, 64, SHADES[0]);
    let mut faces = finder();
    faces.see(&frame, &Difference::whole(&frame));
    let late = faces.heads(&frame, &[], Hurry::new(&|| TimeLeft::Nothing));
    assert!(matches!(late, Err(ImageError::Read(ReadError::OutOfTime))));
    assert_eq!(faces.heads(&frame, &[], CALM).unwrap().len(), 1);
}

/// Enough time for so many looks, then little.
fn few(looks: usize) -> impl Fn() -> TimeLeft {
    let left = std::cell::Cell::new(looks);
    move || match left.replace(left.get().saturating_sub(1)) {
        0 => TimeLeft::Little,
        _ => TimeLeft::Enough,
    }
}

fn unseen(masks: &[Mask]) -> Vec<Area> {
    masks.iter().filter(|mask| mask.rule == UNSEEN_RULE).map(|mask| mask.area).collect()
}

#[test]
fn a_picture_goes_whole_until_all_of_it_was_looked_at_and_is_not_looked_at_twice() {
    let (frame, face) = with_face(0, 256, SHADES[0]);
    let expected = anew(&frame);
    let mut faces = finder();
    faces.see(&frame, &Difference::whole(&frame));
    let squares: usize = looks::of(faces.tiles.groups(|_| true), Area::new(0, 0, 640, 560).unwrap())
        .iter()
        .map(|r| r.squares.len())
        .sum();
    let looks_a_frame = squares / 3;
    for shown in 0.. {
        let masks = faces.heads(&frame, &[], Hurry::new(&few(looks_a_frame))).unwrap();
        if (shown + 1) * looks_a_frame >= squares {
            assert_eq!(masks.iter().map(|mask| mask.area).collect::<Vec<_>>(), expected);
            break;
        }
        let [gone] = unseen(&masks)[..] else { panic!("{shown}: {masks:?}") };
        assert!(gone.common(face) == Some(face), "{gone:?}");
        let mut painted = frame.clone();
        for mask in &masks {
            fill(&mut painted, mask.area.rect());
        }
        assert_eq!(faces.left(&painted, &masks, (false, Hurry::new(&few(0)))).unwrap(), []);
    }
}

#[test]
fn what_paint_changed_goes_whole_too_where_there_is_little_time() {
    let (mut frame, face) = with_face(0, 96, SHADES[0]);
    let mut faces = finder();
    faces.see(&frame, &Difference::whole(&frame));
    let heads = faces.heads(&frame, &[], CALM).unwrap();
    let line = Mask::unknown(Area { bottom: face.top + 10, ..face }, "image.text");
    fill(&mut frame, line.area.rect());
    assert_eq!(unseen(&faces.left(&frame, &[line], (false, CALM)).unwrap()), []);
    let mut again = finder();
    again.see(&with_face(0, 96, SHADES[0]).0, &Difference::whole(&frame));
    assert_eq!(again.heads(&with_face(0, 96, SHADES[0]).0, &[], CALM).unwrap(), heads);
    let more = again.left(&frame, &[line], (false, Hurry::new(&few(0)))).unwrap();
    let [gone] = unseen(&more)[..] else { panic!("{more:?}") };
    assert_eq!(gone.common(face), Some(face));
    fill(&mut frame, gone.rect());
    let all = [line, more[0]];
    assert_eq!(again.left(&frame, &all, (false, Hurry::new(&few(0)))).unwrap(), []);
}

#[test]
fn without_its_model_there_is_no_finder() {
    let folder = tempfile::tempdir().unwrap();
    let models = Models::open(folder.path()).unwrap();
    assert!(matches!(Faces::new(&models), Err(ModelError::Unreadable { name: "faces/blazeface.onnx", .. })));
    let mut bytes = shipped().read(File::Faces).unwrap();
    bytes[300_000] ^= 1;
    std::fs::create_dir(folder.path().join("faces")).unwrap();
    #[expect(clippy::disallowed_methods, reason = "a test's own file need not be durable")]
    std::fs::write(folder.path().join("faces/blazeface.onnx"), bytes).unwrap();
    assert!(matches!(Faces::new(&models), Err(ModelError::Changed { name: "faces/blazeface.onnx" })));
}
