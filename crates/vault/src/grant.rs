//! Consent is given: the contributor's key is made, and the organisation countersigns.

use candor_consent::{Charter, Consent, Grant, Receipt};
use candor_log::{LeafKind, grant_tag};
use candor_model::evidence::LeafProof;
use candor_model::{ConsentId, Digest, Entropy, Envelope, Statement, Timestamp};

use crate::error::GrantError;
use crate::fault::Fault;
use crate::ledger::{Entry, stage};
use crate::seal::Key;
use crate::statements::signed_alone;
use crate::store::{self, NewConsent};
use crate::vault::{CLOCK_SKEW_MS_MAX, KEY_STORED, STATEMENT_STORED, Vault};

/// Most consents that one contributor may ever give to one charter.
pub const CONSENTS_PER_CONTRIBUTOR_MAX: u64 = 32;

/// A consent is in the log.
#[derive(Debug)]
pub struct Granted {
    /// The consent.
    pub consent: ConsentId,
    /// Index of its leaf.
    pub leaf: u64,
    /// What proves it; the receipt holds it as JSON in `candor:logProof`.
    pub proof: LeafProof,
    /// The receipt, for the contributor's hands.
    pub receipt: Receipt,
}

impl Vault {
    /// Takes a consent. The same grant again gives a receipt again. `withdraw_at` says where a withdrawal is sent.
    ///
    /// # Errors
    /// When it is not a consent to a running program, is dated wrongly, or the caps leave no room.
    pub fn grant(
        &mut self,
        envelope: &Envelope,
        withdraw_at: &str,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Granted, GrantError> {
        let now = self.clock(now)?;
        self.settle(now)?;
        let named = Statement::<Grant>::peek(envelope).map_err(GrantError::NotAGrant)?.predicate.charter;
        let program = self.program(&named).ok_or(GrantError::UnknownProgram)?;
        let charter = program.charter.clone();
        let consent = Consent::verify(envelope, &charter, None).map_err(GrantError::Consent)?;
        if !signed_alone(envelope, &[consent.contributor()]) {
            return Err(GrantError::Signatures);
        }
        if !self.was_given(&consent)? {
            if let Some(refusal) = program.refuses_capture(now) {
                return Err(GrantError::NotRunning(refusal));
            }
            self.has_room(&charter, &consent, now)?;
            self.add_consent(&charter, &consent, envelope, now, entropy)?;
        }
        self.granted(&charter, consent.id(), withdraw_at, now, entropy)
    }

    /// Whether this very grant was taken before; any other use of its id is refused.
    fn was_given(&self, consent: &Consent) -> Result<bool, GrantError> {
        match store::consent(&self.connection, consent.id())? {
            None => Ok(false),
            Some(row) if row.grant == consent.digest() && row.withdrawal.is_none() => Ok(true),
            Some(row) => Err(GrantError::Taken(row.id)),
        }
    }

    fn has_room(&self, charter: &Charter, consent: &Consent, now: Timestamp) -> Result<(), GrantError> {
        let (given, expires) = (consent.grant().given_at, consent.grant().expires_at);
        if given > now.plus_millis(CLOCK_SKEW_MS_MAX) || expires <= now {
            return Err(GrantError::Time { given, expires, now });
        }
        let (digest, contributor) = (charter.digest(), consent.contributor().id());
        let others = store::live_contributors(&self.connection, &digest, &contributor, now)?;
        let own = store::consents_of_key(&self.connection, &digest, &contributor)?;
        let room = others < u64::from(charter.caps().contributors_max) && own < CONSENTS_PER_CONTRIBUTOR_MAX;
        if room { Ok(()) } else { Err(GrantError::Full) }
    }

    fn add_consent(
        &mut self,
        charter: &Charter,
        consent: &Consent,
        envelope: &Envelope,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), GrantError> {
        let countersigned = envelope.clone().countersign(&self.organisation).map_err(Fault::Envelope)?;
        // The organisation's own key must not be the contributor's either: this is the check that sees it.
        Consent::verify(&countersigned, charter, Some(&self.organisation())).map_err(GrantError::Consent)?;
        let rho = secret(&consent.grant().rho).ok_or(Fault::Damaged { what: "rho" })?;
        // A crash after this line leaves a key that no consent refers to; start-up destroys it.
        let key = self.keys.make_contributor(consent.id(), entropy).map_err(Fault::Key)?;
        self.passed(KEY_STORED);
        self.statements.seal(&countersigned, &key, entropy)?;
        self.passed(STATEMENT_STORED);
        let body = countersigned.to_bytes();
        Ok(self.stage_grant(consent, &body, grant_tag(&rho), &key, now, entropy)?)
    }

    fn stage_grant(
        &mut self,
        consent: &Consent,
        body: &[u8],
        tag: [u8; 32],
        key: &Key,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<(), Fault> {
        let row = NewConsent {
            id: consent.id(),
            charter: consent.charter(),
            contributor: consent.contributor().id(),
            grant: consent.digest(),
            expires: consent.grant().expires_at,
        };
        let entry = Entry {
            kind: LeafKind::Grant,
            charter: consent.charter(),
            program: self.program_leaf(&consent.charter())?,
            consent: Some(consent.id()),
            session: None,
            body,
            tag: Some(tag),
        };
        self.commit(now, |transaction| {
            store::add_consent(transaction, &row)?;
            stage(transaction, &entry, key, now, entropy)
        })
    }

    fn granted(
        &self,
        charter: &Charter,
        consent: ConsentId,
        withdraw_at: &str,
        now: Timestamp,
        entropy: &mut dyn Entropy,
    ) -> Result<Granted, GrantError> {
        let damaged = || Fault::Damaged { what: "the grant" };
        let act = store::grant_of(&self.connection, consent)?.ok_or_else(damaged)?;
        let key = self.keys.contributor(consent).map_err(Fault::Key)?;
        let envelope = self.statements.open(&act.statement, &key)?;
        let proof = self.proof_of(&act)?;
        let text = serde_json::to_string(&proof).map_err(|_| damaged())?;
        let organisation = self.organisation();
        let created =
            Consent::verify(&envelope, charter, Some(&organisation)).map_err(GrantError::Consent)?;
        let created = now.max(created.grant().given_at);
        let receipt = Receipt::issue(charter, &envelope, &organisation, &text, withdraw_at, created, entropy);
        Ok(Granted { consent, leaf: act.leaf, proof, receipt: receipt.map_err(|_| damaged())? })
    }
}

/// The 32 bytes that rho and sigma are written as.
pub(crate) fn secret(hex: &str) -> Option<[u8; 32]> {
    // The text form of a digest is the same as that of any 32 bytes.
    hex.parse::<Digest>().ok().map(|digest| *digest.as_bytes())
}
