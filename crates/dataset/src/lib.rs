//! Compile what was released into a dataset for one purpose, and make the evidence for it.
//!
//! The path of data: [`compile()`] takes a recipient's signed request and the [`Recipe`] that it names. The vault decides the use
//! consent by consent and opens the sessions; the filter picks steps, and they become numbered records, dealt out to splits by
//! contributor. The files are written under a hidden name, the export goes into the log, the organisation seals the
//! evidence, and one rename makes dataset and evidence appear together.
//!
//! Everything between opening and logging is a pure function of the sessions, the recipe and the charter, so that the same
//! input gives the same bytes (P15). Only this room can make what that function starts from: there is no way to a dataset
//! around the vault's decision (P12).
//!
//! What is absent on purpose: a column, a split or a count by person; a clock, randomness, a network; invented thoughts or
//! scores; an executor of queries (a filter is one expression over one row, never a statement); async.
//!
//! Invariants: line n of `steps.jsonl` is record n in the exact bytes that its contributor released, and the frame of record n
//! is the frame that they released; nobody stands in two splits; nothing is published that is not in the log.
//! Specifications: `docs/formats/recipe.md`, `docs/formats/dataset.md`, `docs/formats/evidence.md`.

mod recipe;

mod compile;
mod contents;
mod versions;

mod filter;
mod plan;
mod selection;
mod split;

mod agentnet;
mod card;
mod columns;
mod counts;
mod image;
mod lineage;
mod shard;

mod evidence;
mod folder;

mod error;

#[cfg(test)]
mod testing;

pub use compile::{Compiled, DATASET_FOLDER, EVIDENCE_FOLDER, compile};
pub use counts::Counts;
pub use error::CompileError;
pub use evidence::refresh_evidence;
pub use filter::FilterError;
pub use plan::RECORDS_MAX;
pub use recipe::{
    FILTER_BYTES_MAX, Format, NAME_CHARACTERS_MAX, RECIPE_BYTES_MAX, RECIPE_VERSION, Recipe, RecipeError,
    Split,
};
