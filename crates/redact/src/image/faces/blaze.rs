//! The model `BlazeFace` (Bazarevsky et al. 2019) over one square: what it says at its anchors, as boxes.

use candor_model::Pixels;

use crate::ocr::ReadError;
use crate::ocr::area::{Area, index, real};
use crate::ocr::net::faces::{FaceModel, SIDE_PX, Said};

/// Its two layers: cells of a side, and anchors in the middle of each cell.
const LAYERS: [(usize, usize); 2] = [(16, 2), (8, 6)];
/// What it says of an anchor: the middle of the box from the anchor, its width and height, six points of the face.
const VALUES: usize = 16;
/// From this probability on a box is a face. The package that the model is from takes the same one; `models/faces.md` has what
/// others would give.
const FACE_FROM: f32 = 0.75;

/// A face: its box in pixels, and how sure the model is, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Face {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
    pub(crate) score: f32,
}

impl Face {
    /// The same from the corner of the frame.
    pub(crate) fn moved(self, look: Area) -> Self {
        let (across, along) = (real(index(look.left)), real(index(look.top)));
        Self {
            left: self.left + across,
            right: self.right + across,
            top: self.top + along,
            bottom: self.bottom + along,
            ..self
        }
    }

    /// What both hold of what they cover together, 0 to 1.
    pub(crate) fn overlap(&self, other: &Self) -> f32 {
        let across = (self.right.min(other.right) - self.left.max(other.left)).max(0.0);
        let along = (self.bottom.min(other.bottom) - self.top.max(other.top)).max(0.0);
        let common = across * along;
        common / (self.size() + other.size() - common)
    }

    fn size(&self) -> f32 {
        (self.right - self.left) * (self.bottom - self.top)
    }

    fn is_box(&self) -> bool {
        let sides = [self.right - self.left, self.bottom - self.top];
        [self.left, self.top].iter().all(|place| place.is_finite())
            && sides.iter().all(|side| side.is_finite() && *side > 0.0)
    }
}

/// The model, loaded.
pub(crate) struct Blaze(FaceModel);

impl Blaze {
    /// Takes the model as ONNX.
    pub(crate) fn load(model: &[u8]) -> Result<Self, ReadError> {
        FaceModel::read(model).map(Self).ok_or(wrong())
    }

    /// The faces in `look` of `frame`, in pixels of the frame from the corner of the look.
    pub(crate) fn find(&self, frame: &Pixels, look: Area) -> Result<Vec<Face>, ReadError> {
        let longest = index(look.width().max(look.height()));
        let scaled = |length: u32| (index(length) * SIDE_PX).div_ceil(longest);
        let said = self.0.run(frame, look, (scaled(look.width()), scaled(look.height())));
        let scale = real(longest) / real(SIDE_PX);
        let mut faces = Vec::new();
        for (layer, said) in LAYERS.into_iter().zip(&said) {
            faces.extend(decoded(layer, said, scale)?);
        }
        Ok(faces)
    }
}

const fn wrong() -> ReadError {
    ReadError::Model("face")
}

/// The faces that a layer tells of.
fn decoded((cells, anchors): (usize, usize), said: &Said, scale: f32) -> Result<Vec<Face>, ReadError> {
    let (scores, (boxes, rest)) = (&said.scores, said.boxes.as_chunks::<VALUES>());
    if !rest.is_empty() || boxes.len() != scores.len() || scores.len() != cells * cells * anchors {
        return Err(wrong());
    }
    let mut faces = Vec::new();
    for (at, (score, [x, y, width, height, ..])) in scores.iter().zip(boxes).enumerate() {
        let score = 1.0 / (1.0 + (-score).exp());
        if score < FACE_FROM {
            continue;
        }
        let cell = at / anchors;
        let middle = |cell: usize, off: f32| (real(cell) + 0.5) * real(SIDE_PX) / real(cells) + off;
        let (x, y) = (middle(cell % cells, *x), middle(cell / cells, *y));
        let face = Face {
            left: (x - width / 2.0) * scale,
            top: (y - height / 2.0) * scale,
            right: (x + width / 2.0) * scale,
            bottom: (y + height / 2.0) * scale,
            score,
        };
        // A face without a place could not be masked: better no picture.
        faces.push(face.is_box().then_some(face).ok_or_else(wrong)?);
    }
    Ok(faces)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::image::faces::best;
    use crate::screen::picture::decode_any;

    /// What two runtimes may differ by: of a probability, and of a place in pixels.
    const OFF: (f32, f32) = (0.005, 0.25);

    fn shipped() -> Blaze {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/faces/blazeface.onnx");
        Blaze::load(&std::fs::read(path).unwrap()).unwrap()
    }

    fn picture(name: &str) -> (Pixels, Area) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/image/faces").join(name);
        let frame = decode_any(&std::fs::read(path).unwrap()).unwrap();
        let whole = Area::new(0, 0, frame.width(), frame.height()).unwrap();
        (frame, whole)
    }

    /// `onnxruntime.tsv`: picture, probability, left, top, right, bottom; `python3 xtask/deid/faces.py runtime` writes it.
    fn told(name: &str) -> Vec<[f32; 5]> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/image/faces/onnxruntime.tsv");
        let all = std::fs::read_to_string(path).unwrap();
        let lines = all.lines().filter_map(|line| line.strip_prefix(name));
        let numbers =
            |line: &str| line.split('\t').skip(1).map(|number| number.parse().unwrap()).collect::<Vec<f32>>();
        lines.map(|line| numbers(line).try_into().unwrap()).collect()
    }

    #[test]
    fn our_model_says_what_onnx_runtime_says() {
        let model = shipped();
        for name in ["collins.png", "hopper.png", "chelsea.png"] {
            let (frame, whole) = picture(name);
            let (faces, told) = (model.find(&frame, whole).unwrap(), told(name));
            assert_eq!(faces.len(), told.len(), "{name}");
            for (face, [score, sides @ ..]) in faces.iter().zip(told) {
                assert!((face.score - score).abs() < OFF.0, "{name}: {face:?}");
                let pairs = [face.left, face.top, face.right, face.bottom].into_iter().zip(sides);
                pairs.for_each(|(side, told)| assert!((side - told).abs() < OFF.1, "{name}: {side} {told}"));
            }
            assert_eq!(best(faces).len(), usize::from(name != "chelsea.png"), "{name}");
        }
    }

    #[test]
    fn a_face_without_a_place_is_no_answer() {
        let of = |score: f32, boxes: &[f32]| Said { scores: vec![score], boxes: boxes.to_vec() };
        let said = |values: [f32; VALUES]| decoded((1, 1), &of(9.0, &values), 1.0);
        let mut values = [0.0; VALUES];
        values[2..4].copy_from_slice(&[20.0, 30.0]);
        let face = said(values).unwrap()[0];
        assert_eq!((face.left, face.top, face.right, face.bottom), (118.0, 113.0, 138.0, 143.0));
        for (at, wrong) in [(0, f32::NAN), (1, f32::INFINITY), (2, 0.0), (3, -4.0), (2, f32::INFINITY)] {
            let mut values = values;
            values[at] = wrong;
            assert!(said(values).is_err(), "{at} {wrong}");
        }
        assert!(decoded((1, 1), &of(9.0, &[0.0; VALUES - 1]), 1.0).is_err());
        assert!(decoded((1, 1), &of(-9.0, &[f32::NAN; VALUES]), 1.0).unwrap().is_empty());
    }
}
