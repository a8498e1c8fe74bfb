//! The folder of models: each file is read when a layer asks for it, and is the one that this program was built with.
//!
//! INVARIANT: bytes whose SHA-256 differs from the pinned one never reach a layer. Where the folder stands does not
//! matter, so nobody who can write there can make redaction look away: a changed file is an error, and no redaction.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use candor_model::Digest;

use crate::image::Blaze;
use crate::ocr::{Reader, Sight};
use crate::text::ner::{Ner, NerError};
use crate::text::tagger::Tagger;

/// A file of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum File {
    Tagger,
    Ner,
    NerVocabulary,
    OcrDetection,
    OcrRecognition,
    OcrCharacters,
    Faces,
}

/// Every file: its place in the folder, its SHA-256 (none: no such model is shipped yet, and its layer is left out) and
/// the most bytes that it may have.
const FILES: [(File, &str, Option<&str>, u64); 7] = [
    (
        File::Tagger,
        "tagger.bin",
        Some("e452dc5271e8ae9836b295464c81eaa6282970be0099a44de1dd56e4d7ede3fa"),
        16 << 20,
    ),
    (
        File::Ner,
        "ner/model_q4.onnx",
        Some("9f27d24949b0581701071ea5ef522d77ccd3f50c525cc91eac4d265b0fc2afe5"),
        16 << 20,
    ),
    (
        File::NerVocabulary,
        "ner/vocab.txt",
        Some("0fbe6b50061feabb9be68af471e9aa6df07a4bc428bdca4b0eff1fcd3612dee5"),
        1 << 20,
    ),
    (
        File::OcrDetection,
        "ocr/det.onnx",
        Some("1130258b70c53bfd52c69cb330f4bb327387f6ae866715426696bda682c6d8bd"),
        16 << 20,
    ),
    (
        File::OcrRecognition,
        "ocr/rec.onnx",
        Some("1485d748ca74c5634c3d6a88783eaf508bc5b43a70eea1b0fd9b36bc9b3d4c77"),
        16 << 20,
    ),
    (
        File::OcrCharacters,
        "ocr/characters.txt",
        Some("604ad68a9a76da13108791cdaa3ccf0af1201dbe84219b37b282243121bc0d70"),
        1 << 20,
    ),
    (
        File::Faces,
        "faces/blazeface.onnx",
        Some("427cbbe0fc41448d09e1dc9cfabe2423d997cf2faaeab91fadd09a510b63b8e2"),
        1 << 20,
    ),
];

/// Why a model cannot be used. Then the layer that needs it does not run, and nothing is redacted: nothing is kept.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// There is no such folder.
    #[error("there is no folder of models at {0}")]
    NoFolder(PathBuf),
    /// A file is missing or cannot be read.
    #[error("read the model {name}; fetch the folder of models that belongs to this program")]
    Unreadable {
        /// Its place in the folder.
        name: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is another one than this program was built with.
    #[error("the model {name} is not the one of this program; take the folder of models that belongs to it")]
    Changed {
        /// Its place in the folder.
        name: &'static str,
    },
    /// The file is the right one, and does not load: a bug of ours.
    #[error("the model {name} does not load")]
    Unusable {
        /// Its place in the folder.
        name: &'static str,
    },
}

/// The folder of models. Clones share what is loaded.
#[derive(Clone)]
pub struct Models {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    ner: Mutex<Option<Arc<Ner>>>,
    tagger: Mutex<Option<Arc<Tagger>>>,
    sight: Mutex<Option<Arc<Sight>>>,
    faces: Mutex<Option<Arc<Blaze>>>,
}

