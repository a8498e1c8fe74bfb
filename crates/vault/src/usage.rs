//! The vault's only way out: a recipient's signed request, decided consent by consent, and sessions opened by permit.

use arrow::array::RecordBatch;
use candor_consent::{Charter, DatasetRequest, Reason, Refusal, UsePermit, Verified, decide_use};
use candor_model::bundle::Manifest;
use candor_model::{ConsentId, Digest, Envelope, SessionHeader, SessionId, Statement, Step, Timestamp};

use crate::error::UseError;
use crate::fault::Fault;
use crate::keys::KeyError;
use crate::sealed::{Opened, SessionError, SessionKey};
use crate::statements::signed_alone;
use crate::store::{self, SessionRow};
use crate::vault::{CLOCK_SKEW_MS_MAX, Vault};

/// How long a request may be on its way, in days.
const REQUEST_DAYS_MAX: u32 = 7;

/// A session that may be used, and the permit for it.
#[derive(Debug)]
pub struct UsableSession {
    /// The session.
    pub session: SessionId,
    /// The permit: for one purpose, at one moment.
    pub permit: UsePermit,
}

/// A session, opened. Blobs are opened one at a time: a dataset may be larger than memory.
#[derive(Debug)]
pub struct OpenedSession {
    /// What is said once for all of it.
    pub header: SessionHeader,
    /// The manifest that the contributor's release signs.
    pub manifest: Manifest,
    /// The steps as rows, by [`crate::steps_schema`].
    pub batch: RecordBatch,
    /// The steps, in the order of the rows.
    pub steps: Vec<Step>,
    opened: Opened,
}

impl OpenedSession {
    /// The bytes of a frame or a tree: they have this digest.
    ///
    /// # Errors
    /// When the session has no such blob, or it does not open.
    pub fn blob(&self, digest: &Digest) -> Result<Vec<u8>, SessionError> {
        self.opened.blob(digest)
    }

    /// Forgets what was kept of the frames for the next one: nothing more is needed of this session.
    pub fn put_away(&self) {
        self.opened.put_away();
    }
}

impl Vault {
    /// Decides a recipient's request, session by session. What no consent covers is left out; if nothing is left, the
    /// request is refused with every reason that was found.
    ///
    /// # Errors
    /// When the request does not hold, or nothing may be used for its purpose.
    pub fn permit_use(&self, request: &Envelope, now: Timestamp) -> Result<Vec<UsableSession>, UseError> {
        let now = self.clock(now)?;
        let (charter, request) = self.request(request, now)?;
        let mut usable = Vec::new();
        let mut reasons = Vec::new();
        for session in store::sessions_of_charter(&self.connection, &charter.digest())? {
            match self.decide(&charter, &session, &request, now)? {
                Ok(permit) => usable.push(UsableSession { session: session.id, permit }),
                Err(refusal) => reasons.extend(refusal.reasons),
            }
        }
        if usable.is_empty() {
            let refusal = self.why_nothing(&charter, &request, reasons, now);
            return Err(UseError::Refused { purpose: request.purpose.clone(), refusal });
        }
        Ok(usable)
    }

    /// A request, held against the charter that it names.
    pub(crate) fn request(
        &self,
        envelope: &Envelope,
        now: Timestamp,
    ) -> Result<(Charter, Verified<DatasetRequest>), UseError> {
        let statement = Statement::<DatasetRequest>::peek(envelope).map_err(UseError::NotARequest)?;
        let program = self.program(&statement.predicate.charter).ok_or(UseError::UnknownProgram)?;
        let recipe = statement.subject_digest().ok_or(UseError::UnknownProgram)?;
        let request =
            DatasetRequest::verify(envelope, recipe, &program.charter).map_err(UseError::Request)?;
        if !signed_alone(envelope, &[request.signer()]) {
            return Err(UseError::Signatures);
        }
        let at = request.requested_at;
        if at > now.plus_millis(CLOCK_SKEW_MS_MAX) || at.plus_days(REQUEST_DAYS_MAX) < now {
            return Err(UseError::RequestTime { at, now });
        }
        Ok((program.charter.clone(), request))
    }

