//! Bulk input through `candor redact text`: a hundred megabytes, as one line without a break and as a table, in the memory of a
//! small input, with nothing left that was planted where the input is cut. The input is made while it is read.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "helpers of tests, which fail like tests")]

mod support;

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use aho_corasick::AhoCorasick;
use support::memory::most_resident;
use support::{CANDOR, isolated};

/// Bytes of an input.
const BYTES: usize = 100 << 20;
/// Most memory of the program with two threads, in bytes. Less than the input, so that it cannot be held.
const RESIDENT_MAX: u64 = 190_000_000;
/// A long line is cut after so many bytes of it.
const CUT: usize = 1 << 20;

/// What is planted, and what stands for it afterwards.
const PLANTED: [(&str, &str); 4] = [
    ("4111 1111 1111 1111", "[CARD_1]"),
    ("maria.lopez@example.com", "[EMAIL_1]"),
    ("Rebecca Holloway", "[PERSON_1]"),
    ("DE89 3704 0044 0532 0130 00", "[IBAN_1]"),
];

/// What came of an input.
struct Redacted {
    /// Bytes of the output.
    bytes: usize,
    /// How often each of what was looked for stands in it.
    counts: Vec<usize>,
    /// Most that was resident, in bytes.
    resident: u64,
}

/// Redacts what `input` makes, and counts in the output, as it comes, what is looked for.
fn redacted(input: impl Iterator<Item = String> + Send, looked_for: &[&str]) -> Redacted {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(CANDOR);
    command.args(["redact", "text", "--profile", "fast", "--threads", "2"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = isolated(&mut command, dir.path()).spawn().unwrap();
    let (mut into, out) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    std::thread::scope(|scope| {
        scope.spawn(move || input.map(|piece| into.write_all(piece.as_bytes())).find(Result::is_err));
        let counted = scope.spawn(|| counted(out, looked_for));
        let resident = most_resident(&mut child);
        assert!(child.wait().unwrap().success());
        let (bytes, counts) = counted.join().unwrap();
        Redacted { bytes, counts, resident }
    })
}

/// How many bytes there are, and how often each of what is looked for stands in them.
fn counted(out: impl Read, looked_for: &[&str]) -> (usize, Vec<usize>) {
    struct Metered<R>(R, usize);
    impl<R: Read> Read for Metered<R> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let read = self.0.read(buffer)?;
            self.1 += read;
            Ok(read)
        }
    }
    let mut out = Metered(out, 0);
    let mut counts = vec![0; looked_for.len()];
    for found in AhoCorasick::new(looked_for).unwrap().stream_find_iter(&mut out) {
        *counts.get_mut(found.unwrap().pattern().as_usize()).unwrap() += 1;
    }
    (out.1, counts)
}

/// Harmless text without a break.
fn filler(bytes: usize) -> String {
    const WORDS: &str = "the figures of the last quarter are still missing, and so it is; ";
    let whole = WORDS.repeat(bytes / WORDS.len());
    format!("{whole}{}", ".".repeat(bytes - whole.len()))
}

/// A piece of the line that is as long as what is cut: in its middle, across the cut, and at its begin something is planted.
fn around_cut(cut: usize) -> String {
    let (within, _) = PLANTED.get((cut + 1) % PLANTED.len()).unwrap();
    let (across, _) = PLANTED.get(cut % PLANTED.len()).unwrap();
    // Every place of what is planted is cut at some time.
    let before = 1 + cut / PLANTED.len() % (across.len() - 1);
    let first = filler(CUT / 2 - within.len() - before - 4);
    let rest = filler(CUT / 2 - (across.len() - before) - 2);
    format!("{within}, {first}, {across}, {rest}")
}

#[test]
fn a_line_without_a_break_is_redacted_across_its_cuts_in_little_memory() {
    let cuts = BYTES / CUT;
    let (end, _) = PLANTED.first().unwrap();
    let begin = std::iter::once(filler(CUT / 2));
    let line = begin.chain((1..cuts).map(around_cut)).chain(std::iter::once((*end).to_owned()));
    let bytes = CUT / 2 + (cuts - 1) * CUT + end.len();
    let raw =
        ["4111", "1111", "maria", "lopez", "mple.com", "Rebecca", "Holloway", "DE89", "3704", "0532", "0130"];
    let stand_ins = PLANTED.map(|(_, stand_in)| stand_in);
    let redacted = redacted(line, &[&raw[..], &stand_ins].concat());
    let (left, masked) = redacted.counts.split_at(raw.len());
    assert_eq!(left, [0; 11], "{raw:?}");
    let mut planted = [1, 0, 0, 0];
    for place in (1..cuts).flat_map(|cut| [cut, cut + 1]) {
        *planted.get_mut(place % PLANTED.len()).unwrap() += 1;
    }
    assert_eq!(masked, planted);
    // Nothing else is lost or said twice.
    let shorter = |((raw, stand_in), count): (&(&str, &str), &usize)| (raw.len() - stand_in.len()) * count;
    assert_eq!(redacted.bytes, bytes - PLANTED.iter().zip(&planted).map(shorter).sum::<usize>());
    assert!(redacted.resident <= RESIDENT_MAX, "{}", redacted.resident);
}

/// A row of the table: every third has a cell that runs over lines.
fn table_row(n: usize) -> String {
    let note = "paid in full, nothing is open for this account, and the next report is due in some weeks. "
        .repeat(3);
    let note = match n % 3 {
        0 => format!("{note}\n\n{note}\nsecond part\n4111 1111 1111\n1111\n"),
        _ => note,
    };
    format!("E{n:07},\"Lund,\nDana\",+49 30 90182{},\"{note}\",{}.50,Berlin\n", n % 1000, n % 977)
}

#[test]
fn a_table_is_redacted_by_its_heads_to_the_end_in_little_memory() {
    let mut bytes = 0;
    let rows = (0..).map(table_row).take_while(move |row| {
        bytes += row.len();
        bytes < BYTES
    });
    let head = std::iter::once("employee_id,name,phone,note,amount,city\n".to_owned());
    // With what stands around the digits: placeholders have numbers of their own.
    let raw = ["E0", "Lund", "Dana", "+49", " 90182", "4111 1", "1111\n", "\n1111", "Berlin"];
    let redacted =
        redacted(head.chain(rows), &[&raw[..], &["employee_id", "second part", "[PERSON_1]"]].concat());
    let (left, kept) = redacted.counts.split_at(raw.len());
    assert_eq!(left, [0; 9], "{raw:?}");
    assert!(matches!(kept, [1, notes, people] if *notes > 50_000 && people > notes), "{kept:?}");
    assert!(redacted.bytes > BYTES / 2);
    assert!(redacted.resident <= RESIDENT_MAX, "{}", redacted.resident);
}
