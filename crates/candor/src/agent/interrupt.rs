//! Ctrl-C as a wish: what runs comes to its end, instead of being cut off.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::SIGINT;

use crate::exit::{Because, Kind, Outcome};

/// Whether somebody pressed Ctrl-C since it was last asked to forget.
#[derive(Debug)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Takes Ctrl-C from here to the end of the program.
    pub(crate) fn watch() -> Outcome<Self> {
        Self::of(&[SIGINT])
    }

    /// Takes what asks a program to end for good: its terminal is gone, or the system wants it so.
    #[cfg(feature = "demo")]
    pub(crate) fn watch_end() -> Outcome<Self> {
        #[cfg(unix)]
        let signals = [signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP];
        #[cfg(not(unix))]
        let signals = [signal_hook::consts::SIGTERM];
        Self::of(&signals)
    }

    /// Takes whatever asks a recording to end: Ctrl-C, the end of its terminal or of the desktop's session.
    pub(crate) fn watch_any() -> Outcome<Self> {
        #[cfg(unix)]
        let signals = [SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP];
        #[cfg(not(unix))]
        let signals = [SIGINT, signal_hook::consts::SIGTERM];
        Self::of(&signals)
    }

    fn of(signals: &[i32]) -> Outcome<Self> {
        let came = Arc::new(AtomicBool::new(false));
        for signal in signals {
            signal_hook::flag::register(*signal, Arc::clone(&came))
                .because(Kind::Unexpected, "take Ctrl-C")?;
        }
        Ok(Self(came))
    }

    /// Whether it came.
    pub(crate) fn came(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// Forgets it: it was meant for something that has ended.
    #[cfg(feature = "demo")]
    pub(crate) fn forget(&self) {
        self.0.store(false, Ordering::SeqCst);
    }
}
