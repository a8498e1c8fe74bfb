use std::path::{Path, PathBuf};

use candor_model::Pixels;
use rten::{Model, Value};

use super::detection::Detection;
use super::faces::{FaceModel, SIDE_PX};
use super::map::Map;
use super::recognition::Recognition;
use crate::ocr::area::Area;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(models().join("ocr").join(name)).unwrap()
}

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

/// Something like strokes on a ground, between -2 and 2, by channel.
fn value(channel: usize, x: usize, y: usize) -> f32 {
    let wave = (x * (3 + channel) + y * 7) % 23 + (x * y) % 5;
    f32::from(u16::try_from(wave).unwrap()) / 13.0 - 1.0
}

fn picture(width: usize, height: usize) -> (Map, Vec<f32>) {
    let mut map = Map::new((width, height), 3, 1);
    for y in 0..height {
        for (x, pixel) in map.row_mut(y).chunks_mut(3).enumerate() {
            pixel.iter_mut().enumerate().for_each(|(channel, out)| *out = value(channel, x, y));
        }
    }
    let planes = (0..3).flat_map(|c| (0..height).flat_map(move |y| (0..width).map(move |x| value(c, x, y))));
    (map, planes.collect())
}

fn by_rten<const N: usize>(name: &str, width: usize, height: usize, planes: Vec<f32>) -> Vec<f32> {
    let model = Model::load(file(name)).unwrap();
    let input = Value::from_shape(&[1, 3, height, width], planes).unwrap();
    let output = model.run_one(input.into(), None).unwrap();
    output.into_shape_vec::<f32, N>().unwrap().1
}

#[test]
fn detection_marks_what_another_program_marks_with_the_same_file() {
    let model = Detection::read(&file("det.onnx")).unwrap();
    for (width, height) in [(64, 32), (32, 96), (320, 224)] {
        let (map, planes) = picture(width, height);
        let expected = by_rten::<4>("det.onnx", width, height, planes);
        let found = model.run(&map);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            let is_near = (found - expected).abs() < 1e-3 || *found == 0.0 && *expected < 0.19;
            assert!(is_near, "{found} {expected}");
        }
    }
}

#[test]
fn a_line_says_what_another_program_reads_with_the_same_file() {
    let model = Recognition::read(&file("rec.onnx")).unwrap();
    for width in [32, 64, 352] {
        let (map, planes) = picture(width, 48);
        let expected = by_rten::<3>("rec.onnx", width, 48, planes);
        let rows: Vec<&[f32]> = expected.chunks(model.class_count()).collect();
        let steps = model.run(&map);
        assert_eq!((steps.len(), steps.len()), (rows.len(), width / 8));
        for ((class, probability), row) in steps.iter().zip(&rows) {
            let best = row.iter().copied().fold(0.0, f32::max);
            assert!((row[*class] - best).abs() < 1e-3 && (probability - best).abs() < 1e-3);
        }
    }
}

#[test]
fn faces_are_where_another_program_says_with_the_same_file() {
    let bytes = std::fs::read(models().join("faces/blazeface.onnx")).unwrap();
    let side = u32::try_from(SIDE_PX).unwrap();
    let level = |at: usize| u8::try_from((at * 7 + at / 768 * 11) % 251).unwrap();
    let frame = Pixels::new(side, side, (0..SIDE_PX * SIDE_PX * 3).map(level).collect()).unwrap();
    let whole = Area::new(0, 0, side, side).unwrap();
    let said = FaceModel::read(&bytes).unwrap().run(&frame, whole, (SIDE_PX, SIDE_PX));
    let input = frame.rgb().iter().map(|byte| f32::from(*byte) / 127.5 - 1.0).collect::<Vec<f32>>();
    let model = Model::load(bytes).unwrap();
    let node = |name: &str| model.node_id(name).unwrap();
    let input = Value::from_shape(&[1, SIDE_PX, SIDE_PX, 3], input).unwrap();
    let outputs = ["Identity:0", "Identity_2:0", "Identity_1:0", "Identity_3:0"].map(node);
    let expected = model.run_n(vec![(node("input:0"), input.into())], outputs, None).unwrap();
    let found = said.iter().flat_map(|said| [&said.scores, &said.boxes]);
    for (found, expected) in found.zip(expected) {
        let expected = expected.into_shape_vec::<f32, 3>().unwrap().1;
        assert_eq!(found.len(), expected.len());
        assert!(expected.iter().any(|value| value.abs() > 1.0));
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-3 * expected.abs().max(1.0), "{found} {expected}");
        }
    }
}

#[test]
fn other_models_and_other_bytes_are_refused() {
    let (detection, recognition) = (file("det.onnx"), file("rec.onnx"));
    assert!(Detection::read(&recognition).is_none() && Recognition::read(&detection).is_none());
    assert!(FaceModel::read(&detection).is_none() && FaceModel::read(b"").is_none());
    assert!(Detection::read(b"no model").is_none() && Recognition::read(b"").is_none());
    for (known, other) in [(b"Erf", b"Cos"), (b"Mul", b"Pow")] {
        assert!(Detection::read(&replaced(&detection, known, other)).is_none());
        assert!(Recognition::read(&replaced(&recognition, known, other)).is_none());
    }
}

/// A model with nodes of another kind.
fn replaced(model: &[u8], known: &[u8], other: &[u8]) -> Vec<u8> {
    let mut model = model.to_vec();
    for at in 0..model.len() - known.len() {
        if model[at..].starts_with(known) {
            model[at..at + known.len()].copy_from_slice(other);
        }
    }
    model
}
