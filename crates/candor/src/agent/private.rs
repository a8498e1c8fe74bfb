//! The memory of a process that sees what is not redacted yet (P1: crash dumps included).

use candor_capture::{Memory, keep_memory_private};

use crate::exit::{Because, Kind, Outcome};

/// Wipes what is given back to it, from [`from_here_on`] on. Until then it is the system's allocator.
#[global_allocator]
static MEMORY: Memory = Memory;

/// Called before anything unredacted is in memory: what is given back is wiped, a crash writes no dump, and no other process of
/// the person reads this one.
///
/// # Errors
/// When the system refuses. Then nothing may be looked at.
pub(crate) fn from_here_on() -> Outcome {
    keep_memory_private().because(Kind::Unexpected, "keep this program's memory to itself")
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::File;
    use std::os::unix::fs::FileExt;

    /// Small enough that the system keeps the place after it was given back, and does not unmap it.
    const PLANTED_BYTES: usize = 4096;
    /// Longest run of planted bytes that may be left: the allocator's own notes overwrite a few words at the start.
    const LEFT_BYTES_MAX: usize = 16;

    /// The longest run of planted bytes that is left where they lay, after they were given back. Nothing else is asked of the allocator
    /// in between: it could be the same place.
    #[expect(clippy::unwrap_used, reason = "it helps a test, and fails as one does")]
    fn left() -> usize {
        let memory = File::open("/proc/self/mem").unwrap();
        let mut found = vec![0; PLANTED_BYTES];
        let planted = vec![0xA7_u8; PLANTED_BYTES];
        let at = u64::try_from(std::hint::black_box(&planted).as_ptr().addr()).unwrap();
        drop(planted);
        memory.read_exact_at(&mut found, at).unwrap();
        found.split(|byte| *byte != 0xA7).map(<[u8]>::len).max().unwrap()
    }

    #[test]
    fn what_this_program_gives_back_is_wiped_and_it_writes_no_dump() {
        assert!(left() > PLANTED_BYTES / 2, "nothing was left before either: this test would see nothing");
        super::from_here_on().unwrap();
        assert!(left() <= LEFT_BYTES_MAX, "{} bytes are still there", left());
        let limits = std::fs::read_to_string("/proc/self/limits").unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    }
}