    /// Whether one session may be used: consent, program, purpose, and the days for which it may be kept.
    pub(crate) fn decide(
        &self,
        charter: &Charter,
        session: &SessionRow,
        request: &DatasetRequest,
        now: Timestamp,
    ) -> Result<Result<UsePermit, Refusal>, Fault> {
        let Some(program) = self.program(&charter.digest()) else {
            return Err(Fault::Damaged { what: "the charter" });
        };
        if !self.is_live(session.consent)? {
            return Ok(Err(Refusal { reasons: vec![Reason::Withdrawn] }));
        }
        if now >= session.admitted.plus_days(charter.retention_days()) {
            return Ok(Err(Refusal { reasons: vec![Reason::ConsentExpired] }));
        }
        let consent = match self.consent(charter, session.consent) {
            Ok(consent) => consent,
            // A key that was lost closes what is under it, and nothing else.
            Err(Fault::Key(KeyError::Gone { .. })) => {
                return Ok(Err(Refusal { reasons: vec![Reason::NoConsent] }));
            }
            Err(fault) => return Err(fault),
        };
        Ok(decide_use(charter, &program.state(now), &consent, false, &request.purpose, now))
    }

    /// Whether a consent was given here and not withdrawn.
    fn is_live(&self, consent: ConsentId) -> Result<bool, Fault> {
        Ok(store::consent(&self.connection, consent)?.is_some_and(|row| row.withdrawal.is_none()))
    }

    /// The reasons, each once. Without any session to ask about, what can be said is said of the charter alone.
    fn why_nothing(
        &self,
        charter: &Charter,
        request: &DatasetRequest,
        mut reasons: Vec<Reason>,
        now: Timestamp,
    ) -> Refusal {
        let program = self.program(&charter.digest());
        if reasons.is_empty() {
            reasons.extend(program.and_then(|program| program.state(now).refuses_use(now)));
            if charter.purpose(&request.purpose).is_none() {
                reasons.push(Reason::PurposeUnknown(request.purpose.clone()));
            }
        }
        if reasons.is_empty() {
            reasons.push(Reason::NoConsent);
        }
        reasons.sort();
        reasons.dedup();
        Refusal { reasons }
    }

    /// Opens a session by a permit. A withdrawal between permit and opening closes it.
    ///
    /// # Errors
    /// When the permit is for another consent, the session is gone, or it is not what was released.
    pub fn open_session(&self, permit: &UsePermit, session: SessionId) -> Result<OpenedSession, UseError> {
        let unknown = || UseError::UnknownSession(session);
        let row = store::session(&self.connection, session)?.ok_or_else(unknown)?;
        if row.consent != permit.consent() || row.charter != permit.charter() {
            return Err(UseError::OtherConsent(session));
        }
        let admitted = store::admission_of(&self.connection, session)?.is_some();
        if !admitted || !self.is_live(row.consent)? {
            return Err(unknown());
        }
        let opened = self.open_sealed(&row)?;
        let (batch, steps) = opened.steps().map_err(Fault::Session)?;
        let (header, manifest) = (opened.manifest.header.clone(), opened.manifest.clone());
        Ok(OpenedSession { header, manifest, batch, steps, opened })
    }

    /// Opens the sealed folder of a session.
    pub(crate) fn open_sealed(&self, row: &SessionRow) -> Result<Opened, Fault> {
        let contributor = self.keys.contributor(row.consent)?;
        let wrapped = row.key.as_deref().ok_or(Fault::Damaged { what: "a session's key" })?;
        let key = SessionKey::unwrap(row.id, &contributor, wrapped)?;
        let opened = Opened::open(self.session_folder(row.id), key)?;
        let same = opened.manifest.header.session == row.id;
        if same { Ok(opened) } else { Err(Fault::Damaged { what: "a sealed session" }) }
    }
}
