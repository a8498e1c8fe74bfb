//! The one seam between platforms.

use std::sync::Arc;
use std::time::Duration;

use candor_consent::Permit;
use candor_model::{Moment, Observation, Platform, Screen};
use candor_redact::Raw;
use serde::{Deserialize, Serialize};

use crate::{Desktop, Monitor, Pending, Sensitive};

/// Why the text of a run of keys is not known, and the keys are only counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// The person does not give typed text.
    NotGiven,
    /// The window was not heard from the first key on: it was permitted just then, or its application tells nothing.
    NotHeard,
    /// The application told of no key in time.
    Silent,
    /// The application told of some keys only, in time.
    Incomplete,
    /// What was told does not fit the keys.
    Unlike,
    /// It was written in a password field or a terminal, or the element did not answer.
    Withheld,
    /// The window was not as it was judged any more.
    Changed,
}

/// Whether what applications tell of themselves is heard. Trees, elements, sites and typed texts come from there, and from nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    /// It is asked for the first time: not known yet.
    Asking,
    /// It is heard.
    Heard,
    /// Nobody brings it: windows have no tree, browsers no site, and keys are only counted.
    Unheard,
}

/// What became of the input. Each event is counted once: `seen` is the sum of `taken`, `not_taken` and `tail`, once all that was
/// seen was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events of keys, buttons and the wheel that were seen, modifiers apart.
    pub seen: u64,
    /// Those of actions that were captured.
    pub taken: u64,
    /// Those of actions that were not captured, of which the caller knows why.
    pub not_taken: u64,
    /// What only tells how a click that was not captured went on.
    pub tail: u64,
    /// Events that were dropped because they came faster than they were taken: not among those seen.
    pub lost: u64,
    /// Actions that were captured.
    pub actions: u64,
    /// Actions whose text was only counted, by the reason.
    pub counted: std::collections::BTreeMap<Counted, u64>,
    /// Actions whose element is not known.
    pub unnamed: u64,
}

/// Tells the time by two clocks. The binary passes the operating system's.
pub type Now = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Watches a desktop.
///
/// The order of calls is the order of the gate: [`next`](Sensor::next), the caller's judgement of each window, then
/// [`capture`](Sensor::capture). There is no other way to pixels. Where `capture` says that the windows
/// [`Changed`](SensorError::Changed), [`again`](Sensor::again) looks at them anew, and the gate judges anew.
///
/// Without a permit nothing is captured:
///
/// ```compile_fail,E0308
/// fn look(sensor: &mut dyn candor_capture::Sensor, pending: candor_capture::Pending) {
///     let _ = sensor.capture(&pending, None, &[]);
/// }
/// ```
pub trait Sensor: Send {
    /// The platform.
    fn platform(&self) -> Platform;

    /// The screens. Each observation names the one that its coordinates are of: X11 has one for all monitors, other platforms
    /// have one for each display, with a scale of its own.
    fn screens(&self) -> Vec<Screen>;

    /// The monitors, as they are at this moment: the person may plug one in, or turn it.
    ///
    /// # Errors
    /// When the desktop does not answer.
    fn monitors(&mut self) -> Result<Vec<Monitor>, SensorError>;

    /// Whether the screen is locked, as far as the platform tells.
    ///
    /// # Errors
    /// When the desktop does not answer. Then nothing may be captured.
    fn locked(&mut self) -> Result<bool, SensorError>;

    /// Waits until the person does something, at most `wait`. None if they did nothing, and as soon as a screen changes that
    /// [`is_at_rest`](Sensor::is_at_rest), or somebody [wakes](Sensor::waker) it.
    ///
    /// # Errors
    /// When the desktop does not answer, or input was lost.
    fn next(&mut self, wait: Duration) -> Result<Option<Pending>, SensorError>;

    /// What ends a wait in [`next`](Sensor::next) of a screen at rest, from any thread. It lasts as long as the sensor, and does nothing
    /// afterwards.
    fn waker(&self) -> Waker;

    /// Looks at the windows again, for the same action. A click raises a window a moment after the button went down: what was
    /// judged in between is judged again, and not lost. The action is still the window's that it was done to.
    ///
    /// # Errors
    /// When the desktop does not answer.
    fn again(&mut self, pending: Pending) -> Result<Pending, SensorError>;

