//! The reader on a committed screen: what changes is read, what does not is remembered.

use std::path::Path;

use super::*;
use crate::Models;
use crate::screen::picture::decode_any;

fn shipped(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn reader() -> Reader {
    Models::open(&shipped("../../models")).unwrap().ocr().unwrap()
}

fn chat() -> Pixels {
    decode_any(&std::fs::read(shipped("tests/screens/chat.png")).unwrap()).unwrap()
}

fn texts(lines: &[Line]) -> Vec<(Area, String)> {
    lines.iter().map(|line| (line.bounds, line.text().to_owned())).collect()
}

const CALM: Hurry<'static> = Hurry(&|| true);

#[test]
fn lines_are_read_with_their_places() {
    let mut reader = reader();
    let (lines, is_new) = reader.lines(&chat(), &[], CALM).unwrap();
    assert!(is_new);
    let line = lines.iter().find(|line| line.text().starts_with("Channels")).unwrap();
    assert_eq!(line.text(), "Channels Threads Files");
    assert!(line.confidence() > 0.9);
    let threads = line.span(&(9..16));
    assert!(threads.left > 60 && threads.right < 150, "{threads:?}");
}

#[test]
fn a_changed_line_is_read_again_and_the_others_stay() {
    let mut reader = reader();
    let mut frame = chat();
    let before = texts(&reader.lines(&frame, &[], CALM).unwrap().0);
    assert_eq!(texts(&reader.lines(&frame, &[], CALM).unwrap().0), before);
    let (gone, _) = before.iter().find(|(_, text)| text.starts_with("Channels")).cloned().unwrap();
    crate::screen::canvas::fill(&mut frame, gone.rect());
    let after = texts(&reader.lines(&frame, &[], CALM).unwrap().0);
    assert!(after.iter().all(|(_, text)| !text.contains("Channels")));
    let elsewhere = |lines: &[(Area, String)]| -> Vec<(Area, String)> {
        lines.iter().filter(|(area, _)| area.top > gone.bottom + 80).cloned().collect()
    };
    assert_eq!(elsewhere(&after), elsewhere(&before));
}

#[test]
fn a_word_that_is_added_to_a_line_is_read_with_it() {
    let whole = chat();
    let (lines, _) = reader().lines(&whole, &[], CALM).unwrap();
    let line = lines.iter().find(|line| line.text() == "Channels Threads Files").unwrap().clone();
    for word in [9..22, 17..22, 21..22] {
        let mut part = whole.clone();
        let (gone, ground) = (line.span(&word), part.rgb()[..3].to_vec());
        for (y, x) in
            (line.bounds.top..line.bounds.bottom).flat_map(|y| (gone.left..gone.right).map(move |x| (y, x)))
        {
            let at = usize::try_from((y * part.width() + x) * 3).unwrap();
            part.rgb_mut()[at..at + 3].copy_from_slice(&ground);
        }
        let mut reader = reader();
        let before = texts(&reader.lines(&part, &[], CALM).unwrap().0);
        assert!(before.iter().all(|(_, text)| text != "Channels Threads Files"), "{before:?}");
        let after = texts(&reader.lines(&whole, &[], CALM).unwrap().0);
        assert!(
            after.iter().any(|(_, text)| text.ends_with(line.text().get(word.clone()).unwrap())),
            "{word:?}: {after:?}"
        );
    }
}

/// A picture of nothing but one long line, moved to the right, with its own first word once more behind it if asked for.
fn long_line(screen: &Pixels, line: &Line, (moved, again_at): (u32, Option<u32>)) -> Pixels {
    let bounds = line.bounds;
    let first = line.span(&(0..line.text().find(' ').unwrap()));
    let (width, height) = (bounds.width() + 300, bounds.height() + 40);
    let pixel = |x: u32, y: u32| usize::try_from((y * screen.width() + x) * 3).unwrap();
    let ground = screen.rgb()[pixel(bounds.left, bounds.top)..][..3].to_vec();
    let mut rgb = ground.repeat(usize::try_from(width * height).unwrap());
    let mut put = |from: Area, left: u32| {
        for (y, x) in (from.top..from.bottom).flat_map(|y| (from.left..from.right).map(move |x| (y, x))) {
            let to = usize::try_from(((y - bounds.top + 20) * width + left + x - from.left) * 3).unwrap();
            rgb[to..to + 3].copy_from_slice(&screen.rgb()[pixel(x, y)..][..3]);
        }
    };
    put(bounds, moved);
    if let Some(left) = again_at {
        put(Area { top: bounds.top, bottom: bounds.bottom, ..first }, left);
    }
    Pixels::new(width, height, rgb).unwrap()
}

#[test]
fn a_short_word_that_is_added_behind_a_long_line_is_read() {
    let screen = chat();
    let (lines, _) = reader().lines(&screen, &[], CALM).unwrap();
    let short_first = |line: &&Line| line.text().find(' ').is_some_and(|end| end <= 5);
    let line = lines.iter().filter(short_first).max_by_key(|line| line.bounds.width()).unwrap();
    let right = |lines: &[Line]| lines.iter().map(|line| line.bounds.right).max().unwrap();
    // The line ends where a tile ends: what comes behind it changes no tile of the line, which stays known. (`shows_more` is not
    // what this holds: the word is found as a box of its own.)
    let at_border = (20..52).find(|moved| {
        let picture = long_line(&screen, line, (*moved, None));
        right(&reader().lines(&picture, &[], CALM).unwrap().0).is_multiple_of(32)
    });
    let moved = at_border.unwrap();
    let mut reader = reader();
    let (before, _) = reader.lines(&long_line(&screen, line, (moved, None)), &[], CALM).unwrap();
    let border = right(&before);
    let added = long_line(&screen, line, (moved, Some(border + 1)));
    let after = texts(&reader.lines(&added, &[], CALM).unwrap().0);
    let reached = after.iter().any(|(area, _)| area.right > border + 4);
    assert!(reached, "{border}: {after:?}, before {before:?}");
}

#[test]
fn a_line_outside_of_what_may_be_read_says_nothing() {
    let mut reader = reader();
    let frame = chat();
    let (all, _) = reader.lines(&frame, &[], CALM).unwrap();
    let line = all.iter().find(|line| line.text().starts_with("Channels")).unwrap().clone();
    reader.only_in(Some(vec![line.bounds]));
    let (some, is_new) = reader.lines(&frame, &[], CALM).unwrap();
    assert!(is_new && some.len() == all.len());
    for read in some {
        assert_eq!(!read.text().is_empty(), read.bounds.intersects(line.bounds), "{read:?}");
        assert!(read.confidence() > 0.0 || read.text().is_empty());
    }
}

#[test]
fn nothing_of_a_frame_that_took_too_long_is_taken_for_read() {
    let mut reader = reader();
    assert_eq!(reader.lines(&chat(), &[], Hurry::new(&|| false)).unwrap_err(), ReadError::OutOfTime);
    assert!(reader.seen.is_none());
    assert!(!reader.lines(&chat(), &[], CALM).unwrap().0.is_empty());
}
