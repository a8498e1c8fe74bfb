//! Evidence from end to end: honest evidence is ok, and whatever is done to it is found and named (P14).
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot be set up must stop, in helpers too"
)]

mod flips;
mod hostile;
mod promises;
mod support;
