//! Faces: each region that looks like a photograph is looked at, ever nearer, and a face found goes with the head around it.
//!
//! The path of a picture: `photo` says which tiles may show a face, of those that changed since the picture before; `looks` joins
//! them to regions, and says which squares of these are looked at; `blaze` runs the model over a square. A square that did not
//! change, or whose pixels were looked at before, is not looked at again. Where nothing looks like a photograph the model is not
//! even loaded.

pub(crate) mod blaze;
mod looks;

use std::collections::BTreeMap;

use candor_model::Pixels;

use crate::image::faces::blaze::Face;
use crate::image::photo::{self, FaceTiles};
use crate::image::{ImageError, Mask};
use crate::models::File;
use crate::ocr::Hurry;
use crate::ocr::area::{Area, ceil, floor, pixels};
use crate::ocr::cache::{Cache, Key};
use crate::ocr::tiles::Difference;
use crate::screen::canvas::is_filled;
use crate::{ModelError, Models};

/// The rule of findings that are faces, each with the head around it.
pub const FACE_RULE: &str = "image.face";
/// The rule of findings that are pictures in which faces were not looked for: there was not time enough.
pub const UNSEEN_RULE: &str = "image.unseen";
/// What the head has beyond the box of the model, which reaches from the brows to the chin and from eye to eye: as shares of the box, to
/// either side, above and below.
const ASIDE: f32 = 0.4;
const ABOVE: f32 = 0.6;
const BELOW: f32 = 0.25;
/// Two boxes are one face if they hold so much of what they cover together.
const SAME_FROM: f32 = 0.3;
/// Most squares that are remembered of each kind, with some hundred bytes each.
const SEEN_MAX: usize = 4_096;

/// Looks for faces in the pictures of one session.
///
/// INVARIANT: what is held of a place is of the very pixels that it shows. [`Faces::see`] is told of each picture before anything
/// in it is asked for, and where it differs from the one before; paint is part of the key.
pub(crate) struct Faces {
    models: Models,
    /// Of the last picture that was seen.
    tiles: FaceTiles,
    /// What was found in squares of it, by place and by what was painted in them.
    here: BTreeMap<(Area, Vec<Area>), Vec<Face>>,
    /// What was found in any picture, by the pixels that were looked at, from the corner of the square.
    seen: BTreeMap<Key, Vec<Face>>,
}

/// What was found in a picture.
#[derive(Default)]
struct Found {
    /// The heads that are not painted.
    heads: Vec<Area>,
    /// The squares in which there is a face.
    squares: Vec<Area>,
    /// The regions that were not looked at.
    unseen: Vec<Area>,
}

impl Faces {
    /// The model is checked, and loaded when there is something to look at.
    ///
    /// # Errors
    /// When the model is missing, or is another one.
    pub(crate) fn new(models: &Models) -> Result<Self, ModelError> {
        models.read(File::Faces)?;
        let (here, seen) = (BTreeMap::new(), BTreeMap::new());
        Ok(Self { models: models.clone(), tiles: FaceTiles::default(), here, seen })
    }

    /// Forgets the picture before.
    pub(crate) fn forget(&mut self) {
        self.tiles = FaceTiles::default();
        self.here.clear();
    }

    /// Takes up the next picture, before it is painted for what is found in it. It is the last one but where it `changed`.
    pub(crate) fn see(&mut self, frame: &Pixels, changed: &Difference) {
        self.tiles.see(frame, |tile| changed.touches(tile));
        self.here.retain(|(look, _), _| !changed.touches(*look));
    }

    /// The heads in the picture that was seen. What is `masked` is not looked at. Where there is little time a region that was not
    /// looked at whole before goes whole: what was looked at of it is known when it comes again.
    ///
    /// # Errors
    /// When there is no time left at all, or the model does not load or run.
    pub(crate) fn heads(
        &mut self,
        frame: &Pixels,
        masked: &[Mask],
        hurry: Hurry<'_>,
    ) -> Result<Vec<Mask>, ImageError> {
        let groups = self.tiles.groups(|tile| !is_covered(tile, masked));
        let found = self.found(frame, groups, &[], hurry)?;
        Ok(masks(found.heads, found.unseen))
    }

