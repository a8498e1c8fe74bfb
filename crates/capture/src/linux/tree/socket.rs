//! A socket to the bus that sends what was asked in one go, and reads what was answered in one go.
//!
//! A walk asks many short questions at once. Sent and read one by one, each costs a system call here and, worse, wakes whoever answers.

use std::ffi::OsString;
use std::io::{Error, ErrorKind, Result};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::PathBuf;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::Address;
use zbus::address::Transport;
use zbus::address::transport::UnixSocket;
use zbus::connection::socket::{ReadHalf, Socket, Split, WriteHalf};

/// Room for what is read at once, in bytes: some hundred answers.
const READ_BYTES: usize = 32 * 1_024;
/// Most messages that are sent at once: as many as a walk asks.
const SENT_MAX: usize = 512;

/// A socket of this machine.
#[derive(Debug)]
pub(super) struct Batched(UnixStream);

impl Batched {
    /// Connects to an address of this machine; none if it is none, or nobody is there.
    pub(super) async fn connect(address: &Address) -> Option<Self> {
        connect(address).await.map(Self)
    }
}

/// Connects to an address of this machine; none if it is none, or nobody is there.
pub(super) async fn connect(address: &Address) -> Option<UnixStream> {
    let Transport::Unix(unix) = address.transport() else { return None };
    // The other kinds are for those who listen.
    let path = if let UnixSocket::File(path) = unix.path() {
        path.clone()
    } else if let UnixSocket::Abstract(name) = unix.path() {
        abstracted(name)
    } else {
        return None;
    };
    UnixStream::connect(path).await.ok()
}

/// The name of a socket that is in no folder, as paths of it begin.
fn abstracted(name: &OsString) -> PathBuf {
    let mut path = OsString::from("\0");
    path.push(name);
    path.into()
}

impl Socket for Batched {
    type ReadHalf = Reading;
    type WriteHalf = Writing;

    fn split(self) -> Split<Reading, Writing> {
        let (from, to) = self.0.into_split();
        let (sender, waiting) = unbounded_channel();
        tokio::spawn(send(to, waiting));
        Split::new(Reading { from, bytes: vec![0; READ_BYTES], unread: 0..0 }, Writing(Some(sender)))
    }
}

/// What comes.
#[derive(Debug)]
pub(super) struct Reading {
    from: OwnedReadHalf,
    bytes: Vec<u8>,
    unread: std::ops::Range<usize>,
}

#[async_trait::async_trait]
impl ReadHalf for Reading {
    async fn recvmsg(&mut self, into: &mut [u8]) -> Result<(usize, Vec<OwnedFd>)> {
        if self.unread.is_empty() {
            self.unread = 0..self.from.read(&mut self.bytes).await?;
        }
        let unread = self.bytes.get_mut(self.unread.clone()).unwrap_or_default();
        let length = unread.len().min(into.len());
        for (into, byte) in into.iter_mut().zip(unread) {
            // What is read here may be of a window that nobody may hear: it does not stay until it is written over.
            *into = std::mem::take(byte);
        }
        self.unread.start += length;
        Ok((length, Vec::new()))
    }
}

/// What goes; none of it after the end.
#[derive(Debug)]
pub(super) struct Writing(Option<UnboundedSender<Vec<u8>>>);

#[async_trait::async_trait]
impl WriteHalf for Writing {
    async fn sendmsg(&mut self, bytes: &[u8], _: &[BorrowedFd<'_>]) -> Result<usize> {
        let sent = self.0.as_ref().and_then(|sender| sender.send(bytes.to_vec()).ok());
        sent.map(|()| bytes.len()).ok_or_else(|| Error::from(ErrorKind::BrokenPipe))
    }

    async fn close(&mut self) -> Result<()> {
        self.0 = None;
        Ok(())
    }
}

/// Sends what waits, all of it at once, until nobody can add anything. Where it cannot, whoever adds more is told, and what was sent
/// is never answered: the reading end sees the end too.
async fn send(mut to: OwnedWriteHalf, mut waiting: UnboundedReceiver<Vec<u8>>) {
    let mut messages = Vec::new();
    while waiting.recv_many(&mut messages, SENT_MAX).await > 0 {
        if to.write_all(&messages.concat()).await.is_err() {
            return;
        }
        messages.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_handed_on_is_no_longer_here() {
        let (near, mut far) = UnixStream::pair().unwrap();
        let (mut reading, _writing) = Batched(near).split().take();
        far.write_all(b"canary").await.unwrap();
        let mut taken = [0; 4];
        assert_eq!(reading.recvmsg(&mut taken).await.unwrap().0, 4);
        assert_eq!((&taken, &reading.bytes[..6]), (b"cana", b"\0\0\0\0ry".as_slice()));
        assert_eq!(reading.recvmsg(&mut taken).await.unwrap().0, 2);
        assert!(taken.starts_with(b"ry") && reading.bytes.iter().all(|byte| *byte == 0));
    }

    #[tokio::test]
    async fn what_is_sent_at_once_arrives_in_order_and_nothing_goes_after_the_end() {
        let (near, mut far) = UnixStream::pair().unwrap();
        let (_reading, mut writing) = Batched(near).split().take();
        for message in [b"one ".as_slice(), b"two ", b"three"] {
            assert_eq!(writing.sendmsg(message, &[]).await.unwrap(), message.len());
        }
        writing.close().await.unwrap();
        assert!(writing.sendmsg(b"four", &[]).await.is_err());
        let mut told = [0; 13];
        far.read_exact(&mut told).await.unwrap();
        assert_eq!(&told, b"one two three");
    }
}
