//! Platforms without a sensor.

use crate::{Desktop, Now, OpenError, Sensor};

/// Opens the sensor of this platform.
///
/// # Errors
/// Always: this platform has none.
pub fn open(_desktop: impl Into<Desktop>, _now: Now) -> Result<Box<dyn Sensor>, OpenError> {
    Err(OpenError::Unsupported { platform: std::env::consts::OS })
}

/// Whether what applications tell of themselves could be heard: not on this platform.
#[must_use]
pub fn hears_applications(_display: &str) -> bool {
    false
}

/// The light is not supported on this platform.
///
/// # Errors
/// Always.
pub fn open_light(
    _display: &str,
    _key: Option<crate::PauseKey>,
    _shown: crate::Shown,
) -> Result<Box<dyn crate::Light>, OpenError> {
    Err(OpenError::Unsupported { platform: std::env::consts::OS })
}

/// Where to hear of locks: nowhere, on this platform.
#[derive(Debug, Clone, Default)]
pub struct Buses {
    /// Nothing.
    pub session: Option<String>,
    /// Nothing.
    pub system: Option<String>,
    /// Nothing.
    pub login: Option<String>,
}

/// Hears of no locks.
#[derive(Debug)]
pub struct Locks;

impl Locks {
    /// Hears nothing.
    #[must_use]
    pub fn hear(_buses: Buses) -> Self {
        Self
    }

    /// Nobody tells.
    #[must_use]
    pub const fn is_locked(&self) -> bool {
        false
    }
}
