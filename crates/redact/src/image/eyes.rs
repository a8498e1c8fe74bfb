//! Reading and masking, for pictures that are handed in and for the frames of a recording alike.

use std::fmt;
use std::sync::Arc;

use candor_model::{Finding, FrameView, Pixels, Place, Tree};

use super::{
    EVERYTHING_FROM, ImageError, Mask, ROUNDS_MAX, WHOLE_LINES_FROM, faces, faint, layout, paint, photo, tree,
};
use crate::image::faces::{Faces, UNSEEN_RULE};
use crate::image::judge::Judge;
use crate::ocr::area::Area;
use crate::ocr::memory::{Compared, Known, Memory};
use crate::ocr::{Hurry, Line, Reader};
use crate::screen::canvas::is_filled;
use crate::text::EngineError;
use crate::{FrameError, Lists, Models, Profile, TimeLeft};

/// A line longer than so many times its height is prose: no bar of labels is that long. In the strict profile it goes unread.
const LABEL_HEIGHTS_MAX: u32 = 24;

/// What may stay of the lines of a picture.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Keep<'a> {
    /// All in which nothing is found.
    Content,
    /// The same within these fields, in which the person writes; elsewhere words of the interface.
    Own(&'a [Area]),
    /// Words of the interface.
    Interface,
}

impl<'a> Keep<'a> {
    pub(crate) const fn is_content(self) -> bool {
        matches!(self, Self::Content)
    }

    const fn own(self) -> Option<&'a [Area]> {
        match self {
            Self::Own(own) => Some(own),
            Self::Content | Self::Interface => None,
        }
    }
}

/// What is known of a picture besides its pixels.
pub(crate) struct Scene<'a> {
    pub(crate) keep: Keep<'a>,
    /// A second source of texts.
    pub(crate) tree: Option<&'a Tree>,
}

/// A picture after reading: its bytes, and what was masked for what was read.
#[derive(Clone)]
pub(crate) struct Read {
    /// The picture as a pixmap; the same one as before if nothing changed.
    pub(crate) frame: Arc<Vec<u8>>,
    pub(crate) findings: Vec<Finding>,
}

/// Reads the pictures of one session. Memory holds what was read of the last one.
pub(crate) struct Eyes {
    profile: Profile,
    reader: Reader,
    judge: Judge,
    faces: Faces,
    /// What is left of the pictures before, and can still be read in them.
    stored: Memory,
    last: Option<Last>,
}

/// What became of the last picture: what is the same again is not looked at again.
struct Last {
    tree: Option<Tree>,
    own: Option<Vec<Area>>,
    painted: Vec<Mask>,
    read: Read,
}

impl Last {
    fn is_of(&self, scene: &Scene<'_>, painted: &[Mask]) -> bool {
        self.own.as_deref() == scene.keep.own() && self.painted == painted && self.tree.as_ref() == scene.tree
    }
}

impl Eyes {
    pub(crate) fn new(profile: Profile, models: &Models, lists: Lists) -> Result<Self, EngineError> {
        let mut reader = models.ocr()?;
        if profile == Profile::Strict {
            reader.only_short_lines(LABEL_HEIGHTS_MAX);
        }
        let judge = Judge::new(profile, models, lists)?;
        let faces = Faces::new(models)?;
        Ok(Self { profile, reader, judge, faces, stored: Memory::default(), last: None })
    }

    pub(crate) const fn profile(&self) -> Profile {
        self.profile
    }

    /// Forgets the pictures before: the next one is looked at as if it were the first.
    pub(crate) fn forget(&mut self) {
        self.reader.forget();
        self.faces.forget();
        self.stored = Memory::default();
        self.last = None;
    }

    /// Reads what is not `painted`, paints what must not stay, and gives the bytes of what does.
    pub(crate) fn redact(
        &mut self,
        frame: &mut Pixels,
        scene: &Scene<'_>,
        painted: &[Mask],
        time_left: &dyn Fn() -> TimeLeft,
    ) -> Result<Read, ImageError> {
        let hurry = Hurry::new(time_left);
        let mut last = self.last.take();
        paint(frame, painted)?;
        let is_interface = matches!(scene.keep, Keep::Interface);
        self.reader.only_in(scene.tree.filter(|_| is_interface).map(|tree| tree::labelled(tree, frame)));
        let (lines, changed) = self.reader.lines(frame, &areas(painted), hurry)?;
        if let Some(last) = last.take_if(|last| changed.is_none() && last.is_of(scene, painted)) {
            return Ok(self.last.insert(last).read.clone());
        }
        // INVARIANT: nothing fails from the reading on until `faces` has seen the frame: both compare the next one with it.
        faint::flatten(frame);
        if let Some(changed) = changed {
            self.faces.see(frame, &changed);
        }
        let lines = self.without_old_paint(frame, lines)?;
        let mut masks = painted.to_vec();
        if !scene.keep.is_content() {
            let photos = photo::regions(frame, &lines, scene.keep.own().is_some());
            masks.extend(photos.into_iter().map(|area| Mask::unknown(area, "image.photo")));
        }
        masks.extend(self.faces.heads(frame, &masks, hurry)?);
        hurry.check()?;
        masks.extend(self.judge.first(frame, &lines, scene, hurry)?);
        let stored = self.settled(frame, lines, scene.keep, &mut masks, hurry)?;
        let masks = tidied(masks).into_iter().filter(|mask| !painted.contains(mask));
        let read = Read { frame: Arc::new(stored), findings: masks.map(|mask| finding(&mask)).collect() };
        // What was not looked at for want of time is, when the same picture comes again.
        let is_done = read.findings.iter().all(|finding| finding.rule != UNSEEN_RULE);
        self.last = is_done.then(|| Last {
            tree: scene.tree.cloned(),
            own: scene.keep.own().map(<[Area]>::to_vec),
            painted: painted.to_vec(),
            read: read.clone(),
        });
        Ok(read)
    }