    /// The heads that are left in the same picture after it was painted; or, once they do not settle, the `whole` squares in which
    /// a face is found.
    ///
    /// # Errors
    /// As for [`Faces::heads`].
    pub(crate) fn left(
        &mut self,
        frame: &Pixels,
        painted: &[Mask],
        (whole, hurry): (bool, Hurry<'_>),
    ) -> Result<Vec<Mask>, ImageError> {
        let is_as_seen = |tile: Area| !painted.iter().any(|mask| mask.area.intersects(tile));
        let is_left =
            |tile: Area| is_as_seen(tile) || !is_covered(tile, painted) && photo::shows_face(frame, tile);
        let groups = self.tiles.groups(is_left);
        let found = self.found(frame, groups, painted, hurry)?;
        let faces = if whole && !found.heads.is_empty() { found.squares } else { found.heads };
        Ok(masks(faces, found.unseen))
    }

    fn found(
        &mut self,
        frame: &Pixels,
        groups: Vec<Vec<Area>>,
        painted: &[Mask],
        hurry: Hurry<'_>,
    ) -> Result<Found, ImageError> {
        let Some(all) = Area::new(0, 0, frame.width(), frame.height()) else { return Ok(Found::default()) };
        let (mut found, mut faces) = (Found::default(), Vec::new());
        for region in looks::of(groups, all) {
            for look in region.squares {
                let Some(here) = self.look(frame, look, painted, hurry)? else {
                    found.unseen.push(region.bounds);
                    break;
                };
                found.squares.extend((!here.is_empty()).then_some(look));
                faces.extend(here.into_iter().map(|face| face.moved(look)));
            }
        }
        found.heads = best(faces).iter().filter_map(|face| head(face, all)).collect();
        found.heads.retain(|head| !is_filled(frame, head.rect()));
        Ok(found)
    }

    /// The faces of a square: known by its place in this picture, or by its pixels in one before, or looked for; none if there is not
    /// time enough to look.
    fn look(
        &mut self,
        frame: &Pixels,
        look: Area,
        painted: &[Mask],
        hurry: Hurry<'_>,
    ) -> Result<Option<Vec<Face>>, ImageError> {
        let mut paint: Vec<Area> = painted.iter().filter_map(|mask| mask.area.common(look)).collect();
        paint.sort_unstable();
        paint.dedup();
        let place = (look, paint);
        if let Some(faces) = self.here.get(&place) {
            return Ok(Some(faces.clone()));
        }
        let faces = self.by_pixels(frame, look, hurry)?;
        if let Some(faces) = &faces {
            remember(&mut self.here, place, faces.clone());
        }
        Ok(faces)
    }

    fn by_pixels(
        &mut self,
        frame: &Pixels,
        look: Area,
        hurry: Hurry<'_>,
    ) -> Result<Option<Vec<Face>>, ImageError> {
        let key = Cache::key(frame, look);
        if let Some(faces) = self.seen.get(&key) {
            return Ok(Some(faces.clone()));
        }
        if !hurry.has_enough()? {
            return Ok(None);
        }
        let faces = self.models.faces()?.find(frame, look)?;
        remember(&mut self.seen, key, faces.clone());
        Ok(Some(faces))
    }
}

/// Forgets all once it is too much.
fn remember<K: Ord>(known: &mut BTreeMap<K, Vec<Face>>, key: K, faces: Vec<Face>) {
    if known.len() >= SEEN_MAX {
        known.clear();
    }
    known.insert(key, faces);
}

fn is_covered(tile: Area, masked: &[Mask]) -> bool {
    masked.iter().any(|mask| mask.area.joined(tile) == mask.area)
}

fn masks(heads: Vec<Area>, unseen: Vec<Area>) -> Vec<Mask> {
    let of = |areas: Vec<Area>, rule| areas.into_iter().map(move |area| Mask::unknown(area, rule));
    of(heads, FACE_RULE).chain(of(unseen, UNSEEN_RULE)).collect()
}

pub(super) fn is_face(mask: &Mask) -> bool {
    mask.rule == FACE_RULE
}

/// Of boxes over each other the one that is most a face.
fn best(mut found: Vec<Face>) -> Vec<Face> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Face> = Vec::new();
    for face in found {
        if !kept.iter().any(|other| other.overlap(&face) >= SAME_FROM) {
            kept.push(face);
        }
    }
    kept
}

/// The head around a face; none if no pixel of it lies in the frame.
fn head(face: &Face, whole: Area) -> Option<Area> {
    let (width, height) = (face.right - face.left, face.bottom - face.top);
    let at = |place: f32| pixels(floor(place));
    let past = |place: f32| pixels(ceil(place));
    Area::new(
        at(face.left - ASIDE * width),
        at(face.top - ABOVE * height),
        past(face.right + ASIDE * width).min(whole.right),
        past(face.bottom + BELOW * height).min(whole.bottom),
    )
}

#[cfg(test)]
mod tests;
