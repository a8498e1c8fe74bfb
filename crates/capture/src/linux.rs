//! Linux: X11. Wayland has no passive input and no windows of others; it needs a sensor of its own.

mod canvas;
mod changed;
mod clocks;
mod display;
mod focus;
mod input;
mod judge;
mod kept;
mod keyboard;
mod light;
mod lock;
mod look;
mod monitors;
mod observe;
mod piece;
mod places;
mod reader;
mod run;
mod scene;
mod shared;
mod source;
mod stack;
mod target;
#[cfg(test)]
mod tests;
mod tree;
mod windows;
mod x11;
mod xwayland;

pub use display::FRAME_SIDE_PX_MAX;
pub use input::INPUT_QUEUE_MAX;
pub use light::open_light;
pub use lock::{Buses, Locks};
pub use run::{KEYS_OF_RUN_MAX, PATH_POINTS_MAX};
pub(crate) use tree::Key;
pub use tree::{CHILDREN_MAX, TREE_BUDGET_MS, TREE_NODES_MAX, hears_applications};
pub use windows::{TITLE_BYTES_MAX, WINDOWS_MAX};
pub use x11::{PERMIT_AGE_MS_MAX, open};

use crate::SensorError;

/// The X server's errors, all of which end in the same: nothing is captured.
pub(crate) fn desktop(source: impl std::error::Error + Send + Sync + 'static) -> SensorError {
    SensorError::Desktop(Box::new(source))
}
