//! The tray icon: what the light says, once more, with a menu. It proves nothing and is no condition: the light is.
//!
//! It lives on a thread of its own, which sleeps until the recorder says something else or the person chooses something. What the recorder
//! says replaces what it said before, and what the person chose waits in a short queue: neither waits for the other.

#[cfg(target_os = "linux")]
mod icon;
#[cfg(target_os = "linux")]
mod item;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use candor_capture::Shown;
use candor_model::AppId;
use tokio::sync::watch;

/// Most wishes that wait for the recorder; what is chosen beyond them is not heard.
const WISHES_MAX: usize = 16;
/// What "forget" in the menu forgets, in minutes.
pub(super) const FORGET_MINUTES: u32 = 5;

/// What the icon says, and what its menu stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) shown: Shown,
    /// Whether what applications say of themselves is not heard.
    pub(super) unheard: bool,
    pub(super) paused: bool,
    /// Applications that are not recorded on this device.
    pub(super) not_here: BTreeSet<AppId>,
}

/// What the person chose in the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// Pause, or go on.
    Pause(bool),
    /// Forget the last minutes.
    Forget,
    /// Do not record an application here, or do again.
    NotHere(AppId, bool),
    /// Open the person's page.
    OpenPage,
    /// End the recording.
    Stop,
}

/// Whether somebody shows the icon.
#[derive(Debug, Default)]
struct Standing {
    /// The icon is on the bus of the desktop's session.
    is_there: AtomicBool,
    /// Nobody on that bus shows icons, at this moment.
    has_no_host: AtomicBool,
}

/// The icon. It goes when this is dropped, and when the program ends, however it ends.
pub(super) struct Tray {
    looks: watch::Sender<Look>,
    wishes: Receiver<Wish>,
    standing: Arc<Standing>,
}

impl Tray {
    /// Offers the icon to whoever shows icons, at this moment or later. `apps` are those that the person agreed to, by name and title.
    pub(super) fn offer(apps: Vec<(AppId, String)>, look: Look) -> Self {
        let (looks, seen) = watch::channel(look);
        let (wish, wishes) = sync_channel(WISHES_MAX);
        let standing = Arc::new(Standing::default());
        serve(apps, seen, wish, &standing);
        Self { looks, wishes, standing }
    }

    /// Says something else.
    pub(super) fn show(&self, look: Look) {
        self.looks.send_if_modified(|before| {
            let changes = *before != look;
            *before = look;
            changes
        });
    }

    /// The next thing that the person chose.
    pub(super) fn wished(&self) -> Option<Wish> {
        self.wishes.try_recv().ok()
    }

    /// Whether somebody shows it.
    pub(super) fn is_shown(&self) -> bool {
        self.standing.is_there.load(Ordering::SeqCst) && !self.standing.has_no_host.load(Ordering::SeqCst)
    }
}

/// A thread that cannot start, or a bus that is not there, leave the recording as it is: there is no icon then.
#[cfg(target_os = "linux")]
fn serve(
    apps: Vec<(AppId, String)>,
    looks: watch::Receiver<Look>,
    wishes: SyncSender<Wish>,
    standing: &Arc<Standing>,
) {
    let standing = Arc::clone(standing);
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            runtime.block_on(item::serve(apps, looks, wishes, standing));
        }
    };
    drop(std::thread::Builder::new().name("candor-tray".to_owned()).spawn(run));
}

/// No other platform has one yet.
#[cfg(not(target_os = "linux"))]
fn serve(_: Vec<(AppId, String)>, _: watch::Receiver<Look>, _: SyncSender<Wish>, _: &Arc<Standing>) {}
