//! A line to one application: what a walk asks together goes out together, and each answer goes to whoever waits for it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::rc::Rc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Notify, oneshot};
use tokio::task::AbortHandle;
use zbus::zvariant::serialized::{Context, Data};
use zbus::zvariant::{NATIVE_ENDIAN, Type};
use zeroize::{Zeroize as _, Zeroizing};

use super::envelope::{self, Answer, Broken, MESSAGE_BYTES_MAX, Question};

/// How long answers are waited for after the first: applications send each by itself, and to wake for each costs more than to read it.
const TOGETHER: Duration = Duration::from_micros(200);
/// Most that waits for an application that reads nothing, in bytes: ten times what a walk asks at once.
const UNSENT_BYTES_MAX: usize = 256 * 1_024;
/// Longest answer to who this is, in bytes.
const GREETING_BYTES_MAX: usize = 512;

/// The line. It ends with the last that has it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    ends: Rc<Ends>,
    _tasks: Rc<[Task; 2]>,
}

#[derive(Debug, Default)]
struct Ends {
    serial: Cell<u32>,
    /// Who waits for which answer.
    waiting: RefCell<BTreeMap<u32, oneshot::Sender<Option<Told>>>>,
    unsent: RefCell<Vec<u8>>,
    wake: Notify,
    is_broken: Cell<bool>,
}

/// Runs as long as there is a line.
#[derive(Debug)]
struct Task(AbortHandle);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Line {
    /// Says who this is (D-Bus specification, "Authentication Protocol", `EXTERNAL`: as the system tells) and begins.
    pub(super) async fn begin(mut stream: UnixStream) -> Result<Self> {
        stream.write_all(b"\0AUTH EXTERNAL\r\nDATA\r\n").await?;
        greeted(&mut stream).await?;
        stream.write_all(b"BEGIN\r\n").await?;
        let (from, to) = stream.into_split();
        let ends = Rc::new(Ends::default());
        let (reader, writer) = (Rc::clone(&ends), Rc::clone(&ends));
        let reading = tokio::task::spawn_local(async move {
            // However it ended, nothing more is answered.
            let _ = read(&reader, from).await;
            reader.hang_up();
        });
        let writing = tokio::task::spawn_local(async move {
            let _ = write(&writer, to).await;
            writer.hang_up();
        });
        Ok(Self { ends, _tasks: Rc::new([Task(reading.abort_handle()), Task(writing.abort_handle())]) })
    }

    /// What is answered, none if the question was refused.
    ///
    /// # Errors
    ///
    /// The line is broken.
    pub(super) async fn ask(&self, question: &Question<'_>) -> std::result::Result<Option<Told>, Broken> {
        let ends = &*self.ends;
        if ends.unsent.borrow().len() > UNSENT_BYTES_MAX {
            ends.hang_up();
        }
        if ends.is_broken.get() {
            return Err(Broken);
        }
        let serial = ends.serial.get().checked_add(1).ok_or(Broken)?;
        ends.serial.set(serial);
        let (sender, answer) = oneshot::channel();
        ends.waiting.borrow_mut().insert(serial, sender);
        let _waiting = Waiting(ends, serial);
        question.write(serial, &mut ends.unsent.borrow_mut());
        ends.wake.notify_one();
        answer.await.map_err(|_| Broken)
    }

    /// Breaks it.
    #[cfg(test)]
    pub(super) fn hang_up(&self) {
        self.ends.hang_up();
    }
}

impl Ends {
    /// Whoever waits, waits no more.
    fn hang_up(&self) {
        self.is_broken.set(true);
        self.waiting.borrow_mut().clear();
        self.wake.notify_one();
    }

    fn deliver(&self, message: &[u8]) {
        let Some(Answer { to, told }) = envelope::answer(message) else { return };
        let Some(waiting) = self.waiting.borrow_mut().remove(&to) else { return };
        let told = told.and_then(|(signature, body)| {
            let signature = std::str::from_utf8(message.get(signature)?).ok()?.to_owned();
            Some(Told { signature, body: Zeroizing::new(message.get(body)?.to_vec()) })
        });
        // Who asked may be gone.
        let _ = waiting.send(told);
    }
}

