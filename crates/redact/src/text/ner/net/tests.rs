use std::path::Path;

use rten::{Model, Value};

use super::*;

fn file() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/ner/model_q4.onnx")).unwrap()
}

/// A window of some words of the vocabulary, the first and the last of which frame it.
fn window(length: usize, seed: usize) -> Vec<i32> {
    let word = |at: usize| i32::try_from((at * at * 31 + at * 7 + seed * 131) % 19_000 + 500).unwrap();
    (0..length).map(word).collect()
}

fn by_rten(model: &Model, window: &[i32]) -> Vec<f32> {
    let node = |name: &str| model.node_id(name).unwrap();
    let value = |data: Vec<i32>| Value::from_shape(&[1, window.len()], data).unwrap();
    let inputs = vec![
        (node("input_ids"), value(window.to_vec()).into()),
        (node("attention_mask"), value(vec![1; window.len()]).into()),
        (node("token_type_ids"), value(vec![0; window.len()]).into()),
    ];
    let mut outputs = model.run(inputs, &[node("logits")], None).unwrap();
    outputs.remove(0).into_shape_vec::<f32, 3>().unwrap().1
}

#[test]
fn windows_side_by_side_are_scored_as_another_program_scores_each_with_the_same_file() {
    let (net, model) = (Net::read(&file()).unwrap(), Model::load(file()).unwrap());
    let windows: Vec<Vec<i32>> =
        [3, 1, 17, 64, 5, 256].iter().enumerate().map(|(seed, length)| window(*length, seed)).collect();
    let scores = net.run(&windows);
    let expected: Vec<f32> = windows.iter().flat_map(|window| by_rten(&model, window)).collect();
    assert_eq!(scores.len(), expected.len());
    assert!(expected.iter().any(|score| score.abs() > 3.0));
    for (score, expected) in scores.iter().zip(&expected) {
        assert!((score - expected).abs() < 1e-3, "{score} {expected}");
    }
    assert!(net.run(&[]).is_empty() && net.run(&[Vec::new()]).is_empty());
}

#[test]
fn other_models_and_other_bytes_are_refused() {
    let file = file();
    assert!(Net::read(b"no model").is_none() && Net::read(b"").is_none());
    assert!(Net::read(file.get(..file.len() / 2).unwrap()).is_none());
    for (known, other) in [
        (&b"LayerNorm.bias"[..], &b"LayerNorm.gain"[..]),
        (b"position_embed", b"position_embad"),
        (b"classifier.bias", b"classifier.biaz"),
        (b"MatMulNBits", b"MatMulMBits"),
    ] {
        let mut changed = file.clone();
        let places: Vec<usize> = (0..file.len()).filter(|at| file[*at..].starts_with(known)).collect();
        assert!(!places.is_empty());
        for at in places {
            changed[at..at + other.len()].copy_from_slice(other);
        }
        assert!(Net::read(&changed).is_none());
    }
}
