//! How much time a frame has left.

/// How much time there is left for a picture: whoever hands it in knows when the next one waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLeft {
    /// Everything is looked at.
    Enough,
    /// What takes long to look at and can be masked instead is masked.
    Little,
    /// The picture is given up, and nothing of it is kept.
    Nothing,
}
