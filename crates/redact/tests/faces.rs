//! Faces on screens: portraits of many sizes are drawn by Chromium and redacted, and are masked; pictures of other things stay.
//!
//! The two portraits are in the public domain (`faces/README.md`); `xtask/deid/faces.py` measures more people, whose pictures are
//! not ours to hand on.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, which fail like tests")]

#[path = "reader/browser.rs"]
mod browser;
#[path = "faces/pages.rs"]
mod pages;
#[expect(dead_code, reason = "the reader looks at pictures twice as large too")]
#[path = "reader/picture.rs"]
mod picture;

use std::path::Path;

use browser::drawn;
use candor_model::{Place, Rect};
use candor_redact::{
    FACE_RULE, ImageRedactor, Lists, Models, Profile, RedactedImage, TimeLeft, UNSEEN_RULE, Whose, read_png,
};
use pages::{Screen, drawings, portraits, sheet};
use picture::Picture;

/// The colour of what is masked.
const FILL: [u8; 3] = [0x40; 3];
/// A face is masked if so much of its box is.
const MASKED_MIN: f64 = 0.95;
/// Heights of faces in pixels, and share of the faces of a height, and more, that are found.
const HEIGHTS_PX: [u32; 4] = [24, 48, 96, 192];
const FLOORS: [(u32, f64); 2] = [(24, 0.95), (48, 1.0)];
/// Most pictures without a face of which a part is masked as one.
const VAIN_MAX: usize = 1;

fn redactor(profile: Profile) -> ImageRedactor {
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    ImageRedactor::new(profile, &models, Lists::default()).unwrap()
}

fn redact(redactor: &mut ImageRedactor, png: Vec<u8>) -> RedactedImage {
    redactor.redact(read_png(png).unwrap(), None, Whose::Own, &|| TimeLeft::Enough).unwrap().into_content()
}

fn png(image: &RedactedImage) -> Vec<u8> {
    image.png().unwrap()
}

fn drawn_screens(screens: &[Screen]) -> Vec<Picture> {
    drawn(tempfile::tempdir().unwrap().path(), &sheet(screens), screens.len())
}

/// Share of a part of a picture that is masked.
fn masked(picture: &Picture, part: Rect) -> f64 {
    let (left, top, right, bottom) = part.clipped(1280, 720).unwrap();
    let pixels = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
    let is_masked = |(x, y): &(u32, u32)| picture.at(*x, *y) == FILL;
    let count = |n: usize| f64::from(u32::try_from(n).unwrap());
    count(pixels.clone().filter(is_masked).count()) / count(pixels.count())
}

/// Where faces are masked.
fn faces(image: &RedactedImage) -> Vec<Rect> {
    let faces = image.report.findings.iter().filter(|finding| finding.rule == FACE_RULE);
    let place = |place: &Place| match place {
        Place::Frame { bounds } => *bounds,
        Place::Title | Place::Target | Place::Typed | Place::Task | Place::Tree { .. } => unreachable!(),
    };
    faces.map(|finding| place(&finding.place)).collect()
}

/// Whether one mask for a face holds nearly all of it: what the reader takes for text does not count.
fn is_found(face: Rect, image: &RedactedImage) -> bool {
    let pixels = |rect: Rect| f64::from(rect.width) * f64::from(rect.height);
    let common = |mask: Rect| {
        let end = |from: i32, length: u32| from.saturating_add_unsigned(length);
        let (left, top) = (mask.x.max(face.x), mask.y.max(face.y));
        let across = end(mask.x, mask.width).min(end(face.x, face.width)) - left;
        let along = end(mask.y, mask.height).min(end(face.y, face.height)) - top;
        f64::from(across.max(0)) * f64::from(along.max(0))
    };
    faces(image).into_iter().any(|mask| common(mask) >= MASKED_MIN * pixels(face))
}

/// Faces of a height in all, and those that are found and masked.
fn counted(redactor: &mut ImageRedactor, face_px: u32) -> (usize, usize) {
    let screens = portraits(face_px);
    let (mut all, mut found) = (0, 0);
    for (screen, raw) in screens.iter().zip(drawn_screens(&screens)) {
        let image = redact(redactor, raw.png());
        let stored = Picture::of(&png(&image));
        let is_masked = |face: &&Rect| is_found(**face, &image) && masked(&stored, **face) >= MASKED_MIN;
        all += screen.places.len();
        found += screen.places.iter().filter(is_masked).count();
    }
    (all, found)
}

