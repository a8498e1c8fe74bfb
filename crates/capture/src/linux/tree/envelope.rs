//! The envelope of a question and of its answer (D-Bus specification, "Message Protocol"), in the byte order of this machine.
//!
//! A walk asks hundreds of short questions, and their envelopes are nearly all that is written and read of them. What is in
//! an envelope is written and read by the library.

use std::ops::Range;

/// Longest message that is read, in bytes: some hundred times the longest answer that is asked for.
pub(super) const MESSAGE_BYTES_MAX: usize = 1_024 * 1_024;
/// What stands before the fields of the header.
const FIXED_BYTES: usize = 16;
const ORDER: u8 = if cfg!(target_endian = "little") { b'l' } else { b'B' };
const VERSION: u8 = 1;
/// Everything begins at a multiple of this.
const ALIGNMENT: usize = 8;

/// What a message is.
const CALL: u8 = 1;
const RETURN: u8 = 2;
const ERROR: u8 = 3;

/// What a field of the header is.
const PATH: u8 = 1;
const INTERFACE: u8 = 2;
const MEMBER: u8 = 3;
const REPLY_SERIAL: u8 = 5;
const SIGNATURE: u8 = 8;

/// A question to an element.
pub(super) struct Question<'a> {
    pub(super) path: &'a str,
    pub(super) interface: &'a str,
    pub(super) method: &'a str,
    /// What its arguments are, and they themselves.
    pub(super) signature: &'a str,
    pub(super) body: &'a [u8],
}

impl Question<'_> {
    /// Writes it after what is there already. Answers name the serial.
    pub(super) fn write(&self, serial: u32, to: &mut Vec<u8>) {
        let start = to.len();
        to.extend([ORDER, CALL, 0, VERSION]);
        to.extend(length_of(self.body).to_ne_bytes());
        to.extend(serial.to_ne_bytes());
        to.extend([0; 4]);
        for (code, kind, text) in
            [(PATH, b'o', self.path), (INTERFACE, b's', self.interface), (MEMBER, b's', self.method)]
        {
            pad(to, start);
            to.extend([code, 1, kind, 0]);
            to.extend(length_of(text.as_bytes()).to_ne_bytes());
            to.extend(text.as_bytes());
            to.push(0);
        }
        if !self.signature.is_empty() {
            pad(to, start);
            to.extend([SIGNATURE, 1, b'g', 0]);
            to.push(u8::try_from(self.signature.len()).unwrap_or(u8::MAX));
            to.extend(self.signature.as_bytes());
            to.push(0);
        }
        let fields = length_of(to.get(start + FIXED_BYTES..).unwrap_or_default());
        if let Some(place) = to.get_mut(start + FIXED_BYTES - 4..start + FIXED_BYTES) {
            place.copy_from_slice(&fields.to_ne_bytes());
        }
        pad(to, start);
        to.extend(self.body);
    }
}

fn length_of(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn pad(to: &mut Vec<u8>, start: usize) {
    let length = (to.len() - start).next_multiple_of(ALIGNMENT);
    to.resize(start + length, 0);
}

/// What came is no message, or one that is longer than any answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// The length of the message that begins here, in bytes; none while that is not known.
pub(super) fn length(bytes: &[u8]) -> Result<Option<usize>, Broken> {
    let Some(fixed) = bytes.get(..FIXED_BYTES) else { return Ok(None) };
    if fixed.first() != Some(&ORDER) || fixed.get(3) != Some(&VERSION) {
        return Err(Broken);
    }
    let part =
        |at| Field { bytes, at }.number().and_then(|length| usize::try_from(length).ok()).ok_or(Broken);
    let (body, fields) = (part(4)?, part(12)?);
    let header = fields.checked_add(FIXED_BYTES).and_then(|end| end.checked_next_multiple_of(ALIGNMENT));
    let whole =
        header.and_then(|header| header.checked_add(body)).filter(|whole| *whole <= MESSAGE_BYTES_MAX);
    whole.map(Some).ok_or(Broken)
}

/// The envelope of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The serial of the question.
    pub(super) to: u32,
    /// Where in the message stands what it is, and itself; none if the question was refused.
    pub(super) told: Option<(Range<usize>, Range<usize>)>,
}

/// Reads one whole message; none if it answers nothing.
pub(super) fn answer(message: &[u8]) -> Option<Answer> {
    let kind = *message.get(1)?;
    let fields = usize::try_from(Field { bytes: message, at: 12 }.number()?).ok()?;
    let end = FIXED_BYTES.checked_add(fields)?;
    let (to, signature) = header(message.get(..end)?)?;
    let body = end.next_multiple_of(ALIGNMENT)..message.len();
    match kind {
        RETURN => Some(Answer { to, told: Some((signature, body)) }),
        ERROR => Some(Answer { to, told: None }),
        0 | CALL | 4.. => None,
    }
}

