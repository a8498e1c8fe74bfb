//! Where the recorder and the other commands of the same person meet: a private folder of small files, one for each program.
//!
//! ```text
//! recorder/lock          locked by the recorder for as long as it lives; the kernel lets go of it, however it ends
//! recorder/state.json    what the recorder says of itself, written anew every two seconds, or five while nothing is done
//! recorder/stop          its presence asks the recorder to end
//! recorder/forget.json   what is to be forgotten; recorder/forgot.json: what was
//! ```
//!
//! A state without the lock is a dead recorder's, and is not believed.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::enrolment::Enrolment;
use super::forget::{Forgotten, Wish};
use crate::durable;
use crate::exit::{Because, Failure, Kind, Outcome};

const FOLDER: &str = "recorder";
const LOCK: &str = "lock";
const STATE: &str = "state.json";
const STOP: &str = "stop";
const FORGET: &str = "forget.json";
const FORGOT: &str = "forgot.json";
/// A command that only looks whether it is locked holds the lock for a moment: how often the recorder tries, and how long it rests between.
const TRIES_MAX: u32 = 20;
const TRY_REST: Duration = Duration::from_millis(20);

/// How often a recorder that is to end is looked at, and how long each look rests: 20 seconds.
const END_LOOKS_MAX: u32 = 400;
const END_REST: Duration = Duration::from_millis(50);

/// The folder of one program.
#[derive(Debug, Clone)]
pub(crate) struct Board(PathBuf);

/// Held by the recorder.
#[derive(Debug)]
pub(crate) struct Held(File);

impl Board {
    /// Names the folder.
    pub(crate) fn of(enrolment: &Enrolment) -> Self {
        Self(enrolment.folder().join(FOLDER))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn lock(&self) -> Outcome<File> {
        durable::make_private_folder(&self.0).because(Kind::Storage, "make the recorder's folder")?;
        let opened = OpenOptions::new().create(true).truncate(false).write(true).open(self.path(LOCK));
        opened.because(Kind::Storage, "open the recorder's lock")
    }

    /// Takes the board for a recorder; refused while another one has it.
    pub(crate) fn hold(&self) -> Outcome<Held> {
        let file = self.lock()?;
        for _ in 0..TRIES_MAX {
            match file.try_lock() {
                Ok(()) => {
                    self.clear()?;
                    return Ok(Held(file));
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(TRY_REST),
                Err(TryLockError::Error(error)) => {
                    return Err(error).because(Kind::Storage, "lock the recorder's folder");
                }
            }
        }
        Err(Failure::new(Kind::Usage, "it is recording already")
            .hint("`candor agent status` says since when"))
    }

    /// What an earlier recorder left, or somebody asked of it, is not meant for the next one.
    fn clear(&self) -> Outcome {
        for name in [STATE, STOP] {
            gone(&self.path(name)).because(Kind::Storage, "clear the recorder's folder")?;
        }
        Ok(())
    }

    /// Whether a recorder lives.
    pub(crate) fn is_recording(&self) -> Outcome<bool> {
        match self.lock()?.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => {
                Err(error).because(Kind::Storage, "look at the recorder's lock")
            }
        }
    }

    /// Waits until no recorder lives, for a while; whether that is so.
    pub(crate) fn waits_for_the_end(&self) -> Outcome<bool> {
        for _ in 0..END_LOOKS_MAX {
            if !self.is_recording()? {
                return Ok(true);
            }
            std::thread::sleep(END_REST);
        }
        Ok(false)
    }

    /// Says what the recorder does. It need not outlive a crash of the machine: nobody believes it without the lock.
    pub(crate) fn say(&self, state: &impl Serialize) -> Outcome {
        let bytes = serde_json::to_vec(state).because(Kind::Unexpected, "write JSON")?;
        durable::replace_private(&self.path(STATE), &bytes)
            .because(Kind::Storage, "say what the recorder does")
    }

    /// What the recorder said last.
    pub(crate) fn said<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&std::fs::read(self.path(STATE)).ok()?).ok()
    }

    /// Asks the recorder to end.
    pub(crate) fn stop(&self) -> Outcome {
        durable::write_private(&self.path(STOP), b"").because(Kind::Storage, "ask the recorder to end")
    }

    /// Whether somebody asked it to end. What cannot be looked at counts as a yes.
    pub(crate) fn is_stopped(&self) -> bool {
        self.path(STOP).try_exists().unwrap_or(true)
    }

    /// Writes a wish down.
    pub(crate) fn wish(&self, wish: &Wish) -> Outcome {
        durable::make_private_folder(&self.0).because(Kind::Storage, "make the recorder's folder")?;
        let before: Option<Wish> = self.wished()?;
        // Two wishes at once are one, of the longer time.
        let since = before.map_or(wish.since, |before| before.since.min(wish.since));
        let bytes =
            serde_json::to_vec(&Wish { since, ..wish.clone() }).because(Kind::Unexpected, "write JSON")?;
        durable::write_private(&self.path(FORGET), &bytes)
            .because(Kind::Storage, "write down what is to be forgotten")
    }

    /// What is to be forgotten. A wish that cannot be read is no reason to forget nothing: it is told.
    pub(crate) fn wished(&self) -> Outcome<Option<Wish>> {
        read(&self.path(FORGET))
    }

    /// Says what was forgotten, and strikes out the wish. A crash between the two forgets once more, of which nothing is left.
    pub(crate) fn forgot(&self, told: &Forgotten) -> Outcome {
        let bytes = serde_json::to_vec(told).because(Kind::Unexpected, "write JSON")?;
        durable::write_private(&self.path(FORGOT), &bytes)
            .because(Kind::Storage, "say what was forgotten")?;
        gone(&self.path(FORGET)).because(Kind::Storage, "strike out what was to be forgotten")
    }

    /// What came of a wish, once it did.
    pub(crate) fn forgotten(&self, id: &str) -> Outcome<Option<Forgotten>> {
        Ok(read::<Forgotten>(&self.path(FORGOT))?.filter(|told| told.id == id))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // The kernel does it in any case, when the file is closed.
        let _ = self.0.unlock();
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Outcome<Option<T>> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| {
            Failure::new(Kind::BadInput, format!("{} is damaged", path.display()))
                .hint("delete it, and ask again for what you want forgotten")
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).because(Kind::Storage, &format!("read {}", path.display())),
    }
}

fn gone(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
