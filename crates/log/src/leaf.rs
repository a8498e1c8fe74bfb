//! The leaf, version 1: 144 bytes that say that something happened, when, and nothing about whom.

use std::fmt;

use crate::Hash;
use crate::tree::leaf_hash;

/// What every leaf of version 1 begins with.
pub const LEAF_MAGIC: [u8; 4] = *b"CDL1";
/// Length of a leaf in bytes.
pub const LEAF_BYTES: usize = 144;
/// Flag: the leaf has a tag. Flag 1 is kept for public bodies, which version 1 has none of.
const FLAG_TAG: u16 = 2;

/// What a leaf records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeafKind {
    /// A charter: the hash of this leaf names the program in every other leaf.
    Program,
    /// One signer approved the charter.
    SignOff,
    /// The program started, was halted, resumed or closed.
    ProgramAct,
    /// A consent was given.
    Grant,
    /// A consent was withdrawn.
    Withdrawal,
    /// A released session was admitted to the vault.
    Admission,
    /// A dataset version went to a recipient.
    Export,
    /// An erasure was asked for.
    ErasureRequested,
    /// Keys were destroyed.
    Erased,
}

/// Whether leaves of a kind have a field.
#[derive(PartialEq, Eq)]
enum Rule {
    Required,
    Optional,
    Forbidden,
}

impl LeafKind {
    /// All kinds, by number.
    pub const ALL: [Self; 9] = [
        Self::Program,
        Self::SignOff,
        Self::ProgramAct,
        Self::Grant,
        Self::Withdrawal,
        Self::Admission,
        Self::Export,
        Self::ErasureRequested,
        Self::Erased,
    ];

    /// The number in the leaf.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Program => 1,
            Self::SignOff => 2,
            Self::ProgramAct => 3,
            Self::Grant => 11,
            Self::Withdrawal => 12,
            Self::Admission => 20,
            Self::Export => 31,
            Self::ErasureRequested => 40,
            Self::Erased => 41,
        }
    }

    /// The kind with this number.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// A grant or withdrawal that no tag finds would be useless to the person it belongs to; a tag where no reader looks
    /// for one would be a place to hide something.
    const fn tag(self) -> Rule {
        match self {
            Self::Grant | Self::Withdrawal => Rule::Required,
            Self::ErasureRequested | Self::Erased => Rule::Optional,
            Self::Program | Self::SignOff | Self::ProgramAct | Self::Admission | Self::Export => {
                Rule::Forbidden
            }
        }
    }

    /// Only the acts of the organisation form chains: a link between leaves of one contributor would undo what salts and
    /// tags are for.
    const fn prev(self) -> Rule {
        match self {
            Self::Program | Self::SignOff | Self::ProgramAct | Self::Export => Rule::Optional,
            Self::Grant | Self::Withdrawal | Self::Admission | Self::ErasureRequested | Self::Erased => {
                Rule::Forbidden
            }
        }
    }

    /// Every leaf but the program's own names its program.
    const fn program(self) -> Rule {
        match self {
            Self::Program => Rule::Forbidden,
            Self::SignOff
            | Self::ProgramAct
            | Self::Grant
            | Self::Withdrawal
            | Self::Admission
            | Self::Export
            | Self::ErasureRequested
            | Self::Erased => Rule::Required,
        }
    }
}

impl fmt::Display for LeafKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Program => "program",
            Self::SignOff => "sign-off",
            Self::ProgramAct => "program act",
            Self::Grant => "grant",
            Self::Withdrawal => "withdrawal",
            Self::Admission => "admission",
            Self::Export => "export",
            Self::ErasureRequested => "erasure requested",
            Self::Erased => "erased",
        })
    }
}

/// Why bytes are not a leaf, or fields do not make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeafError {
    /// Not 144 bytes.
    #[error("a leaf has {LEAF_BYTES} bytes, not {0}")]
    Length(usize),
    /// Another format, or another version of this one.
    #[error("the leaf does not begin with CDL1")]
    Magic,
    /// A kind that this version does not know.
    #[error("leaf kind {0} is unknown")]
    Kind(u16),
    /// A flag that this version does not know.
    #[error("leaf flags {0:#06x} are unknown")]
    Flags(u16),
    /// A program leaf that names a program, or another that names none.
    #[error("a leaf of kind {0} has the wrong program field")]
    Program(LeafKind),
    /// A tag that is missing, forbidden for the kind, zero, or not announced by its flag.
    #[error("a leaf of kind {0} has the wrong tag field")]
    Tag(LeafKind),
    /// A reference to an earlier leaf, in a kind that has none.
    #[error("a leaf of kind {0} has the wrong prev field")]
    Prev(LeafKind),
    /// A body of zeros: nobody committed to anything.
    #[error("a leaf of kind {0} has no body")]
    Body(LeafKind),
}

/// A leaf that has no place and no time yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingLeaf {
    /// What it records.
    pub kind: LeafKind,
    /// Hash of the program's own leaf; [`Hash::ZERO`] in that leaf itself.
    pub program: Hash,
    /// The salted commitment, by [`commit`](crate::commit).
    pub body: [u8; 32],
    /// The tag by which whoever holds the secret finds it.
    pub tag: Option<[u8; 32]>,
    /// Hash of the leaf that this one supersedes.
    pub prev: Option<Hash>,
}

impl PendingLeaf {
    /// A leaf without tag and predecessor.
    #[must_use]
    pub const fn new(kind: LeafKind, program: Hash, body: [u8; 32]) -> Self {
        Self { kind, program, body, tag: None, prev: None }
    }

