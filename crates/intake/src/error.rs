//! Why a recording cannot be read.

use std::fmt;

use candor_model::VersionError;

/// Why a recording, or a step of it, cannot be read. Names files, lines and sizes, never what they hold.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The folder is neither an import layout nor a raw folder.
    #[error("find recording.json or events.jsonl in the folder")]
    NotARecording,
    /// A file that must be there is not.
    #[error("{file} is missing")]
    Missing {
        /// Its path in the folder.
        file: String,
    },
    /// The operating system does not let it be read.
    #[error("read {file}")]
    Unreadable {
        /// Its path in the folder.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is a link, a device or another thing that is no plain file: it could lead out of the folder.
    #[error("{file} is no plain file inside the folder")]
    NotPlain {
        /// Its path in the folder.
        file: String,
    },
    /// It is larger than it may be.
    #[error("{file} has more than {max} bytes")]
    TooLarge {
        /// Its path in the folder.
        file: String,
        /// How many are allowed.
        max: u64,
    },
    /// It was written for another version of the layout.
    #[error(transparent)]
    Version(#[from] VersionError),
    /// A line of it cannot be believed.
    #[error("{file}, line {line}: {fault}")]
    Line {
        /// Its path in the folder.
        file: String,
        /// Which line, from 1.
        line: u64,
        /// What is wrong.
        fault: Fault,
    },
    /// The file as a whole cannot be believed.
    #[error("{file}: {fault}")]
    File {
        /// Its path in the folder.
        file: String,
        /// What is wrong.
        fault: Fault,
    },
    /// The permit was given for another site than the step shows.
    #[error("step {n} is read with the permit of another site")]
    OtherPermit {
        /// Which step.
        n: usize,
    },
    /// The judged windows are not the windows of the step.
    #[error("step {n} has {found} windows, and {judged} others were judged")]
    OtherWindows {
        /// Which step.
        n: usize,
        /// How many it has.
        found: usize,
        /// How many were judged.
        judged: usize,
    },
}

/// What is wrong with a file or a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It ends in the middle.
    CutOff,
    /// It is not JSON.
    NotJson,
    /// It is JSON of another shape, or with a name that the format does not have.
    Shape,
    /// It is too long.
    TooLong,
    /// There are too many of something.
    TooMany {
        /// How many are allowed.
        max: usize,
    },
    /// The steps are not numbered from 0 in their order.
    OutOfOrder {
        /// The number that belongs here.
        expected: usize,
    },
    /// The time goes back.
    TimeBack,
    /// The screen has no pixels or too many.
    Screen,
    /// The window in front is not among the windows.
    FrontNotSeen,
    /// A parent does not stand before its child, or there are too many elements.
    Tree,
    /// The element acted on is not in the tree.
    Target,
    /// The action has too many parts, or too few.
    Action,
    /// It is no PNG.
    NotPng,
    /// It is no PNG of 8-bit red, green and blue.
    PngFormat,
    /// The PNG is damaged.
    PngDamaged,
    /// The picture has another size than the screen.
    FrameSize {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
    },
    /// It changed since it was first read.
    Changed,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::CutOff => "it is cut off",
            Self::NotJson => "it is not JSON",
            Self::Shape => "it does not have the shape that the format describes",
            Self::TooLong => "it is too long",
            Self::TooMany { max } => return write!(f, "there are more than {max}"),
            Self::OutOfOrder { expected } => return write!(f, "step {expected} belongs here"),
            Self::TimeBack => "the time goes back",
            Self::Screen => "the screen has no pixels or too many",
            Self::FrontNotSeen => "the window in front is not among the windows",
            Self::Tree => "the tree is not well formed",
            Self::Target => "the element acted on is not in the tree",
            Self::Action => "the action has too many parts or too few",
            Self::NotPng => "it is no PNG",
            Self::PngFormat => "it is no PNG of 8-bit red, green and blue",
            Self::PngDamaged => "the PNG is damaged",
            Self::FrameSize { width, height } => {
                return write!(f, "it has {width} by {height} pixels, which is not the screen's size");
            }
            Self::Changed => "it changed while it was read",
        };
        f.write_str(words)
    }
}

impl IntakeError {
    pub(crate) fn line(file: &str, line: u64, fault: Fault) -> Self {
        Self::Line { file: file.to_owned(), line, fault }
    }

    pub(crate) fn file(file: &str, fault: Fault) -> Self {
        Self::File { file: file.to_owned(), fault }
    }
}
