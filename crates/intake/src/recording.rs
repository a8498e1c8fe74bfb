//! A recording and its steps, before the gate and after it.

use std::fmt;
use std::path::Path;

use candor_consent::Permit;
use candor_model::{
    Action, Moment, Observation, Outcome, Pixels, Platform, Screen, Timestamp, Tree, VisibleWindow,
};
use candor_redact::Raw;
use zeroize::{Zeroize, Zeroizing};

use crate::folder::Folder;
use crate::layout::Layout;
use crate::track::Track;
use crate::wanted::Wanted;
use crate::window::SeenWindow;
use crate::{IntakeError, layout, track};

/// A recording that another tool made, opened as far as the gate may see.
pub struct Recording {
    pub(crate) about: About,
    pub(crate) seen: Vec<Seen>,
    pub(crate) pauses: Vec<Pause>,
    pub(crate) source: Source,
}

/// What is said once for a recording.
pub(crate) struct About {
    pub(crate) platform: Platform,
    pub(crate) screen: Screen,
    pub(crate) started: Timestamp,
    pub(crate) ended: Timestamp,
    pub(crate) task: Option<Zeroizing<String>>,
    pub(crate) outcome: Option<Outcome>,
}

/// The context of one step.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) at: Moment,
    pub(crate) front: SeenWindow,
    pub(crate) windows: Vec<SeenWindow>,
}

/// Where the content comes from.
pub(crate) enum Source {
    Layout(Layout),
    Track(Track),
}

/// The content of one step.
pub(crate) struct Content {
    pub(crate) title: Option<String>,
    pub(crate) action: Action,
    pub(crate) target: Option<u32>,
    pub(crate) frame: Option<Pixels>,
    pub(crate) tree: Option<Tree>,
}

/// A time in which the person had stopped the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// From when.
    pub from: Timestamp,
    /// Until when; the end of the recording where it was not taken up again.
    pub to: Timestamp,
}

impl Recording {
    /// Opens a folder: an import layout if it has `recording.json`, a raw folder of `DuckTrack` or `AgentNetTool` if it has
    /// `events.jsonl`. Reads the contexts of all steps, and none of their content.
    ///
    /// # Errors
    /// When the folder is none of both, is of another version, or its contexts cannot be believed.
    pub fn open(folder: &Path) -> Result<Self, IntakeError> {
        let folder = Folder::new(folder);
        if folder.has(layout::RECORDING) {
            return layout::open(folder);
        }
        if folder.has(track::EVENTS) {
            return track::open(folder);
        }
        Err(IntakeError::NotARecording)
    }

    /// The steps in their order.
    pub fn steps(&self) -> impl Iterator<Item = PendingStep<'_>> {
        self.seen.iter().enumerate().map(|(n, seen)| PendingStep { recording: self, n, seen })
    }

    /// How many steps there are.
    #[must_use]
    pub fn step_count(&self) -> u64 {
        u64::try_from(self.seen.len()).unwrap_or(u64::MAX)
    }

    /// When the person had stopped the recording.
    #[must_use]
    pub fn pauses(&self) -> &[Pause] {
        &self.pauses
    }

    /// The operating system.
    #[must_use]
    pub const fn platform(&self) -> Platform {
        self.about.platform
    }

    /// The screen: the coordinate space of every point.
    #[must_use]
    pub const fn screen(&self) -> &Screen {
        &self.about.screen
    }

    /// The first moment.
    #[must_use]
    pub const fn started(&self) -> Timestamp {
        self.about.started
    }

    /// The last moment.
    #[must_use]
    pub const fn ended(&self) -> Timestamp {
        self.about.ended
    }

    /// What the person was doing, in their words.
    #[must_use]
    pub fn task(&self) -> Option<Raw<String>> {
        self.about.task.as_ref().map(|task| Raw::seal(task.to_string()))
    }

    /// How it ended, as the person says.
    #[must_use]
    pub const fn outcome(&self) -> Option<Outcome> {
        self.about.outcome
    }
}