/// Somebody who waits; who goes away is not waited for.
struct Waiting<'a>(&'a Ends, u32);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.borrow_mut().remove(&self.1);
    }
}

/// What was answered.
#[derive(Debug)]
pub(super) struct Told {
    signature: String,
    body: Zeroizing<Vec<u8>>,
}

impl Told {
    /// As what it was asked for; none if it is something else.
    pub(super) fn into<T: DeserializeOwned + Type>(self) -> Option<T> {
        if *T::SIGNATURE != self.signature.as_str() {
            return None;
        }
        let data = Data::new(self.body.as_slice(), context());
        data.deserialize().ok().map(|(told, _)| told)
    }
}

/// How what is in an envelope is written.
pub(super) fn context() -> Context {
    Context::new_dbus(NATIVE_ENDIAN, 0)
}

async fn greeted(stream: &mut UnixStream) -> Result<()> {
    let mut told = Vec::with_capacity(GREETING_BYTES_MAX);
    while !told.ends_with(b"\r\n") || told.starts_with(b"DATA\r\n") && !contains_ok(&told) {
        let read = stream.read_buf(&mut told).await?;
        if read == 0 || told.len() >= GREETING_BYTES_MAX {
            return Err(Error::from(ErrorKind::InvalidData));
        }
    }
    contains_ok(&told).then_some(()).ok_or_else(|| Error::from(ErrorKind::PermissionDenied))
}

fn contains_ok(told: &[u8]) -> bool {
    told.split(|byte| *byte == b'\n').any(|line| line.starts_with(b"OK "))
}

/// Sends what waits, all of it at once.
async fn write(ends: &Ends, mut to: OwnedWriteHalf) -> Result<()> {
    while !ends.is_broken.get() {
        ends.wake.notified().await;
        let mut unsent = ends.unsent.take();
        to.write_all(&unsent).await?;
        unsent.clear();
        // Its room is used again, if nothing came meanwhile.
        let came = !ends.unsent.borrow().is_empty();
        if !came {
            ends.unsent.replace(unsent);
        }
    }
    Ok(())
}

