//! The vault as a whole: what is refused, what is destroyed, what is in the log, and what a crash leaves.

mod admission;
mod crashes;
mod erasure;
mod exports;
mod log_first;
mod programs;
mod questions;
mod startup;
mod world;
