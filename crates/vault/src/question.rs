//! A contributor asks about a session of their own: which dataset versions hold it, and who got them.
//!
//! Only the key that released a session can ask, and only about that session (P6, P7). Nothing is written: asking is not an act.

use candor_consent::Question;
use candor_log::LeafKind;
use candor_model::{Envelope, Statement, Timestamp};

use crate::error::QuestionError;
use crate::export::Exported;
use crate::fault::Fault;
use crate::statements::signed_alone;
use crate::store;
use crate::vault::{CLOCK_SKEW_MS_MAX, Vault};

impl Vault {
    /// The exports of every dataset version that holds something of a session, in the order of the log: each is the
    /// organisation's signed statement, with what proves that it stands in the log.
    ///
    /// # Errors
    /// When it is not asked by the contributor, about a session of theirs, at this time; a withdrawn one is not known any more.
    pub fn uses(&self, envelope: &Envelope, now: Timestamp) -> Result<Vec<Exported>, QuestionError> {
        let asked = Statement::<Question>::peek(envelope).map_err(QuestionError::NotAQuestion)?.predicate;
        let unknown = || QuestionError::UnknownSession(asked.session);
        let row = store::consent(&self.connection, asked.consent)?.filter(|row| row.withdrawal.is_none());
        let row = row.ok_or_else(unknown)?;
        let program = self.program(&row.charter).ok_or(Fault::Damaged { what: "the charter" })?;
        let consent = self.consent(&program.charter, row.id)?;
        let question = Question::verify(envelope, &consent).map_err(QuestionError::Statement)?;
        if !signed_alone(envelope, &[consent.contributor()]) {
            return Err(QuestionError::Signatures);
        }
        // A question that somebody kept is of no use to them later.
        let apart_ms = now.as_millis().saturating_sub(question.asked_at.as_millis()).saturating_abs();
        if apart_ms > CLOCK_SKEW_MS_MAX {
            return Err(QuestionError::Time { asked: question.asked_at, now });
        }
        let session = store::session(&self.connection, question.session)?;
        let session = session.filter(|session| session.consent == consent.id()).ok_or_else(unknown)?;
        let mut exports = Vec::new();
        for dataset in store::holding(&self.connection, session.id)? {
            for statement in store::exports_of_dataset(&self.connection, &dataset)? {
                exports.push(self.export_in_log(&statement)?);
            }
        }
        exports.sort_by_key(|export| export.leaf);
        Ok(exports)
    }

    fn export_in_log(&self, statement: &candor_model::Digest) -> Result<Exported, Fault> {
        let act = store::act_of(&self.connection, LeafKind::Export, statement)?;
        let act = act.ok_or(Fault::Damaged { what: "an export" })?;
        Ok(Exported { export: self.statements.get(statement)?, leaf: act.leaf, proof: self.proof_of(&act)? })
    }
}
