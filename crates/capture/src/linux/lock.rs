//! Whether the screen is locked, as the desktop's screen saver and the session's manager tell: over the bus of the session
//! (`org.freedesktop.ScreenSaver` and the names that desktops gave it) and the bus of the system (`org.freedesktop.login1`).
//!
//! What they are is normal to be absent, and tells nothing. A signal is only a reason to ask: what counts is the answer of who owns the name.
//! An owner that does not answer leaves what it told before.

mod ask;
mod login;
mod saver;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::watch;

/// Longest wait for a bus, in seconds.
const CONNECT_SECONDS_MAX: u64 = 5;
/// How long a bus that went away rests before it is looked for again.
const REST: Duration = Duration::from_secs(10);

/// Where to hear of locks.
#[derive(Debug, Clone, Default)]
pub struct Buses {
    /// Address of the bus of the desktop's session.
    pub session: Option<String>,
    /// Address of the bus of the system.
    pub system: Option<String>,
    /// What the session's manager calls this session.
    pub login: Option<String>,
}

/// Hears of locks for as long as it lives.
#[derive(Debug)]
pub struct Locks {
    saver: Arc<AtomicBool>,
    login: Arc<AtomicBool>,
    /// The thread ends when this is dropped.
    _ends: watch::Sender<()>,
}

impl Locks {
    /// Begins to hear, on a thread that sleeps until something is told.
    #[must_use]
    pub fn hear(buses: Buses) -> Self {
        let (ends, mut end) = watch::channel(());
        let locks = Self { saver: Arc::default(), login: Arc::default(), _ends: ends };
        let (saver, login) = (Arc::clone(&locks.saver), Arc::clone(&locks.login));
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                tokio::select! {
                    () = hear_all(&buses, &saver, &login) => {}
                    _ = end.changed() => {}
                }
            });
        };
        // Without the thread nothing is told, as where there is no bus.
        drop(std::thread::Builder::new().name("candor-locks".to_owned()).spawn(run));
        locks
    }

    /// Whether anybody tells that the screen is locked.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.saver.load(Ordering::SeqCst) || self.login.load(Ordering::SeqCst)
    }
}

async fn hear_all(buses: &Buses, saver: &AtomicBool, login: &AtomicBool) {
    let savers = async {
        let Some(address) = &buses.session else { return };
        loop {
            saver::hear(address, saver).await;
            tokio::time::sleep(REST).await;
        }
    };
    let logins = async {
        let Some(address) = &buses.system else { return };
        loop {
            login::hear(address, buses.login.as_deref(), login).await;
            tokio::time::sleep(REST).await;
        }
    };
    tokio::join!(savers, logins);
    // Nothing more is told; what was told holds until it is dropped.
    std::future::pending::<()>().await;
}
