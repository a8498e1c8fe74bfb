//! The folder of a journal: one program at a time, one key for ever, one version.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use candor_model::{Entropy, FormatVersion};

use crate::error::OpenError;
use crate::keys::{DeviceKey, SALT_LEN};
use crate::segment::sync_folder;

const LOCK: &str = "lock";
const NAME: &str = "journal";
const NAME_NEW: &str = "journal.new";
const MAGIC: [u8; 8] = *b"CANDORJN";
/// The version of this file alone: a segment has its own, so that an older program leaves a newer session alone and reads the rest.
const VERSION: FormatVersion = FormatVersion(1);
const NAME_LEN: usize = 8 + 2 + SALT_LEN + 32;

/// Makes the folder if it is not there, and holds it until the file is dropped or the program ends.
pub(crate) fn hold(folder: &Path) -> Result<File, OpenError> {
    fs::create_dir_all(folder).map_err(io("make the folder of the journal"))?;
    let doing = "lock the journal";
    let options = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK));
    let file = options.map_err(io(doing))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
        Err(TryLockError::Error(source)) => Err(OpenError::Io { doing, source }),
    }
}

/// Refuses another key or version; in an empty folder, writes down which they are.
pub(crate) fn check_name(folder: &Path, key: &DeviceKey, entropy: &mut dyn Entropy) -> Result<(), OpenError> {
    match fs::read(folder.join(NAME)) {
        Ok(bytes) => check_bytes(&bytes, key),
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_name(folder, key, entropy),
        Err(source) => Err(OpenError::Io { doing: "read the journal's name", source }),
    }
}

fn check_bytes(bytes: &[u8], key: &DeviceKey) -> Result<(), OpenError> {
    let not = || OpenError::NotAJournal;
    let (magic, rest) = bytes.split_first_chunk::<8>().ok_or_else(not)?;
    if *magic != MAGIC {
        return Err(not());
    }
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(not)?;
    FormatVersion(u16::from_be_bytes(*version)).require(VERSION, "the journal")?;
    let (salt, check) = rest.split_first_chunk::<SALT_LEN>().ok_or_else(not)?;
    let expected = key.check(salt).map_err(|_| OpenError::Key)?;
    if bytes.len() != NAME_LEN {
        return Err(not());
    }
    verify_slices_are_equal(&expected, check).map_err(|_| OpenError::OtherKey)
}

/// Commit point: the rename is durable. A crash before it leaves no name, and the next opening writes one.
fn write_name(folder: &Path, key: &DeviceKey, entropy: &mut dyn Entropy) -> Result<(), OpenError> {
    let salt = entropy.bytes_32();
    let check = key.check(&salt).map_err(|_| OpenError::Key)?;
    let bytes = [MAGIC.as_slice(), &VERSION.0.to_be_bytes(), &salt, &check].concat();
    let write = || {
        let mut file = File::create(folder.join(NAME_NEW))?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(folder.join(NAME_NEW), folder.join(NAME))?;
        sync_folder(folder)
    };
    write().map_err(io("write the journal's name"))
}

fn io(doing: &'static str) -> impl Fn(io::Error) -> OpenError {
    move |source| OpenError::Io { doing, source }
}