    /// Lines in which an earlier redaction painted parts are read without them, so that redacting twice changes nothing.
    fn without_old_paint(&mut self, frame: &Pixels, lines: Vec<Line>) -> Result<Vec<Line>, ImageError> {
        let mut read = Vec::with_capacity(lines.len());
        // The edge of paint looks like text to the detection.
        for line in lines.into_iter().filter(|line| layout::shows_more_than_paint(frame, line.bounds)) {
            let pieces = layout::unfilled(frame, line.bounds);
            if pieces == [line.bounds] {
                read.push(line);
                continue;
            }
            for piece in pieces.into_iter().filter(|piece| layout::has_ink(frame, *piece)) {
                read.push(self.reader.line(frame, piece)?);
            }
        }
        Ok(read)
    }

    /// Paints, and reads what the paint changed again, until nothing more is found; then checks the stored bytes.
    fn settled(
        &mut self,
        frame: &mut Pixels,
        lines: Vec<Line>,
        keep: Keep<'_>,
        masks: &mut Vec<Mask>,
        hurry: Hurry<'_>,
    ) -> Result<Vec<u8>, ImageError> {
        let said = lines.clone();
        let (mut pieces, mut is_whole_face) = (lines, false);
        for round in 0..ROUNDS_MAX {
            let painted = paint(frame, masks)?;
            let mut known = vec![Known { difference: painted, lines: pieces }];
            let compared = (round == 0).then(|| self.compared(frame));
            known.extend(compared.iter().flat_map(|compared| self.stored.known(compared)));
            pieces = self.pieces(frame, &known, masks, hurry)?;
            let is_new = |line: &Line| !was_said(line, &said);
            let is_whole = round >= WHOLE_LINES_FROM;
            let mut more = self.judge.again(&pieces, masks, is_new, keep, (is_whole, hurry))?;
            if round >= EVERYTHING_FROM && !more.is_empty() {
                more = pieces.iter().map(|line| Mask::unknown(line.bounds, "image.unsettled")).collect();
            }
            // Every text that goes changes what is looked at for faces: they come last.
            if more.is_empty() {
                more = self.faces.left(frame, masks, (is_whole_face, hurry))?;
                is_whole_face = true;
            }
            if more.is_empty() {
                hurry.check()?;
                let png = stored(frame, masks)?;
                let compared = compared.unwrap_or_else(|| self.compared(frame));
                self.stored.remember(frame, compared, pieces);
                return Ok(png);
            }
            masks.extend(more);
        }
        Err(ImageError::Unsettled)
    }

    fn compared(&self, frame: &Pixels) -> Compared {
        self.stored.compared(frame, self.stored.changed(frame))
    }

    /// The lines of a painted picture, without what is painted of them: as they were read where that is `known`, all others
    /// found and read anew.
    fn pieces(
        &mut self,
        frame: &Pixels,
        known: &[Known],
        masks: &[Mask],
        hurry: Hurry<'_>,
    ) -> Result<Vec<Line>, ImageError> {
        let (mut pieces, boxes) = self.reader.after_paint(frame, known, &areas(masks), hurry)?;
        for area in boxes {
            for piece in layout::unpainted(area, masks) {
                if layout::has_ink(frame, piece) {
                    hurry.check()?;
                    pieces.push(self.reader.line(frame, piece)?);
                }
            }
        }
        pieces.sort_by_key(|line| (line.bounds.top, line.bounds.left));
        Ok(pieces)
    }
}

/// The bytes of a painted picture, if what they hold is what was painted.
fn stored(frame: &Pixels, masks: &[Mask]) -> Result<Vec<u8>, ImageError> {
    let bytes = frame.view().to_pixmap();
    let sides = (frame.width(), frame.height());
    let is_kept = FrameView::of_pixmap(&bytes)
        .is_some_and(|stored| (stored.width(), stored.height()) == sides && stored.rgb() == frame.rgb());
    if !is_kept || !masks.iter().all(|mask| is_filled(frame, mask.area.rect())) {
        return Err(FrameError::NotPainted.into());
    }
    Ok(bytes)
}

/// Whether what a piece says is part of what a line in its place said before it was painted.
fn was_said(piece: &Line, lines: &[Line]) -> bool {
    let text = piece.text().trim();
    lines.iter().any(|line| line.bounds.intersects(piece.bounds) && line.text().contains(text))
}

fn areas(masks: &[Mask]) -> Vec<Area> {
    masks.iter().map(|mask| mask.area).collect()
}

/// The masks that are not held by another one, from top to bottom: layers agree more often than not. A face is told in any case:
/// the reader takes small portraits for lines that it is not sure of, and who looks at the report is to know that there was a face.
fn tidied(mut masks: Vec<Mask>) -> Vec<Mask> {
    masks.sort_by_key(|mask| std::cmp::Reverse(mask.area.size()));
    let mut kept: Vec<Mask> = Vec::with_capacity(masks.len());
    for mask in masks {
        let is_told = |other: &Mask| faces::is_face(other) || !faces::is_face(&mask);
        if !kept.iter().any(|other| other.area.joined(mask.area) == other.area && is_told(other)) {
            kept.push(mask);
        }
    }
    kept.sort_by_key(|mask| mask.area);
    kept
}

pub(super) fn finding(mask: &Mask) -> Finding {
    Finding { kind: mask.kind, rule: mask.rule.to_owned(), place: Place::Frame { bounds: mask.area.rect() } }
}

/// Nothing of what was read is told.
impl fmt::Debug for Eyes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Eyes(..)")
    }
}