/// What is answered, and where it is written what the answer is. Other fields are passed over.
fn header(bytes: &[u8]) -> Option<(u32, Range<usize>)> {
    let (mut to, mut signature) = (None, 0..0);
    let mut field = Field { bytes, at: FIXED_BYTES };
    while field.at < bytes.len() {
        field.align(ALIGNMENT);
        let code = field.byte()?;
        let kind = field.short()?;
        match (code, bytes.get(kind)?) {
            (REPLY_SERIAL, b"u") => to = Some(field.number()?),
            (SIGNATURE, b"g") => signature = field.short()?,
            (_, b"u") => _ = field.number()?,
            (_, b"g") => _ = field.short()?,
            (_, b"s" | b"o") => _ = field.long()?,
            (_, _) => return None,
        }
    }
    to.map(|to| (to, signature))
}

/// A place in a header.
struct Field<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Field<'_> {
    fn align(&mut self, to: usize) {
        self.at = self.at.next_multiple_of(to);
    }

    fn byte(&mut self) -> Option<u8> {
        self.at += 1;
        self.bytes.get(self.at - 1).copied()
    }

    fn number(&mut self) -> Option<u32> {
        self.align(4);
        self.at += 4;
        let bytes = self.bytes.get(self.at - 4..self.at)?;
        bytes.try_into().ok().map(u32::from_ne_bytes)
    }

    /// A text whose length is one byte.
    fn short(&mut self) -> Option<Range<usize>> {
        let length = usize::from(self.byte()?);
        self.text(length)
    }

    fn long(&mut self) -> Option<Range<usize>> {
        let length = usize::try_from(self.number()?).ok()?;
        self.text(length)
    }

    /// A text, behind which stands a zero.
    fn text(&mut self, length: usize) -> Option<Range<usize>> {
        let text = self.at..self.at.checked_add(length)?;
        self.at = text.end.checked_add(1)?;
        (self.at <= self.bytes.len()).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use zbus::message::Message;
    use zbus::zvariant::OwnedValue;

    use super::*;

    const NAME: Question<'static> = Question {
        path: "/a/b",
        interface: "org.example.A",
        method: "Name",
        signature: "s",
        body: b"\x01\0\0\0a\0",
    };

    fn question() -> Message {
        let call = Message::method_call("/a/b", "Name").unwrap().interface("org.example.A").unwrap();
        call.build(&("a",)).unwrap()
    }

    /// An answer of the library to a question of it.
    fn answered() -> (u32, Message) {
        let question = question();
        let header = question.header();
        let answer = Message::method_return(&header).unwrap().sender(":1.5").unwrap();
        (question.primary_header().serial_num().get(), answer.build(&OwnedValue::from(7_u32)).unwrap())
    }

    #[test]
    fn an_answer_of_the_library_is_read() {
        let (serial, message) = answered();
        let bytes = message.data();
        assert_eq!(length(bytes), Ok(Some(bytes.len())));
        let read = answer(bytes).unwrap();
        let (signature, body) = read.told.unwrap();
        assert_eq!((read.to, &bytes[signature]), (serial, b"v".as_slice()));
        assert_eq!(bytes[body], **message.body().data());
        let question = question();
        let refused = Message::error(&question.header(), "org.example.No").unwrap().build(&("no",)).unwrap();
        let serial = question.primary_header().serial_num().get();
        assert_eq!(answer(refused.data()), Some(Answer { to: serial, told: None }));
    }

    #[test]
    fn a_question_or_a_signal_answers_nothing() {
        assert_eq!(answer(question().data()), None);
        let signal = Message::signal("/a", "org.example.A", "Changed").unwrap().build(&()).unwrap();
        assert_eq!(answer(signal.data()), None);
    }

    #[test]
    fn a_question_stands_where_messages_before_it_end() {
        let (mut alone, mut after) = (Vec::new(), vec![1, 2, 3]);
        NAME.write(5, &mut alone);
        NAME.write(5, &mut after);
        assert_eq!(after[3..], alone);
        assert_eq!(length(&alone), Ok(Some(alone.len())));
        assert_eq!(length(&alone[..15]), Ok(None));
    }

    #[test]
    fn no_bytes_are_too_much() {
        let (_, message) = answered();
        for at in 0..message.data().len() {
            for byte in [0, 1, 7, 0x7f, 0x80, 0xff] {
                let mut bytes = message.data().to_vec();
                bytes[at] = byte;
                let read = answer(&bytes);
                let told = read.and_then(|read| read.told);
                told.map(|(signature, body)| (bytes.get(signature), bytes.get(body)));
                assert!(length(&bytes).is_err() || length(&bytes).unwrap().unwrap() <= MESSAGE_BYTES_MAX);
            }
            let _ = answer(&message.data()[..at]);
        }
        assert_eq!(length(&[b'x'; 16]), Err(Broken));
        assert_eq!(length(&[0xff; 16]), Err(Broken));
    }
}