impl Models {
    /// Names the folder. Nothing in it is read before a layer asks.
    ///
    /// # Errors
    /// When there is no such folder.
    pub fn open(folder: &Path) -> Result<Self, ModelError> {
        if !folder.is_dir() {
            return Err(ModelError::NoFolder(folder.to_path_buf()));
        }
        let inner = Inner {
            folder: folder.to_path_buf(),
            ner: Mutex::new(None),
            tagger: Mutex::new(None),
            sight: Mutex::new(None),
            faces: Mutex::new(None),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The bytes of a file, if they are the pinned ones.
    pub(crate) fn read(&self, file: File) -> Result<Vec<u8>, ModelError> {
        let (name, pinned, bytes_max) = described(file);
        let unreadable = |source| ModelError::Unreadable { name, source };
        let path = self.inner.folder.join(name);
        if std::fs::metadata(&path).map_err(unreadable)?.len() > bytes_max {
            return Err(ModelError::Changed { name });
        }
        let bytes = std::fs::read(&path).map_err(unreadable)?;
        let is_pinned = pinned.is_some_and(|pinned| Digest::of(&bytes).to_string().ends_with(pinned));
        if is_pinned { Ok(bytes) } else { Err(ModelError::Changed { name }) }
    }

    /// Size of all models together, in bytes.
    ///
    /// # Errors
    /// When one of them cannot be read or is not the pinned one.
    pub fn bytes(&self) -> Result<u64, ModelError> {
        let pinned = FILES.iter().filter(|(_, _, pinned, _)| pinned.is_some());
        pinned.map(|(file, ..)| Ok(self.read(*file)?.len() as u64)).sum()
    }

    /// The transformer, loaded once for all who ask.
    pub(crate) fn ner(&self) -> Result<Arc<Ner>, ModelError> {
        shared(&self.inner.ner, || {
            let model = self.read(File::Ner)?;
            let vocabulary = self.read(File::NerVocabulary)?;
            let unusable = |file| ModelError::Unusable { name: described(file).0 };
            let vocabulary = String::from_utf8(vocabulary).map_err(|_| unusable(File::NerVocabulary))?;
            Ner::load(&model, &vocabulary).map_err(|error| match error {
                NerError::Vocabulary => unusable(File::NerVocabulary),
                NerError::Model | NerError::Run | NerError::OutOfTime => unusable(File::Ner),
            })
        })
    }

    /// A reader of pixels. Each session has its own, since it remembers what it read; the models are loaded once for all.
    pub(crate) fn ocr(&self) -> Result<Reader, ModelError> {
        let unusable = |file| ModelError::Unusable { name: described(file).0 };
        let load = || {
            let detection = self.read(File::OcrDetection)?;
            let recognition = self.read(File::OcrRecognition)?;
            let characters = String::from_utf8(self.read(File::OcrCharacters)?);
            let characters = characters.map_err(|_| unusable(File::OcrCharacters))?;
            Sight::new(&detection, &recognition, &characters).map_err(|_| unusable(File::OcrDetection))
        };
        shared(&self.inner.sight, load).map(Reader::new)
    }

    /// The finder of faces, loaded once for all who ask.
    pub(crate) fn faces(&self) -> Result<Arc<Blaze>, ModelError> {
        let unusable = |_| ModelError::Unusable { name: described(File::Faces).0 };
        shared(&self.inner.faces, || Blaze::load(&self.read(File::Faces)?).map_err(unusable))
    }

    /// The tagger, loaded once for all who ask; none as long as no weights are pinned.
    pub(crate) fn tagger(&self) -> Result<Option<Arc<Tagger>>, ModelError> {
        let (name, pinned, _) = described(File::Tagger);
        if pinned.is_none() {
            return Ok(None);
        }
        let load = || Tagger::read(&self.read(File::Tagger)?).map_err(|_| ModelError::Unusable { name });
        shared(&self.inner.tagger, load).map(Some)
    }
}

impl std::fmt::Debug for Models {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Models({})", self.inner.folder.display())
    }
}

/// What is loaded already, or is now. A failure is not remembered: the file may be mended.
fn shared<T>(
    slot: &Mutex<Option<Arc<T>>>,
    load: impl FnOnce() -> Result<T, ModelError>,
) -> Result<Arc<T>, ModelError> {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(loaded) = slot.as_ref() {
        return Ok(Arc::clone(loaded));
    }
    let loaded = Arc::new(load()?);
    *slot = Some(Arc::clone(&loaded));
    Ok(loaded)
}

fn described(file: File) -> (&'static str, Option<&'static str>, u64) {
    let found = FILES.iter().find(|(known, ..)| *known == file);
    found.map_or(("", None, 0), |(_, name, pinned, bytes_max)| (name, *pinned, *bytes_max))
}

/// Name and digest of every pinned file: they are part of which redactor this is.
pub(crate) fn pinned() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(|(_, name, pinned, _)| Some((*name, (*pinned)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        assert!(matches!(Models::open(Path::new("/nowhere/models")), Err(ModelError::NoFolder(_))));
    }

    #[test]
    fn a_file_that_is_missing_or_changed_never_reaches_a_layer() {
        let folder = std::env::temp_dir().join(format!("candor-models-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("ner")).unwrap();
        let models = Models::open(&folder).unwrap();
        assert!(matches!(models.read(File::NerVocabulary), Err(ModelError::Unreadable { .. })));
        let mut bytes = std::fs::read(shipped().join("ner/vocab.txt")).unwrap();
        bytes[100] ^= 1;
        std::fs::copy(shipped().join("ner/vocab.txt"), folder.join("ner/vocab.txt")).unwrap();
        assert!(models.read(File::NerVocabulary).is_ok());
        #[expect(clippy::disallowed_methods, reason = "a test's own file need not be durable")]
        std::fs::write(folder.join("ner/vocab.txt"), bytes).unwrap();
        assert!(matches!(models.read(File::NerVocabulary), Err(ModelError::Changed { .. })));
        assert!(models.ner().is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn every_pinned_file_is_shipped_and_all_are_small() {
        const BYTES_MAX: u64 = 25_000_000;
        const BYTES_MIN: u64 = 20_000_000;
        let bytes = Models::open(&shipped()).unwrap().bytes().unwrap();
        assert!((BYTES_MIN..=BYTES_MAX).contains(&bytes), "{bytes}");
    }
}
