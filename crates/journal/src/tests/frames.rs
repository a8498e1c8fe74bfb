//! Frames are kept as tiles, each once in a session, and come out as they went in.

use std::sync::Arc;

use candor_model::{BlobRef, Digest, FrameView, Media, Rect, RedactedStep, Tile};

use super::house::{
    KEY, at, bundle_bytes, contributor, entropy, files, frames_of, no_hook, open, session, start, step,
};
use crate::{Journal, SessionWriter};

const WIDTH: u32 = 200;
const HEIGHT: u32 = 150;

/// A screen that differs from all others of its kind in one tile, which `second` names.
fn screen(second: u32) -> Vec<u8> {
    let value = |n: u32| u8::try_from(n * 31 % 251).unwrap();
    let mut rgb: Vec<u8> = (0..WIDTH * HEIGHT * 3).map(value).collect();
    let in_tile = usize::try_from((second % 12 / 4 * 64 * WIDTH + second % 4 * 64) * 3).unwrap();
    rgb[in_tile] = u8::try_from(second).unwrap();
    rgb[in_tile + 1] ^= 0x80;
    FrameView::new(WIDTH, HEIGHT, &rgb).unwrap().to_pixmap()
}

fn with_frame(second: u32, frame: Vec<u8>) -> RedactedStep {
    let mut content = step(second, 0);
    (content.step.screen.width, content.step.screen.height) = (WIDTH, HEIGHT);
    content.step.frame = BlobRef::of(&frame, Media::Pixmap);
    content.frame = Some(frame.into());
    content
}

fn append(writer: &mut SessionWriter, second: u32) -> u64 {
    writer.append_content(with_frame(second, screen(second)), u64::MAX).unwrap().unwrap()
}

fn append_all(writer: &mut SessionWriter, seconds: std::ops::Range<u32>) {
    for second in seconds {
        append(writer, second);
    }
}

fn shown(journal: &Journal, number: u32) -> Vec<u8> {
    journal.view_step(session(1), number).unwrap().content.frame.unwrap().into_vec()
}

fn size(folder: &std::path::Path) -> u64 {
    files(folder).iter().map(|path| std::fs::metadata(path).unwrap().len()).sum()
}

#[test]
fn a_frame_takes_what_is_new_in_it_and_reads_as_it_was_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    let taken: Vec<u64> = (0..12).map(|second| append(&mut writer, second)).collect();
    assert!(taken[1..].iter().all(|bytes| *bytes * 2 < taken[0]), "{taken:?}");
    assert!(taken.iter().sum::<u64>() <= size(folder.path()));
    // Backwards, and then on: what is kept for the next frame may not mix them up.
    let as_they_were = |journal: &Journal| {
        for number in (0..12).rev().chain(0..12) {
            assert!(shown(journal, number) == screen(number), "{number}");
        }
    };
    as_they_were(&journal);
    drop((writer, journal));
    as_they_were(&open(folder.path()));
}

#[test]
fn after_something_was_forgotten_no_old_tile_stands_in_a_new_frame() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    append_all(&mut writer, 0..6);
    (0..6).for_each(|number| assert!(shown(&journal, number) == screen(number)));
    writer.forget_since(at(3), at(6)).unwrap();
    append_all(&mut writer, 7..11);
    for (number, second) in [0, 1, 2, 7, 8, 9, 10].into_iter().enumerate() {
        assert!(shown(&journal, u32::try_from(number).unwrap()) == screen(second), "{second}");
    }
    drop(writer);
    drop(journal);
    assert!(shown(&open(folder.path()), 6) == screen(10));
}

#[test]
fn a_step_that_does_not_fit_is_not_written_and_the_next_ones_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    append(&mut writer, 0);
    let before = size(folder.path());
    let too_large = writer.append_content(with_frame(1, screen(1)), 300).unwrap();
    assert_eq!((too_large, size(folder.path())), (None, before));
    let taken = writer.append_content(with_frame(2, screen(2)), 1_000_000).unwrap().unwrap();
    assert_eq!(size(folder.path()), before + taken);
    append(&mut writer, 3);
    for (number, second) in [(0, 0), (1, 2), (2, 3)] {
        assert!(shown(&journal, number) == screen(second), "{second}");
    }
}

#[test]
fn what_leaves_holds_the_frames_that_are_kept_and_no_tile_of_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(folder.path());
    let mut writer = journal.begin(start(1)).unwrap();
    append_all(&mut writer, 0..6);
    writer.finish(at(9), None).unwrap();
    // The first one brought almost every tile that the others have.
    journal.drop_step(session(1), 0).unwrap();
    journal.drop_step(session(1), 4).unwrap();
    journal.mask(session(1), Some(2), Rect { x: 0, y: 0, width: 70, height: 3 }).unwrap();
    journal.mark_reviewed(session(1), at(20)).unwrap();
    let preview = journal.preview(session(1)).unwrap();
    let bytes = bundle_bytes(&journal, 1);
    let contents = candor_bundle::read(bytes.as_slice()).unwrap();
    let frames = frames_of(&contents);
    let expected: Vec<Vec<u8>> = [1, 2, 3, 5].into_iter().map(|number| shown(&journal, number)).collect();
    assert!(expected[1] != screen(2) && expected[0] == screen(1));
    let sent = contents.steps.iter().map(|step| frames[&step.frame.unwrap().digest].clone());
    assert!(sent.eq(expected.clone()));
    // Twelve tiles at first, and then those in which the others differ: no room is left for one that only step 0 or 4 has.
    let distinct = |pixmaps: &[Vec<u8>]| {
        let tiles = pixmaps.iter().flat_map(|pixmap| FrameView::of_pixmap(pixmap).unwrap().tiles());
        tiles.map(Tile::digest).collect::<std::collections::BTreeSet<Digest>>().len()
    };
    let tiles: u32 = contents.frames.iter().map(|frame| frame.packed.fresh()).sum();
    assert_eq!(usize::try_from(tiles).unwrap(), distinct(&expected));
    assert_eq!((preview.frames, preview.digest), (4, Digest::of(&contents.manifest_bytes)));
    let around = contents.manifest_bytes.len() as u64;
    let lines: u64 =
        contents.steps.iter().map(|s| candor_model::canonical_bytes(s).unwrap().len() as u64 + 1).sum();
    assert_eq!(preview.bytes, lines + around + contents.packed_bytes().unwrap());
}

#[test]
fn a_frame_that_is_not_the_one_that_its_step_names_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path(), &KEY, &mut entropy(), Arc::clone(&no_hook())).unwrap();
    let mut writer = journal.begin(start(1)).unwrap();
    let mut other = with_frame(0, screen(0));
    other.frame = Some(screen(1).into());
    assert!(writer.append_content(other, u64::MAX).is_err());
    append(&mut writer, 2);
    assert!(shown(&journal, 0) == screen(2));
    writer.finish(at(9), None).unwrap();
    journal.mark_reviewed(session(1), at(20)).unwrap();
    assert!(journal.release(session(1), &contributor(), at(30), &mut entropy()).is_ok());
}