    /// The windows, once the screen came to rest after it changed; none if there is nothing new to be seen. The caller judges them
    /// and calls [`keep`](Sensor::keep), so that there is a frame of before the next action. What was kept goes.
    ///
    /// # Errors
    /// When the desktop does not answer.
    fn rest(&mut self) -> Result<Option<Pending>, SensorError>;

    /// Whether the screen was looked at since it changed last: there is nothing to do until something happens.
    fn is_at_rest(&self) -> bool;

    /// Keeps a frame and a tree of the permitted windows in memory, for the next action only.
    ///
    /// # Errors
    /// As for [`capture`](Sensor::capture). Then nothing is kept.
    fn keep(
        &mut self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<(), SensorError>;

    /// The windows after the last action that was captured, once the screen came to rest; none if there was no action. The caller
    /// judges them and captures: what comes out is that the person waited, with the frame after the action.
    ///
    /// # Errors
    /// When the desktop does not answer.
    fn last(&mut self) -> Result<Option<Pending>, SensorError>;

    /// What became of the input so far.
    fn tally(&self) -> Tally;

    /// Whether what applications tell of themselves is heard at this moment. Where it is not, the sensor looks for it again by itself.
    fn hearing(&self) -> Hearing;

    /// Looks at what the gate permitted.
    ///
    /// `permit` is for the window in front, `windows` are the gate's answers for [`Pending::windows`], in their order. It
    /// returns when the action has ended: a run of keys or wheel turns is one action.
    ///
    /// # Errors
    /// When anything changed since the windows were judged, the judgement is old or does not fit, the screen is locked, or
    /// the desktop does not answer. Then nothing was captured; the caller notes a gap.
    fn capture(
        &mut self,
        pending: &Pending,
        permit: &Permit,
        windows: &[Option<Permit>],
    ) -> Result<Raw<Observation>, SensorError>;
}

/// Wakes whoever waits for what the person does.
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    /// Wakes in this way.
    pub fn by(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Arc::new(wake))
    }

    /// Ends the wait.
    pub fn wake(&self) {
        (self.0)();
    }
}

impl std::fmt::Debug for Waker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waker(..)")
    }
}

/// Why there is no sensor.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The platform has no sensor.
    #[error("recording is not supported on {platform}: see docs/platforms.md")]
    Unsupported {
        /// The platform.
        platform: &'static str,
    },
    /// This platform has no such desktop.
    #[error("this platform has no desktop {desktop:?}")]
    NotHere {
        /// The desktop that was asked for.
        desktop: Desktop,
    },
    /// The person or the system has not allowed it.
    #[error("{permission} is not allowed")]
    NotAllowed {
        /// What must be allowed, in the words of the system.
        permission: &'static str,
    },
    /// There is no desktop, or it does not let this program in.
    #[error("could not connect to the display {display:?}")]
    Connect {
        /// The name of the display.
        display: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The display is a part of a Wayland session: of its other windows, and of what lies over the light, it tells nothing.
    #[error(
        "the display {display:?} shows only some windows of a Wayland session: log in to an X11 session (Xorg) to record"
    )]
    Xwayland {
        /// The name of the display.
        display: String,
    },
    /// The desktop lacks something that is needed.
    #[error("the display lacks {what}")]
    Lacks {
        /// What it lacks.
        what: &'static str,
    },
}

/// Why nothing was captured.
#[derive(Debug, thiserror::Error)]
pub enum SensorError {
    /// The windows are not those that were judged.
    #[error("the screen changed after the windows were judged")]
    Changed,
    /// The judgement is too old, or of a time to come.
    #[error("the permit was not given just now")]
    Stale,
    /// There is not one answer for each window, or the window in front has none.
    #[error("the gate's answers do not fit the windows")]
    Answers,
    /// The screen is locked.
    #[error("the screen is locked")]
    Locked,
    /// The window in front is about something that is never captured.
    #[error("the window in front is about {kind}, which is never recorded")]
    Sensitive {
        /// What it is about.
        kind: Sensitive,
    },
    /// The screen, or a window of it, is shared with others.
    #[error("the screen is shared with others, and nothing is recorded meanwhile")]
    Shared,
    /// Input came faster than it was taken: what it was is not known.
    #[error("input was lost")]
    Lost,
    /// The desktop does not answer.
    #[error("the desktop does not answer")]
    Desktop(#[source] Box<dyn std::error::Error + Send + Sync>),
}
