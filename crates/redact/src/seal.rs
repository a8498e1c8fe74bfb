//! The two types that make redaction a road and not a flag.

use std::fmt;

use candor_model::Observation;
use zeroize::Zeroize;

/// What a sensor or an importer saw, sealed until redaction.
///
/// INVARIANT: it has no `Serialize`, no `Display`, no `Clone` and a mute `Debug`; only this crate can open it, and it
/// wipes what it holds when it is dropped.
pub struct Raw<T: Zeroize>(T);

impl<T: Zeroize> Raw<T> {
    /// Seals what was seen. From here on only redaction can look at it.
    pub const fn seal(content: T) -> Self {
        Self(content)
    }

    pub(crate) const fn open(&self) -> &T {
        &self.0
    }

    pub(crate) const fn open_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl Raw<Observation> {
    /// How much memory the pixels of its frame take, in bytes: all that is told of it before redaction.
    #[must_use]
    pub fn frame_bytes(&self) -> u64 {
        self.0.frame.as_ref().map_or(0, |frame| u64::try_from(frame.rgb().len()).unwrap_or(u64::MAX))
    }
}

impl<T: Zeroize> Drop for Raw<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Raw<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raw(..)")
    }
}

/// What is left after redaction. Only this crate makes it, so whoever holds one knows that redaction ran.
///
/// INVARIANT: it has no public constructor, no `Deserialize` and no `Clone`.
pub struct Redacted<T>(T);

impl<T> Redacted<T> {
    pub(crate) const fn new(content: T) -> Self {
        Self(content)
    }

    /// The redacted content.
    #[must_use]
    pub const fn content(&self) -> &T {
        &self.0
    }

    /// Takes the redacted content out; from here on it carries no promise by type.
    #[must_use]
    pub fn into_content(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redacted(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    struct Witness(Arc<AtomicBool>);

    impl Zeroize for Witness {
        fn zeroize(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    #[test]
    fn raw_is_mute() {
        let raw = Raw::seal("canary".to_owned());
        assert_eq!(format!("{raw:?} {raw:#?}"), "Raw(..) Raw(..)");
        assert_eq!(format!("{:?}", Redacted::new("canary")), "Redacted(..)");
    }

    #[test]
    fn raw_is_wiped_when_dropped() {
        let wiped = Arc::new(AtomicBool::new(false));
        drop(Raw::seal(Witness(Arc::clone(&wiped))));
        assert!(wiped.load(Ordering::SeqCst));
    }
}
