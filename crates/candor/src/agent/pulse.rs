//! The server's word while it records: asked for on a thread of its own, so that a halt is heard within a second and a server that does not
//! answer keeps nobody waiting.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use candor_capture::Waker;

use candor_model::{Digest, Envelope};

use super::client::Client;
use crate::api::LeaseRequest;
use crate::exit::{Because, Kind, Outcome};

/// Between two questions, in milliseconds: a halt is known a second after the server says so.
const PULSE_MS: u64 = 800;
/// The signed history is asked for with every so many leases: every 32 seconds; with each while nothing may be recorded, so that a
/// program that was resumed is recorded again a second later.
const HISTORY_EVERY: u32 = 40;

/// What the server said. Nothing of it is believed before it is verified.
pub(crate) enum Heard {
    /// A lease.
    Lease(Envelope),
    /// The program's signed history.
    History(Vec<Envelope>),
}

/// Asks until it is dropped.
pub(crate) struct Pulse {
    heard: Receiver<Heard>,
    is_halted: Arc<AtomicBool>,
    wakes: Arc<Mutex<Option<Waker>>>,
    _until: Sender<()>,
}

impl Pulse {
    /// Begins to ask.
    pub(crate) fn begin(client: &Client, program: Digest) -> Outcome<Self> {
        let client = client.hurried()?;
        let (tell, heard) = channel();
        let (until, ended) = channel();
        let is_halted = Arc::new(AtomicBool::new(false));
        let halted = Arc::clone(&is_halted);
        let wakes = Arc::<Mutex<Option<Waker>>>::default();
        let woken = Arc::clone(&wakes);
        // Named, so that whoever looks at the machine's processes sees what the server's word costs.
        let named = std::thread::Builder::new().name("candor-pulse".to_owned());
        let run = move || {
            let mut asked: u32 = 0;
            while ended.recv_timeout(Duration::from_millis(PULSE_MS)) == Err(RecvTimeoutError::Timeout) {
                let with_history = halted.load(Ordering::Relaxed) || asked.is_multiple_of(HISTORY_EVERY);
                if ask(&client, program, with_history, &tell).is_none() {
                    return;
                }
                if let Some(waker) = woken.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                    waker.wake();
                }
                asked += 1;
            }
        };
        named.spawn(run).because(Kind::Unexpected, "start to ask the server")?;
        Ok(Self { heard, is_halted, wakes, _until: until })
    }

    /// Says whether anything keeps the recorder from recording.
    pub(crate) fn is_halted(&self, is_halted: bool) {
        self.is_halted.store(is_halted, Ordering::Relaxed);
    }

    /// Says whom to wake when something was heard.
    pub(crate) fn wakes(&self, waker: Waker) {
        *self.wakes.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker);
    }

    /// What was heard since it was last asked, the oldest first.
    pub(crate) fn heard(&self) -> impl Iterator<Item = Heard> + '_ {
        self.heard.try_iter()
    }
}

/// Asks once. A server that does not answer says nothing, and that is counted by who listens; none where nobody does any more.
fn ask(client: &Client, program: Digest, with_history: bool, tell: &Sender<Heard>) -> Option<()> {
    if let Ok(lease) = client.post("/api/v1/leases", &LeaseRequest { program }) {
        tell.send(Heard::Lease(lease)).ok()?;
    }
    if with_history && let Ok(history) = client.get(&format!("/api/v1/programs/{program}/history")) {
        tell.send(Heard::History(history)).ok()?;
    }
    Some(())
}
