//! The models that look at pixels, computed here: of the reader, PP-OCRv6 tiny, `detection` says where text is and `recognition`
//! what a line says; `faces`, `BlazeFace`, says where a face may be.
//!
//! Why our own, where `rten` runs any model: nearly all layers of these are so thin that going over memory costs more
//! than reckoning, and `rten` 0.27 goes over all of a map once for each step of each layer, by channel without vector
//! instructions. Here the values of a pixel lie side by side (`map`), a product reads them where they lie (`dense`, `depthwise`),
//! and what follows it is done while they are at hand. The registers are `rten-simd`'s. Memory is asked for anew for each map:
//! keeping it was tried, and saved nothing.
//!
//! What it computes: both models of the reader are rows of blocks with the shape of `RepViT`'s (Wang et al. 2024): a convolution by channel, a
//! squeeze and excitation (Hu et al. 2018) in every other one, and two products with GELU between them (`block`). Detection
//! begins with the stem of `HGNetV2` (`stem`), joins four sizes by a pyramid with weighted channels, the RSE-FPN of PP-OCRv3 (Li et
//! al. 2022; `neck`), and ends in the head of differentiable binarisation (Liao et al. 2020; `head`). Recognition ends in a
//! convolution along the line and three products, one row of classes for each step. `faces` tells of its own blocks.
//!
//! `weights` reads the pinned files as they are, and refuses a file whose layers are others, in kernel, stride, width or number;
//! a test holds all models to what `rten` makes of the same files.

mod block;
mod dense;
mod depthwise;
pub(super) mod detection;
pub(crate) mod faces;
mod head;
pub(super) mod map;
mod neck;
pub(super) mod recognition;
mod stem;
#[cfg(test)]
mod tests;
mod weights;
