//! The archive that a server answers a recipient's request with: a tar of `dataset/` and `evidence/`.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::durable;
use crate::exit::{Because, Failure, Kind, Outcome};

/// Most files of an archive.
const FILES_MAX: usize = 5_000_000;

/// Unpacks an archive into a new folder `out`, whole or not at all.
///
/// Before the rename a crash leaves `out.part`, which the next call replaces; after it, `out` is complete.
pub(crate) fn unpack(archive: impl Read, out: &Path) -> Outcome {
    let mut name = out.file_name().unwrap_or_default().to_os_string();
    name.push(".part");
    let part = out.with_file_name(name);
    let _earlier = fs::remove_dir_all(&part);
    let unpacked = durable::make_private_folder(&part)
        .because(Kind::Storage, "make the dataset's folder")
        .and_then(|()| unpack_into(archive, &part))
        .and_then(|()| sync_all(&part).because(Kind::Storage, "write the dataset"));
    if let Err(failure) = unpacked {
        let _nothing_half_written = fs::remove_dir_all(&part);
        return Err(failure);
    }
    fs::rename(&part, out)
        .and_then(|()| sync(durable::folder_of(out)))
        .because(Kind::Storage, "put the dataset in its place")
}

/// Has the names in a folder written down for good.
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// The same of every folder in it.
fn sync_all(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all(&entry.path())?;
        }
    }
    sync(folder)
}

fn unpack_into(archive: impl Read, folder: &Path) -> Outcome {
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries().because(Kind::Unreachable, "read the dataset")?;
    let mut complete = false;
    for (n, entry) in entries.enumerate() {
        let mut entry = entry.because(Kind::Unreachable, "read the dataset")?;
        let path = entry.path().because(Kind::BadInput, "read the dataset")?.into_owned();
        complete = path == Path::new("evidence/SEAL");
        let target = inside(folder, &path).filter(|_| n < FILES_MAX && entry.header().entry_type().is_file());
        let target = target
            .ok_or_else(|| Failure::new(Kind::BadInput, "the archive holds something that is no file"))?;
        write(&mut entry, &target).because(Kind::Storage, "write the dataset")?;
    }
    // The seal is written last: without it the answer was cut off.
    if complete {
        Ok(())
    } else {
        Err(Failure::new(Kind::Unreachable, "the answer was cut off").hint("ask again"))
    }
}

fn inside(folder: &Path, path: &Path) -> Option<PathBuf> {
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    let ours = path.starts_with("dataset") || path.starts_with("evidence");
    (plain && ours).then(|| folder.join(path))
}

fn write(entry: &mut impl Read, target: &Path) -> io::Result<()> {
    if let Some(parent) = target.parent() {
        durable::make_private_folder(parent)?;
    }
    let mut file = durable::new_private(target)?;
    io::copy(entry, &mut file)?;
    file.sync_data()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(paths: &[&str]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for path in paths {
            let mut header = tar::Header::new_ustar();
            header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
            header.set_size(1);
            header.set_entry_type(tar::EntryType::Regular);
            header.set_cksum();
            builder.append(&header, &b"x"[..]).unwrap();
        }
        builder.into_inner().unwrap()
    }

    #[test]
    fn a_whole_archive_is_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        unpack(archive(&["dataset/manifest.json", "evidence/SEAL"]).as_slice(), &out).unwrap();
        assert!(out.join("evidence/SEAL").exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_was_handed_out_is_for_its_recipient_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        unpack(archive(&["dataset/manifest.json", "evidence/SEAL"]).as_slice(), &out).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&out), 0o700);
        assert_eq!(mode(&out.join("dataset/manifest.json")), 0o600);
    }

    #[test]
    fn nothing_is_written_outside_and_nothing_half_stays() {
        for hostile in ["../x", "/x", "dataset/../../x", "other/x"] {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            assert!(unpack(archive(&[hostile, "evidence/SEAL"]).as_slice(), &out).is_err(), "{hostile}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{hostile}");
        }
    }

    #[test]
    fn an_answer_that_was_cut_off_leaves_nothing() {
        let bytes = archive(&["dataset/manifest.json", "evidence/SEAL"]);
        for cut in [0, 100, 512, 1024, 1100] {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            assert!(unpack(&bytes[..cut], &out).is_err(), "cut at {cut}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "cut at {cut}");
        }
    }
}
