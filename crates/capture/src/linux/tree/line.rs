//! A line to one application: what a walk asks together goes out together, and each answer goes to whoever waits for it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::ops::RangeInclusive;
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

/// How long the other answers are waited for after the first, for each of them: applications send each by itself, and to wake for each costs more
/// than to read it. It is what one answer took of an application's time (design note 3); of one that is slower some are there, and the rest is waited for.
const ANSWER_US: u64 = 20;
/// Shortest and longest such wait, in microseconds.
const TOGETHER_US: RangeInclusive<u64> = 200..=2_000;
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
    /// Who waits for which answers, by the serial of the first.
    waiting: RefCell<BTreeMap<u32, Waits>>,
    unsent: RefCell<Vec<u8>>,
    wake: Notify,
    is_broken: Cell<bool>,
    #[cfg(test)]
    traffic: Cell<super::tally::Traffic>,
}

/// What came of a question.
#[derive(Debug)]
enum Heard {
    NotYet,
    Refused,
    Told(Told),
}

/// Somebody who waits for the answers to questions that were sent one after the other.
#[derive(Debug)]
struct Waits {
    told: Vec<Heard>,
    left: usize,
    all: oneshot::Sender<Vec<Option<Told>>>,
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

    /// What is answered, of each question none if it was refused.
    ///
    /// # Errors
    ///
    /// The line is broken.
    pub(super) async fn ask(
        &self,
        questions: &[Question<'_>],
    ) -> std::result::Result<Vec<Option<Told>>, Broken> {
        let ends = &*self.ends;
        if ends.unsent.borrow().len() > UNSENT_BYTES_MAX {
            ends.hang_up();
        }
        if ends.is_broken.get() {
            return Err(Broken);
        }
        if questions.is_empty() {
            return Ok(Vec::new());
        }
        let count = u32::try_from(questions.len()).map_err(|_| Broken)?;
        let first = ends.serial.get() + 1;
        // A serial is never nought, also not the next one.
        ends.serial.set(first.checked_add(count).ok_or(Broken)? - 1);
        let (all, answers) = oneshot::channel();
        let told = std::iter::repeat_with(|| Heard::NotYet).take(questions.len()).collect();
        ends.waiting.borrow_mut().insert(first, Waits { told, left: questions.len(), all });
        let _waiting = Waiting(ends, first);
        for (serial, question) in (first..).zip(questions) {
            question.write(serial, &mut ends.unsent.borrow_mut());
        }
        ends.wake.notify_one();
        answers.await.map_err(|_| Broken)
    }

    #[cfg(test)]
    pub(super) fn traffic(&self) -> super::tally::Traffic {
        self.ends.traffic.get()
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
        let told =
            told.and_then(|(signature, body)| Some(Told::of(message.get(signature)?, message.get(body)?)));
        let mut waiting = self.waiting.borrow_mut();
        let Some((first, waits)) = waiting.range_mut(..=to).next_back() else { return };
        let first = *first;
        waits.take(to - first, told);
        if waits.left > 0 {
            return;
        }
        let Some(Waits { told, all, .. }) = waiting.remove(&first) else { return };
        // Who asked may be gone.
        let _ = all.send(told.into_iter().map(Heard::told).collect());
    }

    /// How many answers are waited for.
    fn left(&self) -> usize {
        self.waiting.borrow().values().map(|waits| waits.left).sum()
    }
}

impl Heard {
    fn told(self) -> Option<Told> {
        match self {
            Self::Told(told) => Some(told),
            Self::Refused | Self::NotYet => None,
        }
    }
}

impl Waits {
    /// Takes in the answer to one of the questions, if it is one and none was there.
    fn take(&mut self, place: u32, told: Option<Told>) {
        let place = usize::try_from(place).ok().and_then(|place| self.told.get_mut(place));
        if let Some(place) = place.filter(|place| matches!(place, Heard::NotYet)) {
            *place = told.map_or(Heard::Refused, Heard::Told);
            self.left -= 1;
        }
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
    /// What it is made of, and behind that what this is.
    bytes: Zeroizing<Vec<u8>>,
    body: usize,
}

impl Told {
    pub(super) fn of(signature: &[u8], body: &[u8]) -> Self {
        Self { bytes: Zeroizing::new([body, signature].concat()), body: body.len() }
    }

