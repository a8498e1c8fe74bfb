//! What was done about programs, told to everybody who waits for it.

use tokio::sync::watch;

/// Tells of acts and sign-offs, and of the server's end.
#[derive(Debug, Clone, Default)]
pub(crate) struct News(watch::Sender<Told>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Told {
    #[default]
    Act,
    End,
}

/// Hears of what is done from the moment on when it was made.
pub(crate) struct Hearing(watch::Receiver<Told>);

impl News {
    /// An act or a sign-off was done.
    pub(crate) fn act(&self) {
        self.0.send_modify(|_| {});
    }

    /// The server ends: nobody waits any longer.
    pub(crate) fn end(&self) {
        self.0.send_replace(Told::End);
    }

    /// Hears from now on.
    pub(crate) fn hearing(&self) -> Hearing {
        Hearing(self.0.subscribe())
    }
}

impl Hearing {
    /// Whether there is anything left to wait for.
    pub(crate) fn goes_on(&self) -> bool {
        *self.0.borrow() == Told::Act && self.0.has_changed().is_ok()
    }

    /// Waits until something is done.
    pub(crate) async fn next(&mut self) {
        let _ended = self.0.changed().await;
    }
}
