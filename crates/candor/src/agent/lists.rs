//! What an organisation adds to de-identification: a folder of lists and rules.
//!
//! `people.txt`, `words.txt` and `allowed.txt` hold an entry a line; `hashed.txt` holds the tags of entries under the key in
//! `hashed.key`; `rules.toml` holds rules. Any of them may be missing. Whatever cannot be read stops the work: a list that is
//! passed over is a promise that is not kept.

use std::collections::BTreeSet;
use std::path::Path;

use candor_model::FindingKind;
use candor_redact::{HashedList, Lists, OwnRule};
use data_encoding::HEXLOWER_PERMISSIVE;
use serde::Deserialize;

use crate::exit::{Because, Failure, Kind, Outcome};

/// The files of the folder.
const FILES: [&str; 6] = ["people.txt", "words.txt", "allowed.txt", "hashed.txt", "hashed.key", "rules.toml"];
/// Largest file in bytes: the largest list with the longest entries.
const FILE_BYTES_MAX: u64 = 32 << 20;
/// Shortest key of a hashed list in bytes.
pub(crate) const KEY_BYTES_MIN: usize = 16;

/// The lists in `folder`.
pub(crate) fn open(folder: &Path) -> Outcome<Lists> {
    let names = names(folder)?;
    if let Some(strange) = names.iter().find(|name| !FILES.contains(&name.as_str())) {
        let message = format!("{} is no list that is known", folder.join(strange).display());
        return Err(Failure::new(Kind::BadInput, message).hint(format!("the files are {}", FILES.join(", "))));
    }
    let held = |name: &str| names.contains(name).then(|| folder.join(name));
    let entries_of = |name: &str| held(name).map_or_else(|| Ok(Vec::new()), |path| entries(&path));
    let rules = held("rules.toml").map_or_else(|| Ok(Vec::new()), |path| rules(&path))?;
    Ok(Lists {
        people: entries_of("people.txt")?,
        words: entries_of("words.txt")?,
        allowed: entries_of("allowed.txt")?,
        hashed: hashed(held("hashed.txt").as_deref(), held("hashed.key").as_deref())?,
        rules,
    })
}

/// The lists of a device, which every recording uses: none if the folder is not there.
pub(crate) fn of_device(folder: &Path) -> Outcome<Lists> {
    let there = folder.try_exists().because(Kind::BadInput, &format!("look for {}", folder.display()))?;
    if there { open(folder) } else { Ok(Lists::default()) }
}

/// The entries of a file, one a line; `#` opens a remark.
pub(crate) fn entries(path: &Path) -> Outcome<Vec<String>> {
    let text = text_of(path)?;
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    Ok(lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
}

/// The key in a file: hexadecimal digits.
pub(crate) fn key(path: &Path) -> Outcome<Vec<u8>> {
    let text = text_of(path)?;
    let key =
        HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok().filter(|key| key.len() >= KEY_BYTES_MIN);
    let wrong = || {
        let message =
            format!("{} holds no key: {KEY_BYTES_MIN} bytes or more in hexadecimal", path.display());
        Failure::new(Kind::BadInput, message)
    };
    key.ok_or_else(wrong)
}

fn names(folder: &Path) -> Outcome<BTreeSet<String>> {
    let doing = format!("read {}", folder.display());
    let entries = std::fs::read_dir(folder).because(Kind::BadInput, &doing)?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    names.collect::<std::io::Result<_>>().because(Kind::BadInput, &doing)
}

fn text_of(path: &Path) -> Outcome<String> {
    let doing = format!("read {}", path.display());
    let length = std::fs::metadata(path).because(Kind::BadInput, &doing)?.len();
    if length > FILE_BYTES_MAX {
        let message = format!("{} is larger than {FILE_BYTES_MAX} bytes", path.display());
        return Err(Failure::new(Kind::BadInput, message));
    }
    std::fs::read_to_string(path).because(Kind::BadInput, &doing)
}

fn hashed(tags: Option<&Path>, key_file: Option<&Path>) -> Outcome<Option<HashedList>> {
    let (Some(tags), Some(key_file)) = (tags, key_file) else {
        let message = "hashed.txt and hashed.key go together, and one of them is not there";
        let alone = tags.is_some() || key_file.is_some();
        return if alone { Err(Failure::new(Kind::BadInput, message)) } else { Ok(None) };
    };
    let tag = |line: String| {
        let bytes = HEXLOWER_PERMISSIVE.decode(line.as_bytes()).ok();
        let tag: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
        let message = format!("{} holds a line that is no tag of 64 hexadecimal digits", tags.display());
        tag.ok_or_else(|| Failure::new(Kind::BadInput, message))
    };
    let tags = entries(tags)?.into_iter().map(tag).collect::<Outcome<BTreeSet<_>>>()?;
    Ok(Some(HashedList::new(key(key_file)?, tags)))
}

/// `rules.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    #[serde(default)]
    rule: Vec<Written>,
}

/// A rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    kind: String,
    pattern: String,
    finds: Vec<String>,
    passes: Vec<String>,
}

fn rules(path: &Path) -> Outcome<Vec<OwnRule>> {
    let read: Rules =
        toml::from_str(&text_of(path)?).because(Kind::BadInput, &format!("read {}", path.display()))?;
    read.rule.into_iter().map(rule).collect()
}

fn rule(written: Written) -> Outcome<OwnRule> {
    let Written { name, kind, pattern, finds, passes } = written;
    let known = FindingKind::ALL.into_iter().find(|known| known.label().eq_ignore_ascii_case(&kind));
    let Some(kind) = known else {
        let labels: Vec<&str> = FindingKind::ALL.into_iter().map(FindingKind::label).collect();
        let message = format!("the rule {name} is of the kind {kind}, which is not known");
        return Err(
            Failure::new(Kind::BadInput, message).hint(format!("the kinds are {}", labels.join(", ")))
        );
    };
    Ok(OwnRule { name, kind, pattern, finds, passes })
}
