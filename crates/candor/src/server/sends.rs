//! Datasets on their way to a recipient: each has a deadline, and an erasure stops them all.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::runtime::Handle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Longest time that a recipient may take no byte, in seconds.
const STALL_SECONDS_MAX: u64 = 30;
/// Longest time that sending may take, in seconds.
const SEND_SECONDS_MAX: u64 = 600;
/// Longest time that an erasure waits for a sender to close its file, in seconds.
const STOP_SECONDS_MAX: u64 = 10;

/// Every dataset that is being sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Sends(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    now: Mutex<Now>,
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Now {
    stop: CancellationToken,
    count: usize,
}

impl Sends {
    /// Counts one. Called under the vault's lock, so that an erasure sees it.
    pub(super) fn begin(&self) -> Sending {
        let mut now = self.now();
        now.count = now.count.saturating_add(1);
        Sending { sends: self.clone(), stop: now.stop.clone() }
    }

    /// Stops all, and waits until none has a file open any more.
    pub(super) fn stop_all(&self) {
        let mut now = self.now();
        std::mem::take(&mut now.stop).cancel();
        let wait = Duration::from_secs(STOP_SECONDS_MAX);
        let waited = self.0.ended.wait_timeout_while(now, wait, |now| now.count > 0);
        if waited.is_ok_and(|(_, timeout)| timeout.timed_out()) {
            tracing::warn!(target: "candor", "a dataset is still being sent while its keys are destroyed");
        }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        // What it holds is right at every moment: a panic elsewhere harms nothing here.
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One dataset that is being sent; dropped when no file of it is open.
#[derive(Debug)]
pub(super) struct Sending {
    sends: Sends,
    stop: CancellationToken,
}

impl Sending {
    /// Writes to the recipient, at their pace, until the deadline or an erasure.
    pub(super) fn writer(&self, out: DuplexStream, runtime: Handle) -> Writer {
        let until = Instant::now() + Duration::from_secs(SEND_SECONDS_MAX);
        Writer { out, runtime, until, stop: self.stop.clone() }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        let mut now = self.sends.now();
        now.count = now.count.saturating_sub(1);
        self.sends.0.ended.notify_all();
    }
}

/// What a recipient reads from.
#[derive(Debug)]
pub(super) struct Writer {
    out: DuplexStream,
    runtime: Handle,
    until: Instant,
    stop: CancellationToken,
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Self { out, runtime, until, stop } = self;
        let stalled = Instant::now() + Duration::from_secs(STALL_SECONDS_MAX);
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = stop.cancelled() => Err(io::ErrorKind::ConnectionAborted.into()),
                () = tokio::time::sleep_until((*until).min(stalled)) => Err(io::ErrorKind::TimedOut.into()),
                written = out.write(bytes) => written,
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.runtime.block_on(self.out.flush())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
    }

    #[test]
    fn an_erasure_stops_a_send_that_nobody_reads_and_waits_for_it() {
        let runtime = runtime();
        let sends = Sends::default();
        let (_unread, out) = tokio::io::duplex(16);
        let sending = sends.begin();
        let mut writer = sending.writer(out, runtime.handle().clone());
        let sender = std::thread::spawn(move || {
            let sent = writer.write_all(&[7; 64]);
            drop(sending);
            sent
        });
        sends.stop_all();
        assert_eq!(sends.now().count, 0);
        assert_eq!(sender.join().unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
        assert!(!sends.begin().stop.is_cancelled(), "what is sent later is not stopped");
    }

    #[test]
    fn a_send_ends_at_its_deadline() {
        let runtime = runtime();
        let (_unread, out) = tokio::io::duplex(16);
        let mut writer = Sends::default().begin().writer(out, runtime.handle().clone());
        writer.until = Instant::now();
        assert_eq!(writer.write_all(&[7; 64]).unwrap_err().kind(), io::ErrorKind::TimedOut);
    }
}
