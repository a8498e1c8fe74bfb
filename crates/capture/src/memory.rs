//! What memory keeps of what was seen: nothing that was given back, and nothing that another process can read.
//!
//! A `Raw` wipes itself, but what it was made from goes through libraries that do not wipe: the answers of the accessibility bus, the
//! X server's replies, strings that grew. So the allocator wipes whatever is given back to it, from the moment on when a sensor
//! opens. And the kernel is told to write this process into no core dump, and to show its memory to no other process of the person
//! (P1: crash dumps included).

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

static WIPES: AtomicBool = AtomicBool::new(false);

/// From here on, memory that is given back is wiped, no core dump is written, and no other process of the same person reads this
/// one's memory.
///
/// Only a program whose `#[global_allocator]` is [`Memory`] wipes.
///
/// # Errors
/// When the system refuses. Then nothing may be recorded.
pub fn keep_memory_private() -> std::io::Result<()> {
    WIPES.store(true, Ordering::SeqCst);
    unreadable()
}

/// A core dump is refused twice: by its size, and because the process is not dumpable, which also closes `/proc/PID/mem` to
/// others (`PR_SET_DUMPABLE`, prctl(2)).
#[cfg(target_os = "linux")]
fn unreadable() -> std::io::Result<()> {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

/// From here on the threads of this program share two pools of memory. The system's allocator otherwise gives each thread a pool of its own, and each
/// pool keeps for itself what its thread once needed: some twenty megabytes of a recorder (`docs/benchmarks.md`, `recorder-memory`).
/// Not for a program that works on all cores: its threads would wait for each other.
///
/// Called before other threads begin: glibc reads the number without a lock. Only glibc knows how; elsewhere nothing is done.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator is told in its own language")]
pub fn share_memory() {
    const POOLS: std::ffi::c_int = 2;
    // SAFETY: it sets a number of the allocator's own (mallopt(3)), which at worst another thread reads a moment too early: it then has a pool more.
    let _taken = unsafe { libc::mallopt(libc::M_ARENA_MAX, POOLS) };
}

/// From here on the threads of this program share their memory, where the system's allocator knows how: not here.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn share_memory() {}

/// Without a sensor there is nothing to keep private.
#[cfg(not(target_os = "linux"))]
fn unreadable() -> std::io::Result<()> {
    Ok(())
}

/// The system's allocator, which wipes what is given back once [`keep_memory_private`] was called.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory;

/// Overwrites memory that nobody uses any more.
#[expect(unsafe_code, reason = "the allocator's memory has no owner that Rust knows")]
fn wipe(start: *mut u8, layout: Layout) {
    // SAFETY: the caller gives back `layout.size()` bytes from `start` on, which nobody else may read or write any more.
    unsafe { start.write_bytes(0, layout.size()) };
    // Without somebody who may look, the compiler could leave the writing out.
    std::hint::black_box(start);
}

#[expect(unsafe_code, reason = "an allocator is told about by an unsafe trait")]
// SAFETY: each call goes to `System` unchanged, with the same layout; what is wiped is about to be given back to it.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        if WIPES.load(Ordering::Relaxed) {
            wipe(start, layout);
        }
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(start, layout) }
    }

    /// What moves leaves nothing behind: the system's own way would.
    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !WIPES.load(Ordering::Relaxed) {
            // SAFETY: as the caller promises.
            return unsafe { System.realloc(start, layout, size) };
        }
        // SAFETY: the caller promises that `size` is right for this alignment.
        let grown = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        // SAFETY: the layout is not of no bytes, as the caller promises.
        let to = unsafe { self.alloc(grown) };
        if !to.is_null() {
            // SAFETY: both have room for the shorter of the two, and are not the same.
            unsafe { start.copy_to_nonoverlapping(to, layout.size().min(size)) };
            // SAFETY: as the caller promises.
            unsafe { self.dealloc(start, layout) };
        }
        to
    }
}
