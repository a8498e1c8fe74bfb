//! Faces: each region that looks like a photograph is looked at, ever nearer, and a face found goes with the head around it.
//!
//! The path of a picture: `photo` says which tiles may show a face; `looks` joins them to regions, and says which squares of
//! these are looked at; `blaze` runs the model over a square. A square whose pixels were looked at before is not looked at
//! again. Where nothing looks like a photograph the model is not even loaded.

pub(crate) mod blaze;
mod looks;

use std::collections::BTreeMap;

use candor_model::Pixels;

use crate::image::faces::blaze::Face;
use crate::image::{ImageError, Mask, photo};
use crate::models::File;
use crate::ocr::Hurry;
use crate::ocr::area::{Area, ceil, floor, pixels};
use crate::ocr::cache::{Cache, Key};
use crate::screen::canvas::is_filled;
use crate::{ModelError, Models};

/// What the head has beyond the box of the model, which reaches from the brows to the chin and from eye to eye: as shares of the box, to
/// either side, above and below.
const ASIDE: f32 = 0.4;
const ABOVE: f32 = 0.6;
const BELOW: f32 = 0.25;
/// Two boxes are one face if they hold so much of what they cover together.
const SAME_FROM: f32 = 0.3;
/// Most squares that are remembered, with some hundred bytes each.
const SEEN_MAX: usize = 4_096;

/// Looks for faces in the pictures of one session.
pub(crate) struct Faces {
    models: Models,
    /// What was found, by the pixels that were looked at, from the corner of the square.
    seen: BTreeMap<Key, Vec<Face>>,
    /// Whether anything of the picture that was looked at last looks like a photograph. Paint never makes it do so.
    is_photo: bool,
}

impl Faces {
    /// The model is checked, and loaded when there is something to look at.
    ///
    /// # Errors
    /// When the model is missing, or is another one.
    pub(crate) fn new(models: &Models) -> Result<Self, ModelError> {
        models.read(File::Faces)?;
        Ok(Self { models: models.clone(), seen: BTreeMap::new(), is_photo: false })
    }

    /// The heads that are left in a picture after it was painted.
    ///
    /// # Errors
    /// As for [`Faces::heads`].
    pub(crate) fn left(
        &mut self,
        frame: &Pixels,
        masked: &[Mask],
        how: (bool, Hurry<'_>),
    ) -> Result<Vec<Mask>, ImageError> {
        if self.is_photo { self.heads(frame, masked, how) } else { Ok(Vec::new()) }
    }

    /// The heads in `frame`; or, once they do not settle, the `whole` squares in which a face is found. What is `masked` or painted
    /// already is not told again.
    ///
    /// # Errors
    /// When there is no time left, or the model does not load or run.
    pub(crate) fn heads(
        &mut self,
        frame: &Pixels,
        masked: &[Mask],
        (whole, hurry): (bool, Hurry<'_>),
    ) -> Result<Vec<Mask>, ImageError> {
        let Some(all) = Area::new(0, 0, frame.width(), frame.height()) else { return Ok(Vec::new()) };
        let is_left = |tile: &Area| !masked.iter().any(|mask| mask.area.joined(*tile) == mask.area);
        let groups = photo::faces(frame);
        self.is_photo = !groups.is_empty();
        let groups = groups.into_iter().map(|group| group.into_iter().filter(is_left).collect());
        let (mut found, mut squares) = (Vec::new(), Vec::new());
        for look in looks::of(groups.collect(), all) {
            hurry.check()?;
            let faces = self.look(frame, look)?;
            squares.extend((!faces.is_empty()).then_some(look));
            found.extend(faces.into_iter().map(|face| face.moved(look)));
        }
        let mut heads: Vec<Area> = best(found).iter().filter_map(|face| head(face, all)).collect();
        heads.retain(|head| !is_filled(frame, head.rect()));
        if whole && !heads.is_empty() {
            heads = squares;
        }
        Ok(heads.into_iter().map(|area| Mask::unknown(area, "image.face")).collect())
    }

    fn look(&mut self, frame: &Pixels, look: Area) -> Result<Vec<Face>, ImageError> {
        let key = Cache::key(frame, look);
        if let Some(faces) = self.seen.get(&key) {
            return Ok(faces.clone());
        }
        let faces = self.models.faces()?.find(frame, look)?;
        if self.seen.len() >= SEEN_MAX {
            self.seen.clear();
        }
        self.seen.insert(key, faces.clone());
        Ok(faces)
    }
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
