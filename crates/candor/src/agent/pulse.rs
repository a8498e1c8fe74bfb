//! The server's word while it records: asked for on a thread of its own, so that a halt is heard within a second and a server that does not
//! answer keeps nobody waiting.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use candor_capture::Waker;
use candor_consent::Lease;
use candor_model::{Digest, Envelope, Statement};

use super::client::Client;
use crate::ambient::Stopwatch;
use crate::api::LeaseRequest;
use crate::exit::{Because, Kind, Outcome};

/// Between two questions, in milliseconds: a halt in this time is known a second after the server says so. While recording goes on, the server
/// holds each question until there is a halt or six seconds are over, so that most are known at once.
const PULSE_MS: u64 = 800;
/// Between two questions for the signed history, in microseconds. It is asked for with each lease while nothing may be recorded, so that a
/// program that was resumed is recorded again a second later.
const HISTORY_US: u64 = 32_000_000;

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
        let wakes = Arc::<Mutex<Option<Waker>>>::default();
        let mut asks = Asks {
            client,
            program,
            tell,
            is_halted: Arc::clone(&is_halted),
            wakes: Arc::clone(&wakes),
            answered: false,
            history: None,
        };
        // Named, so that whoever looks at the machine's processes sees what the server's word costs.
        let named = std::thread::Builder::new().name("candor-pulse".to_owned());
        let run = move || {
            while ended.recv_timeout(Duration::from_millis(PULSE_MS)) == Err(RecvTimeoutError::Timeout) {
                if asks.once().is_none() {
                    return;
                }
            }
        };
        named.spawn(run).because(Kind::Unexpected, "start to ask the server")?;
        Ok(Self { heard, is_halted, wakes, _until: until })
    }

    /// Says whether anything keeps the recorder from recording.
    pub(crate) fn is_halted(&self, is_halted: bool) {
        self.is_halted.store(is_halted, Ordering::Relaxed);
    }

    /// Says whom to wake when something new was heard.
    pub(crate) fn wakes(&self, waker: Waker) {
        *self.wakes.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker);
    }

    /// What was heard since it was last asked, the oldest first.
    pub(crate) fn heard(&self) -> impl Iterator<Item = Heard> + '_ {
        self.heard.try_iter()
    }
}

/// Who asks.
struct Asks {
    client: Client,
    program: Digest,
    tell: Sender<Heard>,
    is_halted: Arc<AtomicBool>,
    wakes: Arc<Mutex<Option<Waker>>>,
    /// The last question had an answer.
    answered: bool,
    /// Since the signed history was asked for.
    history: Option<Stopwatch>,
}

impl Asks {
    /// Asks once. A server that does not answer says nothing, and that is counted by who listens; none where nobody does any more.
    fn once(&mut self) -> Option<()> {
        let is_halted = self.is_halted.load(Ordering::Relaxed);
        let lease = self.lease(is_halted);
        self.answered = lease.is_some();
        let Some(lease) = lease else { return Some(()) };
        let stops = says_stop(&lease);
        self.tell.send(Heard::Lease(lease)).ok()?;
        if is_halted || stops || self.history.is_none_or(|asked| asked.micros() >= HISTORY_US) {
            self.history = Some(Stopwatch::start());
            let path = format!("/api/v1/programs/{}/history", self.program);
            if let Ok(history) = self.client.get(&path) {
                self.tell.send(Heard::History(history)).ok()?;
            }
            self.wake();
        }
        Some(())
    }

    /// The next lease, which the server holds back. One at once where nothing is recorded, where the server said nothing the last time, which must
    /// not last, and where it holds none.
    fn lease(&self, is_halted: bool) -> Option<Envelope> {
        let request = LeaseRequest { program: self.program };
        let at_once = || self.client.post("/api/v1/leases", &request).ok();
        if is_halted || !self.answered {
            return at_once();
        }
        self.client.post("/api/v1/leases/next", &request).ok().or_else(at_once)
    }

    /// Wakes who listens. A lease that says nothing new wakes nobody: who listens hears it soon, and keys that rest are followed on.
    fn wake(&self) {
        if let Some(waker) = self.wakes.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            waker.wake();
        }
    }
}

/// What a lease says before it is believed: it only decides what is asked next.
fn says_stop(lease: &Envelope) -> bool {
    Statement::<Lease>::peek(lease).is_ok_and(|said| !said.predicate.state_ok)
}
