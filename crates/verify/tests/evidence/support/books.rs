//! The log in the making.

use std::collections::BTreeMap;

use candor_consent::{Act, Charter, Decision, ProgramAct, Role, SignOff};
use candor_log::{Hash, Leaf, LeafKind, PendingLeaf, commit};
use candor_model::evidence::Opening;
use candor_model::{Digest, Envelope, Timestamp};

use super::key;

/// The log in the making, and what opens it.
#[derive(Default)]
pub(crate) struct Books {
    pub(crate) leaves: Vec<Leaf>,
    pub(crate) openings: Vec<Opening>,
    pub(crate) statements: BTreeMap<Digest, Vec<u8>>,
    pub(crate) program: Option<Hash>,
}

impl Books {
    pub(crate) fn push(&mut self, leaf: PendingLeaf, at: Timestamp) -> u64 {
        // The log's time never goes back.
        let last = self.leaves.last().map_or(0, Leaf::batch_time_ms);
        let at = u64::try_from(at.as_millis()).unwrap().max(last);
        self.leaves.push(leaf.at(at).unwrap());
        self.leaves.len() as u64 - 1
    }

    pub(crate) fn salt(&self) -> [u8; 32] {
        *Digest::of(format!("salt {}", self.leaves.len()).as_bytes()).as_bytes()
    }

    pub(crate) fn program(&mut self, charter: &Charter, at: Timestamp) {
        let salt = self.salt();
        let body = commit(&salt, LeafKind::Program, Hash::ZERO.as_bytes(), charter.bytes());
        let leaf = self.push(PendingLeaf::new(LeafKind::Program, Hash::ZERO, body), at);
        self.open(leaf, &salt, charter.digest());
        self.program = Some(self.leaves.last().unwrap().hash());
    }

    pub(crate) fn open(&mut self, leaf: u64, salt: &[u8; 32], statement: Digest) {
        self.openings.push(Opening { leaf, salt: Digest::from_bytes(*salt).to_string(), statement });
    }

    pub(crate) fn log(&mut self, kind: LeafKind, envelope: &Envelope, tag: Option<[u8; 32]>, at: Timestamp) {
        let leaf = self.log_only(kind, envelope, tag, at);
        let salt = Digest::of(format!("salt {leaf}").as_bytes());
        self.open(leaf, salt.as_bytes(), envelope.digest());
        self.keep(envelope);
    }

    pub(crate) fn log_only(
        &mut self,
        kind: LeafKind,
        envelope: &Envelope,
        tag: Option<[u8; 32]>,
        at: Timestamp,
    ) -> u64 {
        let (program, salt) = (self.program.unwrap(), self.salt());
        let body = commit(&salt, kind, program.as_bytes(), &envelope.to_bytes());
        let leaf = PendingLeaf::new(kind, program, body);
        self.push(tag.map_or(leaf.clone(), |tag| leaf.with_tag(tag)), at)
    }

    pub(crate) fn keep(&mut self, envelope: &Envelope) {
        self.statements.insert(envelope.digest(), envelope.to_bytes());
    }

    pub(crate) fn tag(&mut self, kind: LeafKind, tag: [u8; 32], at: Timestamp) {
        let leaf = PendingLeaf::new(kind, self.program.unwrap(), [7; 32]).with_tag(tag);
        self.push(leaf, at);
    }

    pub(crate) fn noise(&mut self, count: usize, at: Timestamp) {
        let other = Hash::from_bytes([9; 32]);
        for n in 0..count {
            let tag = *Digest::of(format!("noise {n}").as_bytes()).as_bytes();
            let kinds = [LeafKind::Withdrawal, LeafKind::Erased];
            self.push(PendingLeaf::new(kinds[n % 2], other, tag).with_tag(tag), at);
        }
        self.push(PendingLeaf::new(LeafKind::ProgramAct, other, [8; 32]), at);
    }
}

pub(crate) fn sign_off(charter: &Charter, role: Role, seed: u8, at: Timestamp, books: &mut Books) {
    let reason = "read it".to_owned();
    let sign_off = SignOff { role, decision: Decision::Approve, reason, at, expires_at: at.plus_days(200) };
    let envelope = sign_off.sign(charter, &key(seed)).unwrap();
    books.log(LeafKind::SignOff, &envelope, None, at);
}

pub(crate) fn act(charter: &Charter, act: Act, at: Timestamp, books: &mut Books) {
    let envelope = ProgramAct { act, reason: "all agree".into(), at }.sign(charter, &key(1)).unwrap();
    books.log(LeafKind::ProgramAct, &envelope, None, at);
}
