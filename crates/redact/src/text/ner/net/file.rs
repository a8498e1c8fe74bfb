//! The file of the transformer: its constants by name, and the weights of four bits by the product that reads them.

use std::collections::BTreeMap;

use rten_onnx::onnx::{GraphProto, ModelProto, TensorProto};

use super::norm::Norm;
use super::product::{After, BLOCK, EIGHT, Matrix, Product};
use super::{Embedding, WIDTH};
use crate::text::ner::label::LABELS;

/// Constants and products of a file.
pub(super) struct File {
    constants: BTreeMap<String, TensorProto>,
    /// By the place of a product in the model: the names of its weights and of their scales.
    products: BTreeMap<String, [String; 2]>,
}

impl File {
    /// None if it is no model as ONNX.
    pub(super) fn read(model: &[u8]) -> Option<Self> {
        let GraphProto { node, initializer, .. } = ModelProto::parse_buf(model).ok()?.graph?;
        let mut products = BTreeMap::new();
        for node in node.iter().filter(|node| node.op_type.as_deref() == Some("MatMulNBits")) {
            let (Some(place), [_, weights, scales]) = (node.output.first(), node.input.as_slice()) else {
                return None;
            };
            products.insert(place.clone(), [weights.clone(), scales.clone()]);
        }
        let constants =
            initializer.into_iter().filter_map(|tensor| Some((tensor.name.clone()?, tensor))).collect();
        Some(Self { constants, products })
    }

    /// Products of one width at several places, side by side.
    pub(super) fn product(
        &self,
        places: &[String],
        (inputs, outputs): (usize, usize),
        after: After,
    ) -> Option<Product> {
        let matrix = |place: &String| {
            let bias = format!("bert.{}.bias", place.replace('/', "."));
            self.matrix(&format!("/bert/{place}/MatMul_output_0"), &bias, (inputs, outputs))
        };
        let matrices: Vec<Matrix> = places.iter().map(matrix).collect::<Option<_>>()?;
        Some(Product::new(&matrices, after))
    }

    /// What makes scores of the last layer.
    pub(super) fn classes(&self) -> Option<Product> {
        let matrix = self.matrix("/classifier/MatMul_output_0", "classifier.bias", (WIDTH, LABELS))?;
        Some(Product::new(&[matrix], After::Nothing))
    }

    fn matrix(&self, place: &str, bias: &str, (inputs, outputs): (usize, usize)) -> Option<Matrix> {
        let [eights, scales] = self.products.get(place)?;
        let matrix = Matrix {
            outputs,
            inputs,
            eights: self
                .bytes(eights)?
                .as_chunks()
                .0
                .iter()
                .map(|bytes| u32::from_le_bytes(*bytes))
                .collect(),
            scales: self.floats(scales)?,
            bias: self.floats(bias)?,
        };
        let fits = matrix.eights.len() == inputs * outputs / EIGHT
            && matrix.scales.len() == outputs * inputs / BLOCK
            && matrix.bias.len() == outputs;
        fits.then_some(matrix)
    }

    pub(super) fn norm(&self, place: &str) -> Option<Norm> {
        let part = |part: &str| self.floats(&format!("{place}.LayerNorm.{part}"));
        Norm::new(part("weight")?, part("bias")?)
    }

    pub(super) fn embedding(&self, kind: &str) -> Option<Embedding> {
        let name = |part: &str| format!("bert.embeddings.{kind}_embeddings.weight_{part}");
        let scale = *self.floats(&name("scale"))?.first()?;
        let zero = *self.constants.get(&name("zero_point"))?.int32_data.first()?;
        let rows = self.bytes(&name("quantized"))?;
        Some(Embedding { rows, scale, zero: f32::from(u8::try_from(zero).ok()?) })
    }

    fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        Some(self.constants.get(name)?.raw_data.as_ref()?.borrow().clone())
    }

    fn floats(&self, name: &str) -> Option<Vec<f32>> {
        let tensor = self.constants.get(name)?;
        let raw = tensor.raw_data.as_ref().map(|raw| {
            let raw = raw.borrow();
            let (values, _) = raw.as_chunks::<4>();
            values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect::<Vec<f32>>()
        });
        raw.filter(|raw| !raw.is_empty()).or_else(|| Some(tensor.float_data.clone()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::text::ner::net::INNER;

    #[test]
    fn a_constant_of_another_length_is_refused() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/ner/model_q4.onnx");
        let mut file = File::read(&std::fs::read(path).unwrap()).unwrap();
        let place = "encoder/layer.0/output/dense".to_owned();
        let product = |file: &File| {
            file.product(std::slice::from_ref(&place), (INNER, WIDTH), After::Nothing).is_some()
        };
        assert!(product(&file));
        let longer = file.constants.remove("bert.encoder.layer.0.intermediate.dense.bias").unwrap();
        file.constants.insert("bert.encoder.layer.0.output.dense.bias".to_owned(), longer);
        assert!(!product(&file));
    }
}