/// A step before the gate: its context, and no content.
///
/// ```
/// // What compiles: to look at the context and to ask the gate.
/// fn look(step: &candor_intake::PendingStep<'_>) -> bool { step.front().context().private }
/// ```
/// Without a permit nothing can be read, and a step is read once:
///
/// ```compile_fail
/// fn peek(step: candor_intake::PendingStep<'_>) { let _ = step.read(Vec::new()); }
/// ```
/// ```compile_fail
/// fn twice(step: candor_intake::PendingStep<'_>, permit: &candor_consent::Permit) {
///     let _ = step.read(permit, Vec::new());
///     let _ = step.read(permit, Vec::new());
/// }
/// ```
/// What comes out is sealed:
///
/// ```compile_fail
/// fn open(step: candor_intake::PendingStep<'_>, permit: &candor_consent::Permit) {
///     let action = step.read(permit, Vec::new()).unwrap().action;
/// }
/// ```
pub struct PendingStep<'a> {
    recording: &'a Recording,
    n: usize,
    seen: &'a Seen,
}

impl PendingStep<'_> {
    /// Its place in the recording, from 0.
    #[must_use]
    pub const fn ordinal(&self) -> usize {
        self.n
    }

    /// When it began.
    #[must_use]
    pub const fn at(&self) -> Moment {
        self.seen.at
    }

    /// The window in front when it began.
    #[must_use]
    pub const fn front(&self) -> &SeenWindow {
        &self.seen.front
    }

    /// Every window on the screen when it began, the lowest first.
    #[must_use]
    pub fn windows(&self) -> &[SeenWindow] {
        &self.seen.windows
    }

    /// Reads the content. `permit` is the gate's answer to [`front`](Self::front), `windows` its answers to
    /// [`windows`](Self::windows) in the same order. A field that the permit does not allow is not read: without
    /// `frame` no picture is opened; without `tree` there is no tree, no target, and so nothing that explains a frame;
    /// without `typed_text` and `hotkeys` keys are counted; without `pointer` a pointer action is a wait of 0 ms.
    ///
    /// The wall-clock time of the observation is the permit's: what counts is when the gate said yes, and a foreign
    /// clock proves nothing. The order and the distances of the steps are the recording's.
    ///
    /// # Errors
    /// When the permit or the windows belong to something else, or the content is missing or cannot be believed.
    pub fn read(self, permit: &Permit, windows: Vec<VisibleWindow>) -> Result<Raw<Observation>, IntakeError> {
        if permit.site().is_some_and(|site| !self.seen.front.is_on(site.as_str())) {
            return Err(IntakeError::OtherPermit { n: self.n });
        }
        let places = |w: &[VisibleWindow]| w.iter().map(|w| w.bounds).collect::<Vec<_>>();
        if places(&windows) != self.seen.windows.iter().map(|w| w.bounds).collect::<Vec<_>>() {
            return Err(IntakeError::OtherWindows {
                n: self.n,
                found: self.seen.windows.len(),
                judged: windows.len(),
            });
        }
        let content = self.content(Wanted::by(permit))?;
        Ok(Raw::seal(Observation {
            at: Moment { wall: permit.at(), monotonic_us: self.seen.at.monotonic_us },
            screen: self.recording.about.screen.clone(),
            app: permit.app().clone(),
            site: permit.site().cloned(),
            communication: permit.communication(),
            title: content.title,
            bounds: self.seen.front.bounds,
            action: content.action,
            target: content.target,
            frame: content.frame,
            windows,
            tree: content.tree,
            late_ms: None,
        }))
    }

    /// The content of the fields that are wanted.
    pub(crate) fn content(&self, wanted: Wanted) -> Result<Content, IntakeError> {
        let screen = &self.recording.about.screen;
        match &self.recording.source {
            Source::Layout(layout) => layout.content(self.n, wanted, screen),
            Source::Track(track) => track.content(self.n, wanted, screen),
        }
    }
}

impl Content {
    /// Drops what is not wanted of an action, its title and its element.
    pub(crate) fn narrowed(
        mut title: Option<String>,
        action: Action,
        target: Option<u32>,
        wanted: Wanted,
    ) -> Self {
        if !wanted.title {
            title.zeroize();
        }
        let title = title.filter(|_| wanted.title);
        let target = target.filter(|_| wanted.target_of(&action));
        Self { title, action: wanted.narrowed(action), target, frame: None, tree: None }
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recording({} steps)", self.seen.len())
    }
}

impl fmt::Debug for PendingStep<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PendingStep({})", self.n)
    }
}
