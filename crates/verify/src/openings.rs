//! Check 4: every statement is in the log, and every act of power in the log is here.
//!
//! A leaf is a salted commitment. The opening gives the salt; the statement's bytes, the leaf's kind and the program must
//! give the commitment again. Acts of power over the program must all be opened: otherwise a halt could be left out.

use std::collections::{BTreeMap, BTreeSet};

use candor_log::{Entry, Hash, LeafKind, commit};
use candor_model::evidence::Opening;
use candor_model::{Digest, Envelope, Timestamp};

use crate::files::Files;
use crate::layout::{
    CHARTER, LINE_BYTES_MAX, OPENINGS, OPENINGS_MAX, STATEMENT_BYTES_MAX, STATEMENTS, digest_in,
    statement_path,
};
use crate::lines::{Line, canonical};
use crate::replay::Log;
use crate::report::{CheckId, Code, Finding, Ledger};
use crate::statements::{Filed, Kind, Place, Statements, kind_of};

const CHECK: CheckId = CheckId::Openings;

/// What opens a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    leaf: u64,
    salt: [u8; 32],
}

/// The openings, by statement.
#[derive(Debug, Default)]
pub(crate) struct Openings(BTreeMap<Digest, Key>);

impl Openings {
    /// The leaves that are opened.
    pub(crate) fn leaves(&self) -> BTreeSet<u64> {
        self.0.values().map(|key| key.leaf).collect()
    }
}

/// Reads the openings: sorted by leaf, each leaf and each statement once.
pub(crate) fn read(files: &Files<'_>, ledger: &mut Ledger) -> Openings {
    let lines = match files.lines(OPENINGS, LINE_BYTES_MAX) {
        Ok(lines) => lines,
        Err(error) => {
            ledger.find(error.finding(CHECK, OPENINGS));
            return Openings::default();
        }
    };
    let mut openings = Openings::default();
    let mut next = 0;
    for (number, line) in (1..).zip(lines) {
        if number > OPENINGS_MAX {
            let detail = format!("there are more than {OPENINGS_MAX} openings");
            ledger.find(Finding::new(CHECK, Code::TooLarge, OPENINGS, detail));
            break;
        }
        match parse(&line, next) {
            Ok((statement, key)) if !openings.0.contains_key(&statement) => {
                next = key.leaf + 1;
                openings.0.insert(statement, key);
            }
            Ok((_, key)) => {
                let detail = format!("line {number} opens a statement that another line opens too");
                ledger.find(Finding::new(CHECK, Code::Malformed, OPENINGS, detail).leaf(key.leaf));
            }
            Err(detail) => {
                let detail = format!("line {number} {detail}");
                ledger.find(Finding::new(CHECK, Code::Malformed, OPENINGS, detail));
            }
        }
    }
    openings
}

fn parse(line: &Line, next: u64) -> Result<(Digest, Key), &'static str> {
    let malformed = "is not an opening in its canonical form";
    let Line::Text(bytes) = line else { return Err(malformed) };
    let opening: Opening = canonical(bytes).ok_or(malformed)?;
    let salt = secret(&opening.salt).ok_or("has a salt that is not 32 bytes in hexadecimal")?;
    if opening.leaf < next {
        return Err("is not in order of the leaves");
    }
    Ok((opening.statement, Key { leaf: opening.leaf, salt }))
}

/// The 32 bytes that a salt, rho or sigma is written as.
pub(crate) fn secret(hex: &str) -> Option<[u8; 32]> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?.try_into().ok()
}

/// Runs the check; `charter` are the charter's bytes, which the program's own leaf commits to.
pub(crate) fn check(
    files: &Files<'_>,
    openings: &Openings,
    log: &Log,
    charter: Option<&[u8]>,
    ledger: &mut Ledger,
) -> Statements {
    let mut statements = Statements::default();
    let Some(program) = charter.and_then(|bytes| program(openings, log, bytes, ledger)) else {
        return statements;
    };
    statements.program = Some((program.hash, program.index));
    for path in files.within(STATEMENTS) {
        match statement(files, path, openings, log, &program.hash) {
            Ok(statement) => statements.file(statement),
            Err(finding) => ledger.find(finding),
        }
        ledger.examine(CHECK, 1);
    }
    missing(files, openings, charter, ledger);
    hidden(openings, log, &program.hash, ledger);
    statements
}

