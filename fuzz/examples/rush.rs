//! Runs one target on changed seeds for some seconds, on stable Rust: no coverage guides it, so it is no substitute for a
//! real fuzzer, but it needs nothing else.
//!
//!     cargo run --release -p candor-fuzz --example rush -- redact_text 60
//!
//! An input on which the target panics is left in `target/rush-NAME`, and the run ends with the panic.
#![expect(clippy::disallowed_methods, reason = "its clock says when to stop, and nothing else")]
#![expect(clippy::print_stdout, reason = "a command-line tool talks on its terminal")]

use std::path::Path;
use std::time::{Duration, Instant};

use candor_fuzz::TARGETS;

/// Longest input in bytes.
const BYTES_MAX: usize = 64 * 1024;
/// An input that takes longer than this is told.
const SLOW: Duration = Duration::from_secs(2);
/// What is put in besides single bytes: what texts are made of, and what breaks them.
const PIECES: [&str; 14] = [
    "\u{200b}",
    "\u{301}",
    "\u{202e}",
    "４１１１",
    "😀",
    "@",
    "://",
    "\n",
    "\0",
    "-----BEGIN ",
    " 4111 1111 1111 1111 ",
    " DE89370400440532013000 ",
    "\u{fffd}",
    "Anna ",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (name, seconds) =
        (words.next().ok_or("which target?")?, words.next().unwrap_or("60".into()).parse()?);
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).ok_or("no such target")?;
    let mut seeds = Vec::new();
    for seed in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(&name))? {
        seeds.push(std::fs::read(seed?.path())?);
    }
    let left = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target").join(format!("rush-{name}"));
    let (start, mut random, mut runs, mut slowest) =
        (Instant::now(), Random(0x9e37_79b9_7f4a_7c15), 0_u64, Duration::ZERO);
    while start.elapsed() < Duration::from_secs(seconds) {
        let input = random.changed(&seeds);
        let before = Instant::now();
        if std::panic::catch_unwind(|| target(&input)).is_err() {
            std::fs::File::create(&left).and_then(|mut file| std::io::Write::write_all(&mut file, &input))?;
            return Err(
                format!("{name} panicked after {runs} runs; the input is in {}", left.display()).into()
            );
        }
        if before.elapsed() > SLOW {
            println!("{:?} for {} bytes", before.elapsed(), input.len());
        }
        slowest = slowest.max(before.elapsed());
        runs += 1;
    }
    println!("{name}: {runs} runs in {seconds} s, slowest {slowest:?}, no panic");
    Ok(())
}

/// Marsaglia's xorshift: the same inputs on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or_default() % end.max(1)
    }

    /// A seed with some changes, or two seeds joined.
    fn changed(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let pick = |at: usize| seeds.get(at).cloned().unwrap_or_default();
        let mut input = pick(self.below(seeds.len()));
        for _ in 0..=self.below(8) {
            let (from, to) = (self.below(input.len() + 1), self.below(input.len() + 1));
            let range = from.min(to)..from.max(to);
            match self.below(6) {
                0 => input.insert(from, u8::try_from(self.below(256)).unwrap_or_default()),
                1 => drop(input.drain(range.start..range.end.min(range.start + 16))),
                2 => {
                    let piece = PIECES.get(self.below(PIECES.len())).copied().unwrap_or_default();
                    drop(input.splice(from..from, piece.bytes()));
                }
                3 => {
                    let copy =
                        input.get(range.start..range.end.min(range.start + 200)).unwrap_or_default().to_vec();
                    drop(input.splice(to..to, copy));
                }
                4 => {
                    let other = pick(self.below(seeds.len()));
                    drop(input.splice(range, other));
                }
                _ => input.get_mut(from).into_iter().for_each(|byte| *byte ^= 1 << (to % 8)),
            }
        }
        input.truncate(BYTES_MAX);
        input
    }
}