    /// With a tag.
    #[must_use]
    pub const fn with_tag(self, tag: [u8; 32]) -> Self {
        Self { tag: Some(tag), ..self }
    }

    /// With the leaf that it supersedes.
    #[must_use]
    pub const fn with_prev(self, prev: Hash) -> Self {
        Self { prev: Some(prev), ..self }
    }

    /// The leaf, once the time of its batch is known: milliseconds since 1970.
    ///
    /// # Errors
    /// When the kind requires a field that is missing, or forbids one that is there.
    pub fn at(self, batch_time_ms: u64) -> Result<Leaf, LeafError> {
        let leaf = Leaf { batch_time_ms, content: self };
        leaf.check()?;
        Ok(leaf)
    }
}

/// A leaf, version 1. Its fields obey the rules of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    batch_time_ms: u64,
    content: PendingLeaf,
}

impl Leaf {
    /// Reads a leaf. There is one spelling of each: what parses, encodes to the same bytes.
    ///
    /// # Errors
    /// When the bytes are not a leaf of this version.
    pub fn parse(bytes: &[u8]) -> Result<Self, LeafError> {
        let short = LeafError::Length(bytes.len());
        let bytes: &[u8; LEAF_BYTES] = bytes.try_into().map_err(|_| short)?;
        let rest = &mut bytes.as_slice();
        if take(rest).ok_or(short)? != LEAF_MAGIC {
            return Err(LeafError::Magic);
        }
        let number = u16::from_be_bytes(take(rest).ok_or(short)?);
        let kind = LeafKind::from_number(number).ok_or(LeafError::Kind(number))?;
        let flags = u16::from_be_bytes(take(rest).ok_or(short)?);
        if flags & !FLAG_TAG != 0 {
            return Err(LeafError::Flags(flags));
        }
        let batch_time_ms = u64::from_be_bytes(take(rest).ok_or(short)?);
        let program = Hash::from_bytes(take(rest).ok_or(short)?);
        let body = take(rest).ok_or(short)?;
        let tag: [u8; 32] = take(rest).ok_or(short)?;
        if flags & FLAG_TAG == 0 && tag != [0; 32] {
            return Err(LeafError::Tag(kind));
        }
        let tag = (flags & FLAG_TAG != 0).then_some(tag);
        let prev = Hash::from_bytes(take(rest).ok_or(short)?);
        let prev = (prev != Hash::ZERO).then_some(prev);
        PendingLeaf { kind, program, body, tag, prev }.at(batch_time_ms)
    }

    /// The bytes of the leaf.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; LEAF_BYTES] {
        let flags = if self.content.tag.is_some() { FLAG_TAG } else { 0 };
        let fields: [&[u8]; 8] = [
            &LEAF_MAGIC,
            &self.content.kind.number().to_be_bytes(),
            &flags.to_be_bytes(),
            &self.batch_time_ms.to_be_bytes(),
            self.content.program.as_bytes(),
            &self.content.body,
            &self.content.tag.unwrap_or_default(),
            self.content.prev.as_ref().unwrap_or(&Hash::ZERO).as_bytes(),
        ];
        let mut bytes = [0; LEAF_BYTES];
        for (to, from) in bytes.iter_mut().zip(fields.into_iter().flatten()) {
            *to = *from;
        }
        bytes
    }

    /// The hash of the leaf in the tree.
    #[must_use]
    pub fn hash(&self) -> Hash {
        leaf_hash(&self.to_bytes())
    }

    /// What it records.
    #[must_use]
    pub const fn kind(&self) -> LeafKind {
        self.content.kind
    }

    /// When its batch was sequenced, in milliseconds since 1970: the same for the whole batch.
    #[must_use]
    pub const fn batch_time_ms(&self) -> u64 {
        self.batch_time_ms
    }

    /// Hash of the program's own leaf; [`Hash::ZERO`] in that leaf itself.
    #[must_use]
    pub const fn program(&self) -> &Hash {
        &self.content.program
    }

    /// The salted commitment.
    #[must_use]
    pub const fn body(&self) -> &[u8; 32] {
        &self.content.body
    }

    /// The tag, where there is one.
    #[must_use]
    pub const fn tag(&self) -> Option<&[u8; 32]> {
        self.content.tag.as_ref()
    }

    /// Hash of the leaf that this one supersedes.
    #[must_use]
    pub const fn prev(&self) -> Option<&Hash> {
        self.content.prev.as_ref()
    }

    /// The leaf as it was before it had a time.
    #[cfg(feature = "store")]
    pub(crate) fn into_content(self) -> PendingLeaf {
        self.content
    }

    fn check(&self) -> Result<(), LeafError> {
        let PendingLeaf { kind, program, body, tag, prev } = &self.content;
        let keeps = |rule: Rule, present: bool| match rule {
            Rule::Required => present,
            Rule::Forbidden => !present,
            Rule::Optional => true,
        };
        if !keeps(kind.program(), *program != Hash::ZERO) {
            return Err(LeafError::Program(*kind));
        }
        if !keeps(kind.tag(), tag.is_some()) || *tag == Some([0; 32]) {
            return Err(LeafError::Tag(*kind));
        }
        if !keeps(kind.prev(), prev.is_some()) || *prev == Some(Hash::ZERO) {
            return Err(LeafError::Prev(*kind));
        }
        if *body == [0; 32] { Err(LeafError::Body(*kind)) } else { Ok(()) }
    }
}

/// Takes the next `N` bytes.
fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (field, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*field)
}

#[cfg(test)]
mod tests;
