//! Importers of recordings made by other tools, that yield raw observations.
//!
//! The path of a recording: [`Recording::open`] reads what the gate needs and nothing else. [`Recording::steps`] hands out
//! [`PendingStep`]s, which show the context of a step and no content. Only [`PendingStep::read`], which takes the
//! [`Permit`](candor_consent::Permit) of that step, opens the files of content, and only those of the fields that the permit
//! allows. What comes out is a sealed [`Raw`](candor_redact::Raw) observation, which `redact` alone can open.
//!
//! Two layouts are read, both specified in `docs/formats/recording.md`: Candor's own import layout, in which context and
//! content lie in different files, and the raw folders of `DuckTrack` and `AgentNetTool` with PNG frames beside them.
//!
//! What it leaves out: deciding (that is `consent`), redacting, writing anything, video, and every clock.
//!
//! Invariants: a refused step's files of content are never opened. No link is followed, and no path leaves the folder. An
//! error names a file, a line and sizes, never content; bytes that were read are wiped when they are dropped.

mod error;
mod folder;
mod frame;
mod json;
mod layout;
pub mod limit;
mod recording;
mod track;
mod wanted;
mod window;

#[cfg(test)]
mod sample;

pub use error::{Fault, IntakeError};
pub use recording::{Pause, PendingStep, Recording};
pub use window::SeenWindow;
