//! Nouns and bytes: what every room of Candor speaks about, and how it is written down.
//!
//! This room knows ids, time, digests, the canonical encoding, versions, the step and action vocabulary,
//! signatures, statements and the bundle. It knows no rule (that is `consent`), no store and no clock of its own:
//! time and randomness come in as arguments.
//!
//! The path of data: an [`Observation`] is what a sensor saw, and cannot be serialised. A [`Step`] is what is left of it
//! after redaction, in canonical bytes. A [`bundle::Manifest`] lists the steps that a person released, and a
//! [`Statement`] in an [`Envelope`] says so under a signature.
//!
//! Invariants: signed bytes are stored and never serialised again; ids have one text form; no number in a signed
//! document is a float.

mod act;
mod action;
pub mod bundle;
mod canonical;
mod digest;
mod dsse;
mod entropy;
pub mod evidence;
mod finding;
mod frame;
mod frame_bytes;
mod geometry;
mod id;
mod observation;
mod session;
mod sign;
mod statement;
mod step;
mod time;
mod tree;
mod version;

pub use act::{Admission, Erasure, Export};
pub use action::{Action, Button, PathPoint, ScrollUnit};
pub use canonical::{CanonicalError, canonical_bytes};
pub use digest::Digest;
pub use dsse::{Envelope, EnvelopeError, Signature, pre_authentication_encoding};
pub use entropy::Entropy;
pub use finding::{Finding, FindingKind, Place, RedactionReport};
pub use frame::{FRAME_PIXELS_MAX, FrameView, TILE_SIDE_PX, Tile, TilePlace, digest_of_tiles, tile_places};
pub use frame_bytes::FrameBytes;
pub use geometry::{Point, Rect, Screen};
pub use id::{AppId, ConsentId, IdError, PurposeId, SessionId, Site};
pub use observation::{Observation, Pixels, VisibleWindow};
pub use session::{Outcome, Platform, Recorded, RedactorInfo, SessionHeader};
pub use sign::{KEY_TEXT_PREFIX, PublicKey, SignatureError, SigningKey};
pub use statement::{PAYLOAD_TYPE, STATEMENT_TYPE, Statement, StatementKind, Subject};
pub use step::{BlobRef, Media, Moment, RedactedStep, Step, Target, Window};
pub use time::{Clock, Timestamp, TimestampError};
pub use tree::{Node, Tree, TreeState};
pub use version::{FormatVersion, VersionError};
