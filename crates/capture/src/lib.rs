//! Live sensors, one per platform, that yield raw observations.
//!
//! The path of data: a [`Sensor`] waits until the person does something and yields a [`Pending`]: which window was in front,
//! which others were visible, and when. No title, no key, no pixel. The caller asks the gate about each window. Only
//! [`Sensor::capture`], which takes the gate's permits, reads pixels, and it reads those of permitted windows alone: the
//! frame is put together from them on an empty canvas, and is never a picture of the screen. What comes out is `Raw`.
//!
//! What is absent on purpose: the gate (that is `consent`), a way to look at what was seen, typed text (keys are counted),
//! storage, a clock. Which feature works on which platform: `docs/platforms.md`.
//!
//! Invariants: the gate comes before the pixels (P3). What changed between judgement and look is not captured: it is judged
//! again or not taken. A window whose class is not known has the empty class, which no charter names.

mod light;
mod memory;
mod pending;
mod place;
mod sensitive;
mod sensor;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

pub use light::{Light, NotAKey, PauseKey, Shown};
pub use memory::{Memory, keep_memory_private, share_memory};
pub use pending::{Pending, SeenWindow};
pub use place::{Desktop, Monitor};
pub use sensitive::{SENSITIVE_LIST, Sensitive};
pub use sensor::{Counted, Hearing, Now, OpenError, Sensor, SensorError, Tally, Waker};

#[cfg(target_os = "linux")]
pub use linux::{
    Buses, CHILDREN_MAX, FRAME_SIDE_PX_MAX, INPUT_QUEUE_MAX, KEYS_OF_RUN_MAX, Locks, PATH_POINTS_MAX,
    PERMIT_AGE_MS_MAX, TITLE_BYTES_MAX, TREE_BUDGET_MS, TREE_NODES_MAX, WINDOWS_MAX, hears_applications,
    open, open_light,
};
#[cfg(not(target_os = "linux"))]
pub use other::{Buses, Locks, hears_applications, open, open_light};
