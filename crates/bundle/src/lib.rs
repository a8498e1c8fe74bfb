//! How a released session is written down: the archive that travels, and frames as tiles.
//!
//! A screen changes in small parts, so the frames of a session share most of their tiles. A [`Packer`] keeps each tile once; an
//! [`Unpacker`] puts a frame together again; a [`Checker`] holds packed frames against their digests without putting any together: each tile is
//! opened and hashed once. The journal, the archive and the vault keep frames in this one form.
//!
//! It knows no key and no rule. Specification: `docs/formats/frame.md`, `docs/formats/bundle.md`.

mod check;
mod pack;
mod packed;
mod repack;
mod squeeze;
mod unpack;
mod wire;

pub use check::Checker;
pub use pack::{Packer, TILES_MAX};
pub use packed::{Damaged, PACKED_BYTES_MAX, Packed};
pub use repack::Repacker;
pub use squeeze::{squeeze, unsqueeze};
pub use unpack::Unpacker;
pub use wire::{Contents, PackedFrame, WireError, packed_bytes, read, write};

#[cfg(test)]
mod tests;
