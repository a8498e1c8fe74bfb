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

const CALM: Hurry<'static> = Hurry(&|| TimeLeft::Enough);

#[test]
fn lines_are_read_with_their_places() {
    let mut reader = reader();
    let (lines, changed) = reader.lines(&chat(), &[], CALM).unwrap();
    assert!(changed.is_some());
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
    let (some, changed) = reader.lines(&frame, &[], CALM).unwrap();
    assert!(changed.is_some() && some.len() == all.len());
    for read in some {
        assert_eq!(!read.text().is_empty(), read.bounds.intersects(line.bounds), "{read:?}");
        assert!(read.confidence() > 0.0 || read.text().is_empty());
    }
}

#[test]
fn nothing_of_a_frame_that_took_too_long_is_taken_for_read() {
    let mut reader = reader();
    assert_eq!(
        reader.lines(&chat(), &[], Hurry::new(&|| TimeLeft::Nothing)).err(),
        Some(ReadError::OutOfTime)
    );
    assert!(reader.memory.last().is_none());
    assert!(!reader.lines(&chat(), &[], CALM).unwrap().0.is_empty());
}

/// Another screen of the size of the first: its top left corner, and below it its last row again.
fn mail() -> Pixels {
    let (one, mail) =
        (chat(), decode_any(&std::fs::read(shipped("tests/screens/mail.png")).unwrap()).unwrap());
    let bytes = |pixels: u32| usize::try_from(pixels).unwrap() * 3;
    let row = |y: u32| &mail.rgb()[bytes(y.min(mail.height() - 1) * mail.width())..][..bytes(one.width())];
    Pixels::new(one.width(), one.height(), (0..one.height()).flat_map(row).copied().collect()).unwrap()
}

/// `frame` scrolled down by so many pixels; what leaves it comes in again at the other end.
fn scrolled(frame: &Pixels, by: u32) -> Pixels {
    let (gone, rest) = frame.rgb().split_at(usize::try_from(by * frame.width() * 3).unwrap());
    Pixels::new(frame.width(), frame.height(), [rest, gone].concat()).unwrap()
}

/// `frame` with the right half of `other`.
fn halves(frame: &Pixels, other: &Pixels) -> Pixels {
    let mut both = frame.clone();
    let row_bytes = usize::try_from(frame.width()).unwrap() * 3;
    let rows = both.rgb_mut().chunks_exact_mut(row_bytes).zip(other.rgb().chunks_exact(row_bytes));
    rows.for_each(|(row, other)| row[row_bytes / 2..].copy_from_slice(&other[row_bytes / 2..]));
    both
}

/// The lines, and how often time was asked for: before each look of the detection and each reading of a line.
fn counted(reader: &mut Reader, frame: &Pixels) -> (Vec<(Area, String)>, u32) {
    let asked = std::cell::Cell::new(0);
    let ask = || {
        asked.set(asked.get() + 1);
        TimeLeft::Enough
    };
    let (lines, _) = reader.lines(frame, &[], Hurry::new(&ask)).unwrap();
    (texts(&lines), asked.get())
}

#[test]
fn a_frame_that_comes_back_is_known_and_what_is_other_on_it_is_read() {
    let (one, other) = (chat(), mail());
    let mut reader = reader();
    let (first, looks) = counted(&mut reader, &one);
    assert!(looks > 10, "{looks}");
    counted(&mut reader, &other);
    assert_eq!(counted(&mut reader, &one), (first.clone(), 0));
    counted(&mut reader, &other);
    let mut changed = one.clone();
    let (gone, _) = first.iter().find(|(_, text)| text.starts_with("Channels")).cloned().unwrap();
    crate::screen::canvas::fill(&mut changed, gone.rect());
    let (lines, looks) = counted(&mut reader, &changed);
    assert!(looks < 5 && lines.iter().all(|(_, text)| !text.contains("Channels")), "{lines:?}");
}

#[test]
fn a_frame_that_is_put_together_of_two_others_says_what_a_new_reader_reads_in_it() {
    let (one, other) = (chat(), mail());
    let both = halves(&one, &other);
    let mut knowing = reader();
    let whole = counted(&mut knowing, &one).1 + counted(&mut knowing, &other).1;
    let (lines, looks) = counted(&mut knowing, &both);
    let (anew, all) = counted(&mut reader(), &both);
    let said: String = lines.iter().map(|(_, text)| text.as_str()).collect();
    let seam = both.width() / 2;
    for (area, text) in anew.into_iter().filter(|(area, _)| area.right < seam || area.left > seam) {
        let words: Vec<&str> = text.split_whitespace().filter(|word| word.len() > 3).collect();
        assert!(words.iter().all(|word| said.contains(word)), "{area:?} {text}: {lines:?}");
    }
    assert!(looks < all && looks < whole / 2, "{looks} of {all}");
}

#[test]
fn what_was_scrolled_is_known_where_it_stands_then() {
    let before = chat();
    let mut knowing = reader();
    let (lines, all) = counted(&mut knowing, &before);
    for by in [37, 60] {
        let mut knowing = reader();
        counted(&mut knowing, &before);
        let (moved, looks) = counted(&mut knowing, &scrolled(&before, by));
        assert!(looks * 3 < all * 2, "{looks} of {all}");
        for (area, text) in lines.iter().filter(|(area, _)| area.top > by + 40) {
            let there = Area { top: area.top - by, bottom: area.bottom - by, ..*area };
            let found = moved.iter().any(|(area, moved)| *area == there && moved == text);
            assert!(found || area.bottom + 40 > before.height(), "{by} {area:?} {text}: {moved:?}");
        }
        let (anew, _) = counted(&mut reader(), &scrolled(&before, by));
        let said: String = moved.iter().map(|(_, text)| text.as_str()).collect();
        let words = anew.iter().flat_map(|(_, text)| text.split_whitespace()).filter(|word| word.len() > 3);
        let lost: Vec<&str> = words.filter(|word| !said.contains(word)).collect();
        assert!(lost.len() < 3, "{by}: {lost:?}");
    }
}