/// The program's own leaf: it commits to the charter's bytes.
fn program<'a>(openings: &Openings, log: &'a Log, charter: &[u8], ledger: &mut Ledger) -> Option<&'a Entry> {
    let refused = |detail: &str| Finding::new(CHECK, Code::CharterDiffers, CHARTER, detail);
    let Some(key) = openings.0.get(&Digest::of(charter)) else {
        ledger.find(refused("no leaf of the log is opened by these bytes: this charter was not logged"));
        return None;
    };
    let entry = log.opened.get(&key.leaf).filter(|entry| entry.leaf.kind() == LeafKind::Program);
    let opens = |entry: &Entry| {
        commit(&key.salt, LeafKind::Program, Hash::ZERO.as_bytes(), charter) == *entry.leaf.body()
    };
    ledger.examine(CHECK, 1);
    match entry {
        Some(entry) if opens(entry) => Some(entry),
        _ => {
            ledger.find(
                refused("the leaf that is said to hold the charter holds something else").leaf(key.leaf),
            );
            None
        }
    }
}

/// Holds one file of `statements/` against its name, its form and its leaf.
fn statement(
    files: &Files<'_>,
    path: &str,
    openings: &Openings,
    log: &Log,
    program: &Hash,
) -> Result<Filed, Finding> {
    let finding = |code, detail: &str| Finding::new(CHECK, code, path, detail);
    let digest = digest_in(path, STATEMENTS)
        .ok_or_else(|| finding(Code::SurplusFile, "the file is not named by the digest of a statement"))?;
    let key = openings.0.get(&digest);
    let leaf = key.map(|key| key.leaf);
    let bytes =
        files.read(path, STATEMENT_BYTES_MAX).map_err(|error| error.finding(CHECK, path).leaf(leaf))?;
    if Digest::of(&bytes) != digest {
        let detail = "the statement differs from the digest that names it: at least one byte was changed";
        return Err(finding(Code::ChangedFile, detail).leaf(leaf));
    }
    let envelope =
        Envelope::parse(&bytes).map_err(|error| finding(Code::Malformed, &error.to_string()).leaf(leaf))?;
    let kind = kind_of(&envelope).ok_or_else(|| {
        finding(Code::SurplusStatement, "the statement is of a kind that evidence does not hold").leaf(leaf)
    })?;
    let place =
        place(kind, key, log, program, &bytes).map_err(|(code, detail)| finding(code, detail).leaf(leaf))?;
    Ok(Filed { digest, kind, place })
}

fn place(
    kind: Kind,
    key: Option<&Key>,
    log: &Log,
    program: &Hash,
    bytes: &[u8],
) -> Result<Option<Place>, (Code, &'static str)> {
    let Some(leaf_kind) = kind.leaf() else {
        let detail = "the opening names a statement of a kind that has no leaf";
        return if key.is_none() { Ok(None) } else { Err((Code::OpeningDiffers, detail)) };
    };
    let key = key.ok_or((
        Code::UnopenedStatement,
        "no leaf of the log is opened by this statement: it was not logged",
    ))?;
    let differs = |detail| (Code::OpeningDiffers, detail);
    let entry = log.opened.get(&key.leaf).ok_or(differs("the log that was replayed has no such leaf"))?;
    if entry.leaf.kind() != leaf_kind || entry.leaf.program() != program {
        return Err(differs("the leaf is of another kind or of another program than the statement"));
    }
    if commit(&key.salt, leaf_kind, program.as_bytes(), bytes) != *entry.leaf.body() {
        return Err(differs("the salt and the statement do not give the commitment of the leaf"));
    }
    let at = Timestamp::from_millis(i64::try_from(entry.leaf.batch_time_ms()).unwrap_or(i64::MAX));
    Ok(Some(Place { leaf: key.leaf, at, tag: entry.leaf.tag().copied() }))
}

fn missing(files: &Files<'_>, openings: &Openings, charter: Option<&[u8]>, ledger: &mut Ledger) {
    let charter = charter.map(Digest::of);
    for (statement, key) in openings.0.iter().filter(|(statement, _)| Some(**statement) != charter) {
        let path = statement_path(statement);
        if !files.has(&path) {
            let detail = "a leaf is said to be opened by this statement, and the statement is not here";
            ledger.find(Finding::new(CHECK, Code::MissingStatement, &path, detail).leaf(key.leaf));
        }
    }
}

/// Sign-offs and acts over the program that the log holds and the evidence does not show.
fn hidden(openings: &Openings, log: &Log, program: &Hash, ledger: &mut Ledger) {
    let opened = openings.leaves();
    let acts = |kind| matches!(kind, LeafKind::SignOff | LeafKind::ProgramAct);
    for power in log.power.iter().filter(|power| acts(power.kind) && power.program == *program) {
        if !opened.contains(&power.leaf) {
            let detail = format!("the log holds a {} of this program that is not opened here", power.kind);
            ledger.find(Finding::new(CHECK, Code::HiddenAct, OPENINGS, detail).leaf(power.leaf));
        }
    }
}
