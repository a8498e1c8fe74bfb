//! How the program ends: one exit code for each kind of failure, and a message that says what to do.
//!
//! The codes are documented in `docs/guide/exit-codes.md`.

use std::fmt;
use std::process::ExitCode;

use serde_json::json;

/// The kind of a failure; its number is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Our own bug, or something nobody thought of.
    Unexpected = 1,
    /// The command line or the configuration is wrong.
    Usage = 2,
    /// A rule refuses: the charter, a consent, a halt, the gate.
    #[cfg(feature = "agent")]
    Refused = 3,
    /// A file or a message is missing, damaged, hostile or of another version.
    BadInput = 4,
    /// The evidence does not verify.
    #[cfg(feature = "audit")]
    NotVerified = 5,
    /// The server cannot be reached or does not answer.
    #[cfg(feature = "agent")]
    Unreachable = 6,
    /// The disk is full, the folder is in use or cannot be written.
    Storage = 7,
    /// Somebody pressed Ctrl-C.
    #[cfg(feature = "agent")]
    Interrupted = 130,
}

impl Kind {
    /// The word for machines.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Unexpected => "unexpected",
            Self::Usage => "usage",
            #[cfg(feature = "agent")]
            Self::Refused => "refused",
            Self::BadInput => "bad_input",
            #[cfg(feature = "audit")]
            Self::NotVerified => "not_verified",
            #[cfg(feature = "agent")]
            Self::Unreachable => "unreachable",
            Self::Storage => "storage",
            #[cfg(feature = "agent")]
            Self::Interrupted => "interrupted",
        }
    }
}

/// A failure on its way to the person.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: Kind,
    message: String,
    hint: Option<String>,
    /// The person has been told already: only the exit code is left to say.
    told: bool,
}

/// What every command returns.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure with a message of its own.
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, told: false }
    }

    /// Marks a failure whose words are out already, as part of what the command prints.
    #[cfg(any(feature = "agent", feature = "audit"))]
    pub(crate) const fn told(mut self) -> Self {
        self.told = true;
        self
    }

    /// Adds what the person can do.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The kind.
    #[cfg(feature = "demo")]
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// Tells the person, on standard error or as one JSON object on standard output.
    pub(crate) fn tell(&self, as_json: bool) -> ExitCode {
        if self.told {
            return ExitCode::from(self.kind as u8);
        }
        if as_json {
            let told = json!({
                "ok": false, "error": self.kind.code(), "message": self.message, "hint": self.hint,
            });
            crate::output::data(&told.to_string());
        } else {
            crate::output::talk(&format!("candor: {self}"));
        }
        ExitCode::from(self.kind as u8)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  what to do: {hint}"),
            None => Ok(()),
        }
    }
}

/// Gives errors of the rooms a kind and a sentence: `failed to DO: cause: cause of the cause`.
pub(crate) trait Because<T> {
    /// Turns an error into a failure of `kind` while doing `what`.
    fn because(self, kind: Kind, what: &str) -> Outcome<T>;
}

impl<T, E: std::error::Error + 'static> Because<T> for Result<T, E> {
    fn because(self, kind: Kind, what: &str) -> Outcome<T> {
        self.map_err(|error| {
            Failure::new(kind_of(&error, kind), format!("failed to {what}: {}", chain(&error)))
        })
    }
}

/// A full disk is a full disk, whichever room met it.
fn kind_of(error: &(dyn std::error::Error + 'static), otherwise: Kind) -> Kind {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(io) = current.downcast_ref::<std::io::Error>() {
            use std::io::ErrorKind as E;
            if [E::StorageFull, E::QuotaExceeded, E::FileTooLarge, E::ReadOnlyFilesystem].contains(&io.kind())
            {
                return Kind::Storage;
            }
        }
        next = current.source();
    }
    otherwise
}

/// An error and its sources, joined by colons.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