    /// As what it was asked for; none if it is something else.
    pub(super) fn into<T: DeserializeOwned + Type>(self) -> Option<T> {
        let (body, signature) = self.bytes.split_at_checked(self.body)?;
        if *T::SIGNATURE != std::str::from_utf8(signature).ok()? {
            return None;
        }
        let data = Data::new(body, context());
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
        if ends.unsent.borrow().is_empty() {
            // It was sent with what came before it.
            continue;
        }
        let mut unsent = ends.unsent.take();
        to.write_all(&unsent).await?;
        #[cfg(test)]
        ends.traffic.update(|traffic| traffic.sent(unsent.len()));
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
async fn read(ends: &Ends, mut from: OwnedReadHalf) -> Result<()> {
    let mut incoming = Incoming::default();
    while !ends.is_broken.get() {
        from.readable().await?;
        // Nobody else needs this thread for so short a time.
        if let Some(wait) = together(ends.left()) {
            std::thread::sleep(wait);
        }
        #[cfg(test)]
        ends.traffic.update(super::tally::Traffic::read);
        // It is known of a socket that gave less than there was room for that nothing is left in it: nobody looks again.
        match from.read(incoming.room()).await? {
            0 => break,
            read => incoming.take(read, |message| ends.deliver(message))?,
        }
    }
    Ok(())
}

/// How long more is waited for where the first of so many answers is there; none if it is the only one.
fn together(left: usize) -> Option<Duration> {
    let more = u64::try_from(left).unwrap_or(u64::MAX).saturating_sub(1);
    let wait_us = more.saturating_mul(ANSWER_US).clamp(*TOGETHER_US.start(), *TOGETHER_US.end());
    (more > 0).then(|| Duration::from_micros(wait_us))
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

    async fn one(line: &Line, question: &Question<'_>) -> std::result::Result<Option<Told>, Broken> {
        line.ask(std::slice::from_ref(question)).await.map(|mut told| told.remove(0))
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
            let answers = async { tokio::join!(one(&line, &WALK), one(&line, &second)) };
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
            assert_eq!(first.unwrap().unwrap().into::<(i32, i32)>().unwrap(), (1, 2));
            let name: OwnedValue = second.unwrap().unwrap().into().unwrap();
            assert_eq!(String::try_from(name).unwrap(), "a name");
        });
    }

    #[test]
    fn of_what_is_asked_together_each_answer_is_in_its_place_whatever_else_comes() {
        here(async {
            let (line, far) = line_to_the_library().await;
            let mut asked = MessageStream::from(&far);
            let answering = async {
                let mut all = Vec::new();
                for _ in 0..4 {
                    all.push(next(&mut asked).await);
                }
                far.reply(&all[2].header(), &3_u32).await.unwrap();
                // Twice, and once more at the end, when it was forgotten.
                far.reply(&all[2].header(), &33_u32).await.unwrap();
                far.reply(&all[3].header(), &4_u32).await.unwrap();
                far.reply_error(&all[1].header(), "org.example.No", &"no").await.unwrap();
                far.reply(&all[0].header(), &1_u32).await.unwrap();
                far.reply(&all[0].header(), &11_u32).await.unwrap();
            };
            let together = [WALK, WALK, WALK];
            let (told, other, ()) = tokio::join!(line.ask(&together), one(&line, &WALK), answering);
            let told = told.unwrap().into_iter().map(|told| told?.into::<u32>());
            assert_eq!(told.collect::<Vec<_>>(), [Some(1), None, Some(3)]);
            assert_eq!(other.unwrap().unwrap().into::<u32>(), Some(4));
            assert!(line.ask(&[]).await.unwrap().is_empty());
            assert_eq!(line.ends.left(), 0);
        });
    }

    #[test]
    fn more_answers_are_waited_for_longer_and_one_not_at_all() {
        let us = |left| together(left).map(|wait| wait.as_micros());
        assert_eq!(
            [us(0), us(1), us(2), us(51), us(9_000)],
            [None, None, Some(200), Some(1_000), Some(2_000)]
        );
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
                assert!(one(&line, &WALK).await.unwrap().is_none());
                assert!(one(&line, &WALK).await.unwrap().unwrap().into::<Vec<i32>>().is_none());
                one(&line, &WALK).await.unwrap().unwrap().into::<Vec<(String, u32)>>()
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
                let (answer, _far) = tokio::join!(one(&line, &WALK), end);
                assert_eq!(answer.unwrap_err(), Broken);
                assert_eq!(one(&line, &WALK).await.unwrap_err(), Broken);
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
                async move { tokio::time::timeout(Duration::from_millis(2), one(&line, &long)).await }
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
            assert!(tokio::time::timeout(Duration::from_millis(5), one(&line, &WALK)).await.is_err());
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