/// How many pictures were not looked at for want of time.
fn unseen(image: &RedactedImage) -> usize {
    image.report.findings.iter().filter(|finding| finding.rule == UNSEEN_RULE).count()
}

#[test]
fn with_little_time_pictures_go_whole_and_the_same_screen_is_looked_at_when_it_comes_again() {
    let screens = &portraits(48)[..1];
    let raw = drawn_screens(screens).remove(0).png();
    let mut rushed = redactor(Profile::Fast);
    let mut redact_in = |left: TimeLeft| {
        rushed.redact(read_png(raw.clone()).unwrap(), None, Whose::Own, &|| left).unwrap().into_content()
    };
    let image = redact_in(TimeLeft::Little);
    let stored = Picture::of(&png(&image));
    assert!(unseen(&image) > 0 && faces(&image).is_empty());
    assert!(screens[0].places.iter().all(|face| masked(&stored, *face) >= MASKED_MIN));
    let calm = redact_in(TimeLeft::Enough);
    assert_eq!(unseen(&calm), 0);
    assert_eq!(calm, redact(&mut redactor(Profile::Fast), raw.clone()));
}

#[test]
fn portraits_hold_their_floors_by_size_in_the_lightest_profile() {
    let mut redactor = redactor(Profile::Fast);
    let counts = HEIGHTS_PX.map(|face_px| (face_px, counted(&mut redactor, face_px)));
    for (from, floor) in FLOORS {
        let of_height = counts.iter().filter(|(face_px, _)| *face_px >= from);
        let (all, found) = of_height.fold((0, 0), |sum, (_, (all, found))| (sum.0 + all, sum.1 + found));
        let real = |n: usize| f64::from(u32::try_from(n).unwrap());
        assert!(real(found) >= floor * real(all), "from {from} pixels {found} of {all}: {counts:?}");
    }
}

#[test]
fn charts_icons_and_photographs_of_things_stay() {
    let mut redactor = redactor(Profile::Fast);
    let screens = drawings();
    let mut vain = Vec::new();
    for (screen, raw) in screens.iter().zip(drawn_screens(&screens)) {
        let faces = faces(&redact(&mut redactor, raw.png()));
        let touches = |a: &Rect, b: &Rect| {
            let apart = |from: i32, length: u32, to: i32| from.saturating_add_unsigned(length) <= to;
            !(apart(a.x, a.width, b.x)
                || apart(b.x, b.width, a.x)
                || apart(a.y, a.height, b.y)
                || apart(b.y, b.height, a.y))
        };
        vain.extend(
            screen.places.iter().filter(|place| faces.iter().any(|face| touches(place, face))).copied(),
        );
    }
    assert!(vain.len() <= VAIN_MAX, "{vain:?}");
}

#[test]
fn a_face_stays_masked_when_something_else_changes_and_when_it_is_redacted_again() {
    let screens = portraits(64);
    let raw = drawn_screens(&screens).swap_remove(0);
    let mut redactor = redactor(Profile::Standard);
    let first = redact(&mut redactor, raw.png());
    let mut changed = raw;
    changed.fill((1240, 700, 1270, 715), [200, 40, 40]);
    let second = Picture::of(&png(&redact(&mut redactor, changed.png())));
    for face in &screens[0].places {
        assert!(masked(&Picture::of(&png(&first)), *face) >= MASKED_MIN, "{face:?}");
        assert!(masked(&second, *face) >= MASKED_MIN, "{face:?}");
    }
    for mut redactor in [redactor, self::redactor(Profile::Standard)] {
        let again = redact(&mut redactor, png(&first));
        assert_eq!(faces(&again), []);
        let (before, after) = (Picture::of(&png(&first)), Picture::of(&png(&again)));
        let mut pixels = (0..720).flat_map(|y| (0..1280).map(move |x| (x, y)));
        assert!(pixels.all(|(x, y)| before.at(x, y) != FILL || after.at(x, y) == FILL));
    }
}

#[test]
fn every_profile_masks_faces() {
    let screens = portraits(96);
    let raw = drawn_screens(&screens).swap_remove(0);
    for profile in Profile::ALL {
        let stored = Picture::of(&png(&redact(&mut redactor(profile), raw.png())));
        assert!(screens[0].places.iter().all(|face| masked(&stored, *face) >= MASKED_MIN), "{profile}");
    }
}
