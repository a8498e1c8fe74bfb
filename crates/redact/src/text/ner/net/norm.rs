//! Layer normalisation (Ba et al. 2016): each token has mean 0 and variance 1, then a scale and a shift for each value.

use rten_simd::SimdOp;
use rten_vecmath::{Normalize, NormalizeOptions, Sum, SumSquareSub};

use super::WIDTH;

/// What is added to the variance.
const EPSILON: f32 = 1e-12;
/// [`WIDTH`] as it divides.
const COUNT: f32 = 384.0;

/// Scale and shift, each of [`WIDTH`] values.
pub(super) struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl Norm {
    /// None if they are not as wide as a token.
    pub(super) fn new(scale: Vec<f32>, shift: Vec<f32>) -> Option<Self> {
        (scale.len() == WIDTH && shift.len() == WIDTH).then_some(Self { scale, shift })
    }

    /// Normalises each token.
    pub(super) fn run(&self, values: &mut [f32]) {
        for token in values.chunks_exact_mut(WIDTH) {
            let mean = Sum::new(token).dispatch() / COUNT;
            let variance = SumSquareSub::new(token, mean).dispatch() / COUNT;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: 1.0 / (variance + EPSILON).sqrt(),
                element_scale: Some(&self.scale),
                bias: 0.0,
                element_bias: Some(&self.shift),
            };
            Normalize::new_mut(token, options).dispatch();
        }
    }
}
