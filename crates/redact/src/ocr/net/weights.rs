//! The layers of a model, in the order of its file.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::vec::IntoIter;

use rten_onnx::onnx::{ModelProto, NodeProto, TensorProto};

/// What batch normalisation adds to the variance in these models.
const EPSILON: f32 = 1e-5;
/// Nodes that bring no weights. Where they stand is part of the program (`block`, `stem`, `neck`, `head`, `faces`).
const WITHOUT_WEIGHTS: [&str; 20] = [
    "AveragePool",
    "Concat",
    "ConstantOfShape",
    "Div",
    "Erf",
    "GlobalAveragePool",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "MaxPool",
    "Mul",
    "ReduceMean",
    "Relu",
    "Reshape",
    "Resize",
    "Sigmoid",
    "Softmax",
    "Squeeze",
    "Transpose",
    "Unsqueeze",
];

/// A product of inputs with weights, with what is added to it afterwards.
pub(super) struct Layer {
    pub(super) outputs: usize,
    /// Height and width of the kernel.
    pub(super) kernel: (usize, usize),
    pub(super) inputs: usize,
    pub(super) stride: (usize, usize),
    /// By output, row of the kernel, column, and input.
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

/// The layers, one after the other.
pub(super) struct Layers(Peekable<IntoIter<Layer>>);

impl Layers {
    /// The layers of a model as ONNX; none if it is none, or has layers of another kind.
    pub(super) fn read(model: &[u8]) -> Option<Self> {
        let graph = ModelProto::parse_buf(model).ok()?.graph?;
        let constants: BTreeMap<&str, &TensorProto> =
            graph.initializer.iter().filter_map(|tensor| Some((tensor.name.as_deref()?, tensor))).collect();
        let mut layers: Vec<Layer> = Vec::new();
        for node in &graph.node {
            let inputs: Vec<Option<Constant>> =
                node.input.iter().map(|name| constants.get(name.as_str()).and_then(|t| values(t))).collect();
            match node.op_type.as_deref()? {
                "Conv" => {
                    let mut inputs = inputs.into_iter().skip(1);
                    layers.push(Layer::conv(node, inputs.next()??)?);
                    layers.last_mut()?.add(inputs.collect());
                }
                "ConvTranspose" => layers.push(Layer::transposed(node, inputs.into_iter().nth(1)??)?),
                "MatMul" => layers.push(Layer::product(inputs.into_iter().nth(1)??)?),
                "Add" => layers.last_mut()?.add(inputs),
                "BatchNormalization" => layers.last_mut()?.normalise(inputs)?,
                other => WITHOUT_WEIGHTS.contains(&other).then_some(())?,
            }
        }
        Some(Self(layers.into_iter().peekable()))
    }

    /// The next layer, if it reads `inputs` values of each pixel with this kernel, every `stride` pixels.
    pub(super) fn next(&mut self, kernel: (usize, usize), stride: usize, inputs: usize) -> Option<Layer> {
        let fits =
            |layer: &Layer| (layer.kernel, layer.stride, layer.inputs) == (kernel, (stride, stride), inputs);
        self.0.next_if(fits)
    }

    /// The next layer, if it takes each of `channels` by itself, with this kernel.
    pub(super) fn next_by_channel(&mut self, kernel: (usize, usize), channels: usize) -> Option<Layer> {
        self.0.next_if(|layer| (layer.kernel, layer.inputs, layer.outputs) == (kernel, 1, channels))
    }

    /// Whether the next layer makes fewer values of more.
    pub(super) fn narrows(&mut self) -> bool {
        self.0.peek().is_some_and(|layer| layer.outputs < layer.inputs)
    }