/// Hands on what comes.
async fn read(ends: &Ends, from: OwnedReadHalf) -> Result<()> {
    let mut incoming = Incoming::default();
    while !ends.is_broken.get() {
        from.readable().await?;
        // Nobody else needs this thread for so short a time.
        std::thread::sleep(TOGETHER);
        match from.try_read(incoming.room()) {
            Ok(0) => break,
            Ok(read) => incoming.take(read, |message| ends.deliver(message))?,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What came and was not handed on yet. It may be of a window that nobody may hear: it does not stay until it is written over.
struct Incoming {
    /// Of these only what was used once takes memory, and they never move.
    bytes: Zeroizing<Vec<u8>>,
    filled: usize,
}

impl Default for Incoming {
    fn default() -> Self {
        Self { bytes: Zeroizing::new(vec![0; MESSAGE_BYTES_MAX]), filled: 0 }
    }
}

impl Incoming {
    fn room(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.filled..).unwrap_or_default()
    }

    /// Takes in what was read into the room, and hands on what is whole.
    fn take(&mut self, read: usize, mut hand_on: impl FnMut(&[u8])) -> Result<()> {
        self.filled += read;
        let mut unread = self.bytes.get(..self.filled).unwrap_or_default();
        while let Some(message) = first(unread)? {
            hand_on(message);
            unread = unread.get(message.len()..).unwrap_or_default();
        }
        let rest = unread.len();
        self.bytes.copy_within(self.filled - rest..self.filled, 0);
        self.bytes.get_mut(rest..self.filled).unwrap_or_default().zeroize();
        self.filled = rest;
        Ok(())
    }
}

/// The first message, if it is there whole.
fn first(bytes: &[u8]) -> Result<Option<&[u8]>> {
    let length = envelope::length(bytes).map_err(|Broken| Error::from(ErrorKind::InvalidData))?;
    Ok(length.and_then(|length| bytes.get(..length)))
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use zbus::message::Message;
    use zbus::zvariant::{OwnedValue, Value, to_bytes};
    use zbus::{Connection, MessageStream};

    use super::*;

    const WALK: Question<'static> =
        Question { path: "/a/b", interface: "org.example.A", method: "Walk", signature: "", body: &[] };

    fn here<F: Future<Output = ()>>(test: F) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tokio::task::LocalSet::new().block_on(&runtime, async {
            tokio::time::timeout(Duration::from_secs(30), test).await.unwrap();
        });
    }

    /// A line to a connection of the library.
    async fn line_to_the_library() -> (Line, Connection) {
        let (near, far) = UnixStream::pair().unwrap();
        let far = zbus::connection::Builder::unix_stream(far).server(zbus::Guid::generate()).unwrap().p2p();
        let (line, far) = tokio::join!(Line::begin(near), far.build());
        (line.unwrap(), far.unwrap())
    }

    /// A line to somebody who says who they are and then writes what they like.
    async fn line_to_anybody() -> (Line, UnixStream) {
        let (near, mut far) = UnixStream::pair().unwrap();
        far.write_all(b"DATA\r\nOK 0123\r\n").await.unwrap();
        let line = Line::begin(near).await.unwrap();
        let mut begun = vec![0; b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".len()];
        far.read_exact(&mut begun).await.unwrap();
        assert!(begun.ends_with(b"BEGIN\r\n"));
        (line, far)
    }

    async fn next(stream: &mut MessageStream) -> Message {
        stream.next().await.unwrap().unwrap()
    }

    #[test]
    fn the_library_reads_what_is_asked_and_each_answer_goes_to_who_asked() {
        here(async {
            let (line, far) = line_to_the_library().await;
            let mut asked = MessageStream::from(&far);
            let body = to_bytes(context(), &("name", 7_u32)).unwrap();
            let second = Question { method: "Name", signature: "su", body: &body, ..WALK };
            let answers = async { tokio::join!(line.ask(&WALK), line.ask(&second)) };
            let answering = async {
                let (first, second) = (next(&mut asked).await, next(&mut asked).await);
                let header = second.header();
                assert_eq!(header.path().unwrap().as_str(), "/a/b");
                assert_eq!(header.interface().unwrap().as_str(), "org.example.A");
                assert_eq!(header.member().unwrap().as_str(), "Name");
                assert_eq!(second.body().deserialize::<(String, u32)>().unwrap(), ("name".to_owned(), 7));
                assert_eq!(first.header().member().unwrap().as_str(), "Walk");
                // The second first.
                far.reply(&second.header(), &Value::from("a name")).await.unwrap();
                far.reply(&first.header(), &(1_i32, 2_i32)).await.unwrap();
            };
            let ((first, second), ()) = tokio::join!(answers, answering);
            assert_eq!(first.unwrap().unwrap().signature, "ii");
            let name: OwnedValue = second.unwrap().unwrap().into().unwrap();
            assert_eq!(String::try_from(name).unwrap(), "a name");
        });
    }

    #[test]
    fn a_refusal_and_something_else_than_was_asked_for_are_no_answer_and_the_line_stays() {
        here(async {
            let (line, far) = line_to_the_library().await;
            let mut asked = MessageStream::from(&far);
            let answering = async {
                let refused = next(&mut asked).await;
                far.reply_error(&refused.header(), "org.example.No", &"no").await.unwrap();
                let other = next(&mut asked).await;
                far.reply(&other.header(), &vec![1_u32, 2]).await.unwrap();
                let right = next(&mut asked).await;
                far.reply(&right.header(), &vec![("a", 2_u32)]).await.unwrap();
            };
            let asking = async {
                assert!(line.ask(&WALK).await.unwrap().is_none());
                assert!(line.ask(&WALK).await.unwrap().unwrap().into::<Vec<i32>>().is_none());
                line.ask(&WALK).await.unwrap().unwrap().into::<Vec<(String, u32)>>()
            };
            let (told, ()) = tokio::join!(asking, answering);
            assert_eq!(told.unwrap(), [("a".to_owned(), 2)]);
        });
    }

    #[test]
    fn nobody_waits_for_who_hung_up_or_writes_no_message() {
        here(async {
            let long = [ORDER_AND_VERSION.as_slice(), &u32::MAX.to_ne_bytes(), &[0; 8]].concat();
            for written in [b"".as_slice(), b"no message at all", &long] {
                let (line, mut far) = line_to_anybody().await;
                let end = async {
                    tokio::task::yield_now().await;
                    far.write_all(written).await.unwrap();
                    // Who wrote nothing hangs up.
                    Some(far).filter(|_| !written.is_empty())
                };
                let (answer, _far) = tokio::join!(line.ask(&WALK), end);
                assert_eq!(answer.unwrap_err(), Broken);
                assert_eq!(line.ask(&WALK).await.unwrap_err(), Broken);
            }
        });
    }

    const ORDER_AND_VERSION: [u8; 4] = [if cfg!(target_endian = "little") { b'l' } else { b'B' }, 2, 0, 1];

    #[test]
    fn who_does_not_say_who_they_are_gets_no_line() {
        here(async {
            for told in [b"REJECTED EXTERNAL\r\n".as_slice(), b"DATA\r\nERROR\r\n", &[b'D'; 600]] {
                let (near, mut far) = UnixStream::pair().unwrap();
                far.write_all(told).await.unwrap();
                drop(far);
                assert!(Line::begin(near).await.is_err(), "{told:?}");
            }
        });
    }

    #[test]
    fn who_reads_nothing_is_left() {
        here(async {
            let (line, _far) = line_to_anybody().await;
            let body = vec![0; UNSENT_BYTES_MAX];
            let asked = futures_util::stream::iter(0..16).then(|_| {
                let long = Question { signature: "ay", body: &body, ..WALK };
                let line = line.clone();
                async move { tokio::time::timeout(Duration::from_millis(2), line.ask(&long)).await }
            });
            let answers: Vec<_> = asked.collect().await;
            assert!(matches!(answers.first(), Some(Err(_))));
            assert!(matches!(answers.last(), Some(Ok(Err(Broken)))));
        });
    }

    #[test]
    fn who_no_longer_waits_is_forgotten() {
        here(async {
            let (line, _far) = line_to_anybody().await;
            assert!(tokio::time::timeout(Duration::from_millis(5), line.ask(&WALK)).await.is_err());
            assert!(line.ends.waiting.borrow().is_empty());
        });
    }

    #[test]
    fn what_was_handed_on_is_no_longer_here_and_what_is_not_whole_waits() {
        let mut message = Vec::new();
        Question { path: "/canary", ..WALK }.write(1, &mut message);
        let bytes = [message.as_slice(), &message, &message[..40]].concat();
        let mut incoming = Incoming::default();
        let mut handed = Vec::new();
        for part in bytes.chunks(100) {
            incoming.room()[..part.len()].copy_from_slice(part);
            incoming.take(part.len(), |message| handed.push(message.to_vec())).unwrap();
        }
        assert_eq!(handed, [message.clone(), message.clone()]);
        assert_eq!(incoming.bytes[..40], message[..40]);
        assert!(incoming.bytes[40..].iter().all(|byte| *byte == 0));
        incoming.room()[..message.len() - 40].copy_from_slice(&message[40..]);
        incoming.take(message.len() - 40, |message| handed.push(message.to_vec())).unwrap();
        assert_eq!(handed.len(), 3);
        assert!(incoming.bytes.iter().all(|byte| *byte == 0));
    }
}
