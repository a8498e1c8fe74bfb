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
use candor_redact::{ImageRedactor, Lists, Models, Profile, RedactedImage, Whose, read_png};
use pages::{Screen, drawings, portraits, sheet};
use picture::Picture;

/// The colour of what is masked.
const FILL: [u8; 3] = [0x40; 3];
/// A face is masked if so much of its box is.
const MASKED_MIN: f64 = 0.95;
/// Share of the faces of a height in pixels, and more, that are masked.
const FLOORS: [(u32, f64); 3] = [(24, 0.9), (32, 0.95), (48, 1.0)];
/// Most pictures without a face of which a part is masked as one.
const VAIN_MAX: usize = 1;

fn redactor(profile: Profile) -> ImageRedactor {
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    ImageRedactor::new(profile, &models, Lists::default()).unwrap()
}

fn redact(redactor: &mut ImageRedactor, png: Vec<u8>) -> RedactedImage {
    redactor.redact(read_png(png).unwrap(), None, Whose::Own, &|| true).unwrap().into_content()
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
    let faces = image.report.findings.iter().filter(|finding| finding.rule == "image.face");
    let place = |place: &Place| match place {
        Place::Frame { bounds } => *bounds,
        Place::Title | Place::Target | Place::Typed | Place::Task | Place::Tree { .. } => unreachable!(),
    };
    faces.map(|finding| place(&finding.place)).collect()
}

/// Faces of a height in all, and those that are masked.
fn counted(redactor: &mut ImageRedactor, face_px: u32) -> (usize, usize) {
    let screens = portraits(face_px);
    let (mut all, mut found) = (0, 0);
    for (screen, raw) in screens.iter().zip(drawn_screens(&screens)) {
        let stored = Picture::of(&redact(redactor, raw.png()).png);
        all += screen.places.len();
        found += screen.places.iter().filter(|face| masked(&stored, **face) >= MASKED_MIN).count();
    }
    (all, found)
}

#[test]
fn portraits_hold_their_floors_by_size_in_the_lightest_profile() {
    let mut redactor = redactor(Profile::Fast);
    let counts: Vec<(u32, usize, usize)> = [24, 32, 48, 64, 96, 128, 192]
        .into_iter()
        .map(|face_px| (face_px, counted(&mut redactor, face_px)))
        .map(|(face_px, (all, found))| (face_px, all, found))
        .collect();
    for (from, floor) in FLOORS {
        let sum = |part: fn(&(u32, usize, usize)) -> usize| {
            counts.iter().filter(|(face_px, ..)| *face_px >= from).map(part).sum::<usize>()
        };
        let (all, found) = (sum(|(_, all, _)| *all), sum(|(_, _, found)| *found));
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
    let second = Picture::of(&redact(&mut redactor, changed.png()).png);
    for face in &screens[0].places {
        assert!(masked(&Picture::of(&first.png), *face) >= MASKED_MIN, "{face:?}");
        assert!(masked(&second, *face) >= MASKED_MIN, "{face:?}");
    }
    for mut redactor in [redactor, self::redactor(Profile::Standard)] {
        let again = redact(&mut redactor, first.png.clone());
        assert_eq!(faces(&again), []);
        assert_eq!(again.png, first.png);
    }
}

#[test]
fn every_profile_masks_faces() {
    let screens = portraits(96);
    let raw = drawn_screens(&screens).swap_remove(0);
    for profile in Profile::ALL {
        let stored = Picture::of(&redact(&mut redactor(profile), raw.png()).png);
        assert!(screens[0].places.iter().all(|face| masked(&stored, *face) >= MASKED_MIN), "{profile}");
    }
}
