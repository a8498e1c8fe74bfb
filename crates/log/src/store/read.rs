//! What the published log can answer. The folder is not trusted: every answer is verified against the head first.

use super::folder::FolderError;
use super::nodes::Nodes;
use super::sequencer::Sequencer;
use crate::leaf::{Leaf, LeafError};
use crate::proof::{TlogProof, TlogProofError};
use crate::replay::{Replay, ReplayError};
use crate::tile::{Level, TILE_WIDTH, TileError, TilePath, bundles, entries, hashes};
use crate::tree::{Hash, consistency_path, inclusion_path, range_root, verify_consistency, verify_inclusion};

/// Why the log does not answer.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The published log does not reach that far.
    #[error("{asked} lies outside the log of {size} leaves")]
    OutOfRange {
        /// The index or size that was asked for.
        asked: u64,
        /// Leaves of the published log.
        size: u64,
    },
    /// The folder cannot be read.
    #[error("the log's folder cannot be read")]
    Folder(#[from] FolderError),
    /// A file is not the tile or bundle of its path.
    #[error("{path} in the log's folder is malformed")]
    Malformed {
        /// The file.
        path: TilePath,
        /// Why.
        source: TileError,
    },
    /// The tiles do not hold a node that they should.
    #[error("a node of the log's tree cannot be read")]
    Node(#[from] TileError),
    /// A leaf is not one.
    #[error("leaf {index} is malformed")]
    Leaf {
        /// Its place.
        index: u64,
        /// Why.
        source: LeafError,
    },
    /// The tiles do not lead to the published root: somebody changed them.
    #[error("the tiles at {asked} do not lead to the root of the published log")]
    Tampered {
        /// The index or size that was asked for.
        asked: u64,
    },
    /// The log's own head does not make a proof.
    #[error("the proof cannot be put together")]
    Proof(#[source] TlogProofError),
    /// The entries do not lead to the published root.
    #[error("the entries of the log do not lead to its root")]
    Replay(#[source] ReplayError),
}

impl Sequencer {
    /// The leaf at `index`.
    ///
    /// # Errors
    /// When there is none, or the folder does not hold what the log published.
    pub fn leaf(&self, index: u64) -> Result<Leaf, ReadError> {
        self.proven(index).map(|(leaf, _)| leaf)
    }

    /// The proof that the leaf at `index` is in the published log.
    ///
    /// # Errors
    /// When there is none, or the folder does not hold what the log published.
    pub fn proof(&self, index: u64) -> Result<TlogProof, ReadError> {
        let (_, hashes) = self.proven(index)?;
        TlogProof::new(index, hashes, self.checkpoint()).map_err(ReadError::Proof)
    }

    /// The proof that the published log continues the log as it was at `old` leaves.
    ///
    /// # Errors
    /// When it was never that size, or the folder does not hold what the log published.
    pub fn consistency_proof(&self, old: u64) -> Result<Vec<Hash>, ReadError> {
        let size = self.size();
        let path = consistency_path(old, size).ok_or(ReadError::OutOfRange { asked: old, size })?;
        let mut nodes = Nodes::new(size, |path: &TilePath| self.hashes(path));
        let old_root = range_root(0..old, |level, index| nodes.node(level, index))?;
        let proof: Result<Vec<Hash>, ReadError> =
            path.into_iter().map(|span| range_root(span, |level, index| nodes.node(level, index))).collect();
        let proof = proof?;
        verify_consistency((old, &old_root), (size, self.root()), &proof)
            .map_err(|_| ReadError::Tampered { asked: old })?;
        Ok(proof)
    }

    /// The bytes of a tile or bundle of the published log, as a reader would fetch them; the paths of all bundles are
    /// [`bundles`].
    ///
    /// # Errors
    /// When the folder cannot be read or has not got it.
    pub fn file(&self, path: &TilePath) -> Result<Vec<u8>, FolderError> {
        self.folder().tile(path)
    }

    /// Reads every leaf of the published log and compares the root: finds a change anywhere in the entries.
    ///
    /// # Errors
    /// When the folder does not hold what the log published.
    pub fn check(&self) -> Result<(), ReadError> {
        let mut replay = Replay::default();
        for path in bundles(self.size()) {
            replay.bundle(&self.file(&path)?, |_| ()).map_err(ReadError::Replay)?;
        }
        replay.ends_at(self.head()).map_err(ReadError::Replay)
    }

    fn proven(&self, index: u64) -> Result<(Leaf, Vec<Hash>), ReadError> {
        let size = self.size();
        let path = inclusion_path(index, size).ok_or(ReadError::OutOfRange { asked: index, size })?;
        let leaf = self.unproven(index)?;
        let mut nodes = Nodes::new(size, |path: &TilePath| self.hashes(path));
        let hashes: Result<Vec<Hash>, ReadError> =
            path.into_iter().map(|span| range_root(span, |level, index| nodes.node(level, index))).collect();
        let hashes = hashes?;
        verify_inclusion(&leaf.hash(), index, size, &hashes, self.root())
            .map_err(|_| ReadError::Tampered { asked: index })?;
        Ok((leaf, hashes))
    }

    /// The leaf that the folder has at `index`, whoever put it there.
    fn unproven(&self, index: u64) -> Result<Leaf, ReadError> {
        let missing = ReadError::OutOfRange { asked: index, size: self.size() };
        let width = u64::from(TILE_WIDTH);
        let Some(path) = TilePath::of(Level::Entries, index / width, self.size()) else {
            return Err(missing);
        };
        let bundle = self.file(&path)?;
        let leaves = entries(&bundle).map_err(|source| ReadError::Malformed { path, source })?;
        let at = usize::try_from(index % width).map_err(|_| ReadError::Tampered { asked: index })?;
        let leaf = leaves.get(at).ok_or(ReadError::Tampered { asked: index })?;
        Leaf::parse(*leaf).map_err(|source| ReadError::Leaf { index, source })
    }

    fn hashes(&self, path: &TilePath) -> Result<Vec<Hash>, ReadError> {
        hashes(path, &self.file(path)?).map_err(|source| ReadError::Malformed { path: *path, source })
    }
}