    /// Some if there is no layer left.
    pub(super) fn end(&mut self) -> Option<()> {
        self.0.peek().is_none().then_some(())
    }
}

/// A constant of the file: its shape and its values.
type Constant = (Vec<usize>, Vec<f32>);

fn values(tensor: &TensorProto) -> Option<Constant> {
    let dims = tensor.dims.iter().map(|d| usize::try_from(*d)).collect::<Result<Vec<_>, _>>().ok()?;
    let raw = tensor.raw_data.as_ref().map(|raw| {
        let raw = raw.borrow();
        let (values, _) = raw.as_chunks::<4>();
        values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect::<Vec<f32>>()
    });
    let values = raw.filter(|raw| !raw.is_empty()).unwrap_or_else(|| tensor.float_data.clone());
    (values.len() == dims.iter().product::<usize>()).then_some((dims, values))
}

impl Layer {
    fn new(
        (outputs, kernel, inputs): (usize, (usize, usize), usize),
        stride: (usize, usize),
        weight: impl Fn(usize, usize, usize, usize) -> Option<f32>,
    ) -> Option<Self> {
        let mut weights = Vec::with_capacity(outputs * kernel.0 * kernel.1 * inputs);
        for output in 0..outputs {
            for y in 0..kernel.0 {
                for x in 0..kernel.1 {
                    for input in 0..inputs {
                        weights.push(weight(output, y, x, input)?);
                    }
                }
            }
        }
        Some(Self { outputs, kernel, inputs, stride, weights, bias: vec![0.0; outputs] })
    }

    fn conv(node: &NodeProto, (dims, values): Constant) -> Option<Self> {
        let [outputs, inputs, height, width] = <[usize; 4]>::try_from(dims).ok()?;
        let at = |o: usize, y, x, i| values.get(((o * inputs + i) * height + y) * width + x).copied();
        Self::new((outputs, (height, width), inputs), stride(node)?, at)
    }

    fn transposed(node: &NodeProto, (dims, values): Constant) -> Option<Self> {
        let [inputs, outputs, height, width] = <[usize; 4]>::try_from(dims).ok()?;
        let at = |o, y, x, i: usize| values.get(((i * outputs + o) * height + y) * width + x).copied();
        Self::new((outputs, (height, width), inputs), stride(node)?, at)
    }

    fn product((dims, values): Constant) -> Option<Self> {
        let [inputs, outputs] = <[usize; 2]>::try_from(dims).ok()?;
        Self::new((outputs, (1, 1), inputs), (1, 1), |o, _, _, i| values.get(i * outputs + o).copied())
    }

    /// A sum with one value for each output is the bias; others are sums of two maps, or part of an activation.
    fn add(&mut self, inputs: Vec<Option<Constant>>) {
        let is_bias = |(_, values): &Constant| values.len() == self.outputs && values.len() > 1;
        let only = |(dims, values): &Constant| values.len() == self.outputs && dims.len() > 1;
        if let Some((_, values)) = inputs.into_iter().flatten().find(|c| is_bias(c) || only(c)) {
            self.bias.iter_mut().zip(values).for_each(|(bias, value)| *bias += value);
        }
    }

    /// Scale, shift, mean and variance of each output become part of its weights.
    fn normalise(&mut self, inputs: Vec<Option<Constant>>) -> Option<()> {
        let fits = |values: &Vec<f32>| values.len() == self.outputs;
        let mut constants = inputs.into_iter().flatten().map(|(_, values)| values).filter(fits);
        let (scale, shift) = (constants.next()?, constants.next()?);
        let (mean, variance) = (constants.next()?, constants.next()?);
        let factors: Vec<f32> = scale.iter().zip(variance).map(|(s, v)| s / (v + EPSILON).sqrt()).collect();
        let per_output = self.weights.len() / self.outputs.max(1);
        for (weights, factor) in self.weights.chunks_exact_mut(per_output.max(1)).zip(&factors) {
            for weight in weights {
                *weight *= factor;
            }
        }
        for (((bias, factor), mean), shift) in self.bias.iter_mut().zip(&factors).zip(mean).zip(shift) {
            *bias = (*bias - mean) * factor + shift;
        }
        Some(())
    }

    /// The weights of one output.
    pub(super) fn of_output(&self, output: usize) -> &[f32] {
        let length = self.kernel.0 * self.kernel.1 * self.inputs;
        self.weights.get(output * length..(output + 1) * length).unwrap_or_default()
    }
}

fn stride(node: &NodeProto) -> Option<(usize, usize)> {
    let strides = node.attribute.iter().find(|attribute| attribute.name.as_deref() == Some("strides"))?;
    let [down, across] = <[i64; 2]>::try_from(strides.ints.clone()).ok()?;
    Some((usize::try_from(down).ok()?, usize::try_from(across).ok()?))
}
