//! What memory keeps of what was seen, once it was dropped: nothing. And nobody else reads it meanwhile.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Seek as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use candor_redact::{Lists, Models, Profile, Redactor, TimeLeft};

use super::desktop::Desktop;
use super::hands::Hands;
use super::law::Law;
use super::told::{kept, sensor};
use super::{EDITOR, judged, next, rect};
use crate::Sensor as _;

/// Every test of this program wipes what it gives back, as the program does.
#[global_allocator]
static MEMORY: crate::Memory = crate::Memory;

/// Bytes of a region that are read at once.
const PART: usize = 1 << 22;
/// Side of the planted square in pixels.
const SIDE: u16 = 48;
/// How many pixels in a row are looked for: 16 of noise are nowhere by chance.
const RUN: usize = 16;
const LETTERS: usize = 14;

/// A needle whose bytes are inverted, so that the needle itself is not found.
struct Needle(Vec<u8>);

impl Needle {
    fn of(bytes: impl IntoIterator<Item = u8>) -> Self {
        Self(bytes.into_iter().map(|byte| !byte).collect())
    }

    fn is_in(&self, memory: &[u8]) -> bool {
        let first = !self.0[0];
        let mut from = 0;
        while let Some(at) = memory[from..].iter().position(|byte| *byte == first) {
            let place = from + at;
            let there = memory.get(place..place + self.0.len());
            if there.is_some_and(|there| there.iter().zip(&self.0).all(|(byte, inverted)| *byte == !inverted))
            {
                return true;
            }
            from = place + 1;
        }
        false
    }
}

/// This process's own memory.
struct Own {
    maps: File,
    memory: File,
}

impl Own {
    fn open() -> Self {
        Self { maps: File::open("/proc/self/maps").unwrap(), memory: File::open("/proc/self/mem").unwrap() }
    }

    /// How many of the needles are anywhere in memory that can be written.
    fn holds(&mut self, needles: &[Needle]) -> usize {
        self.maps.rewind().unwrap();
        let maps: Vec<String> = BufReader::new(&self.maps).lines().map(Result::unwrap).collect();
        let mut found = vec![false; needles.len()];
        let mut part = vec![0_u8; PART + 256];
        for map in
            maps.iter().filter(|map| map.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw")))
        {
            let (from, to) = map.split(' ').next().unwrap().split_once('-').unwrap();
            let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
            let mut at = from;
            while at < to {
                // The parts overlap, so that nothing lies between two.
                let length = usize::try_from(to - at).unwrap().min(part.len());
                let read = self.memory.read_at(&mut part[..length], at).unwrap_or(0);
                // What was read of the part itself would be found again and again.
                let own = part.as_ptr() as u64;
                if !(own < at + length as u64 && at < own + part.len() as u64) {
                    for (needle, found) in needles.iter().zip(&mut found) {
                        *found |= needle.is_in(&part[..read]);
                    }
                }
                at += PART as u64;
            }
        }
        part.fill(0);
        found.into_iter().filter(|found| *found).count()
    }
}

/// Numbers from a seed (xorshift64).
fn noise(seed: u64) -> impl Iterator<Item = u32> {
    let mut state = seed;
    std::iter::from_fn(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        u32::try_from(state >> 40).ok()
    })
}

fn seed() -> u64 {
    let now = super::law::now().as_millis().unsigned_abs();
    now ^ (u64::from(std::process::id()) << 20) | 1
}

#[test]
fn nothing_of_a_frame_and_of_what_was_typed_is_in_memory_once_they_were_dropped() {
    let (desktop, law, seed) = (Desktop::told(), Law::new(), seed());
    desktop.mousepad("");
    let square = desktop.noise(EDITOR, rect(800, 100, SIDE.into(), SIDE.into()), noise(seed));
    let mut own = Own::open();
    let row = |n: usize| noise(seed).skip(n * usize::from(SIDE)).take(RUN);
    let rgb = Needle::of(row(7).flat_map(|pixel| pixel.to_be_bytes().into_iter().skip(1)));
    let sent = Needle::of(row(7).flat_map(|pixel| pixel.to_le_bytes().into_iter().take(3).chain([0])));
    let letters = || noise(seed + 1).take(LETTERS).map(|n| b'a' + u8::try_from(n % 26).unwrap());
    let typed = Needle::of(letters());
    let needles = [rgb, sent, typed];

    let mut sensor = sensor(&desktop);
    crate::keep_memory_private().unwrap();
    kept(&mut sensor, &law, EDITOR);
    let hands = Hands::new(&desktop.display, 1);
    letters().for_each(|letter| hands.types(letter));
    let pending = next(&mut sensor);
    let (permit, windows) = judged(&law, &pending);
    let raw = sensor.capture(&pending, &permit, &windows).unwrap();
    assert_eq!(sensor.tally().counted.len(), 0, "{:?}", sensor.tally());
    assert!(
        own.holds(&needles) >= 2,
        "the frame and the text are not in memory while they are held: nothing is tested"
    );
    // What is done with it on its way into the journal.
    let models = Models::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")).unwrap();
    let mut redactor = Redactor::new(Profile::Fast, [7; 32], Lists::default(), &models).unwrap();
    let (first, rest) = (redactor.follow(raw, &|| TimeLeft::Enough).unwrap(), redactor.rest());
    assert_eq!(first.len() + rest.len(), 1);
    drop((first, rest, redactor, pending));
    desktop.hide(square);
    drop(sensor);
    assert_eq!(own.holds(&needles), 0, "a frame or a text is still in memory");
}
