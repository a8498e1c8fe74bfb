//! Check 6: each consent is the contributor's, covers the use, was in force, and was not withdrawn.

use std::collections::BTreeMap;

use candor_consent::{Consent, ConsentError, Reason, decide_use};
use candor_log::{grant_tag, revoke_tag};
use candor_model::{ConsentId, PublicKey, SessionId};

use crate::export::Exported;
use crate::files::Files;
use crate::openings::secret;
use crate::program::{CLOCK_SKEW_MS, Program};
use crate::replay::Log;
use crate::report::{CheckId, Code, Finding, Ledger};
use crate::sessions::Session;
use crate::statements::{Filed, Kind, Statements, envelope, signed_by_alone};

const CHECK: CheckId = CheckId::Consents;

/// A consent that holds, and where it stands.
#[derive(Debug)]
pub(crate) struct Agreed {
    /// The consent.
    pub(crate) consent: Consent,
    /// Its statement.
    pub(crate) statement: Filed,
}

/// What consents are held against.
pub(crate) struct Ground<'a> {
    /// The evidence.
    pub(crate) files: &'a Files<'a>,
    /// Its statements.
    pub(crate) statements: &'a Statements,
    /// The log.
    pub(crate) log: &'a Log,
    /// The program.
    pub(crate) program: &'a Program,
    /// The organisation's key.
    pub(crate) organisation: PublicKey,
    /// The use, if it is known.
    pub(crate) exported: Option<&'a Exported>,
}

/// Runs the check; the consents that verified are handed on.
pub(crate) fn check(
    ground: &Ground<'_>,
    sessions: &BTreeMap<SessionId, Session>,
    ledger: &mut Ledger,
) -> BTreeMap<ConsentId, Agreed> {
    let first = first_records(sessions);
    let mut consents: BTreeMap<ConsentId, Agreed> = BTreeMap::new();
    for statement in ground.statements.of_kind(Kind::Grant) {
        ledger.examine(CHECK, 1);
        let consent = match verified(ground, &statement) {
            Ok(consent) => consent,
            Err(finding) => {
                ledger.find(finding);
                continue;
            }
        };
        let record = first.get(&consent.id()).copied().flatten();
        if !first.contains_key(&consent.id()) {
            let detail = "no session here was recorded under this consent, so it does not belong here";
            ledger.find(statement.finding(CHECK, Code::SurplusStatement, detail));
        }
        let findings =
            linked(ground, &statement, &consent).into_iter().chain(used(ground, &statement, &consent));
        ledger.find_all(findings.map(|finding| finding.record(record)));
        if let Some(other) = consents.insert(consent.id(), Agreed { consent, statement }) {
            ledger.find(other.statement.finding(CHECK, Code::BadConsent, "two grants give the same consent"));
        }
    }
    consents
}

/// The first record under each consent that a session names.
fn first_records(sessions: &BTreeMap<SessionId, Session>) -> BTreeMap<ConsentId, Option<u64>> {
    let mut first: BTreeMap<ConsentId, Option<u64>> = BTreeMap::new();
    for session in sessions.values() {
        let earliest = first.entry(session.consent).or_insert(session.first);
        *earliest = earliest.iter().copied().chain(session.first).min();
    }
    first
}

fn verified(ground: &Ground<'_>, statement: &Filed) -> Result<Consent, Finding> {
    let envelope = envelope(ground.files, statement, CHECK)?;
    let charter = &ground.program.charter;
    let consent = Consent::verify(&envelope, charter, Some(&ground.organisation)).map_err(|error| {
        let code = match error {
            ConsentError::OtherNotice => Code::NoticeDiffers,
            ConsentError::NotSigned(_) | ConsentError::NotCountersigned(_) => Code::BadSignature,
            ConsentError::Statement(_)
            | ConsentError::NotAContributor
            | ConsentError::OtherCharter { .. }
            | ConsentError::NoPurpose
            | ConsentError::BeyondCharter(_)
            | ConsentError::NoCoolingOff { .. }
            | ConsentError::Duration { .. }
            | ConsentError::NotRho
            | ConsentError::OtherRecord => Code::BadConsent,
        };
        statement.finding(CHECK, code, format!("the consent does not hold: {error}"))
    })?;
    signed_by_alone(&envelope, &[consent.contributor(), ground.organisation])
        .map_err(|(code, detail)| statement.finding(CHECK, code, detail))?;
    Ok(consent)
}

/// The consent and the log belong together: its leaf carries its tag, and was not there before it was given.
fn linked(ground: &Ground<'_>, statement: &Filed, consent: &Consent) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some(place) = statement.place else { return findings };
    let mut find = |code, detail: &str| findings.push(statement.finding(CHECK, code, detail));
    let rho = secret(&consent.grant().rho);
    if place.tag.is_none() || rho.map(|rho| grant_tag(&rho)) != place.tag {
        find(Code::OpeningDiffers, "the leaf of the consent has another tag than the consent gives");
    }
    if let Some(leaf) = rho.and_then(|rho| ground.log.tagged(&revoke_tag(&rho))) {
        find(Code::Withdrawn, &format!("the consent was withdrawn: leaf {leaf} of the log says so"));
    }
    if consent.grant().given_at > place.at.plus_millis(CLOCK_SKEW_MS) {
        find(Code::OutOfOrder, "the consent is dated after the log has it");
    }
    findings
}

/// The use that was made of it: the law decides it again, for the moment of the export as the organisation dates it, and
/// as the log does.
fn used(ground: &Ground<'_>, statement: &Filed, consent: &Consent) -> Vec<Finding> {
    let Some(exported) = ground.exported else { return Vec::new() };
    let mut findings = Vec::new();
    if statement.leaf() >= Some(exported.place.leaf) {
        findings.push(statement.finding(CHECK, Code::OutOfOrder, "the consent was logged after the export"));
    }
    let state = ground.program.state_before(exported.place.leaf);
    let mut reasons = Vec::new();
    for at in [exported.export.exported_at, exported.place.at] {
        let decision =
            decide_use(&ground.program.charter, state, consent, false, &exported.export.purpose, at);
        reasons.extend(decision.err().into_iter().flat_map(|refusal| refusal.reasons));
    }
    reasons.sort();
    reasons.dedup();
    let about_consent = reasons.iter().filter_map(|reason| code_of(reason).map(|code| (code, reason)));
    findings.extend(about_consent.map(|(code, reason)| {
        statement.finding(CHECK, code, format!("the export was not allowed under this consent: {reason}"))
    }));
    findings
}

/// The code of a reason that is about the consent or the purpose; the program's state is another check's.
fn code_of(reason: &Reason) -> Option<Code> {
    match reason {
        Reason::PurposeProhibited(_) | Reason::PurposeUnknown(_) => Some(Code::PurposeRefused),
        Reason::PurposeNotInConsent(_) => Some(Code::PurposeNotCovered),
        Reason::ConsentNotYet | Reason::ConsentExpired => Some(Code::NotInForce),
        Reason::Withdrawn => Some(Code::Withdrawn),
        Reason::OtherCharter
        | Reason::ProgramNotRunning
        | Reason::PilotEnded
        | Reason::ApprovalExpired
        | Reason::Halted => None,
        Reason::ConsentForOther
        | Reason::NoConsent
        | Reason::ClockWentBack
        | Reason::NoLease
        | Reason::LeaseForOther
        | Reason::LeaseExpired
        | Reason::LeaseNotYet
        | Reason::LeaseSaysStop
        | Reason::Paused
        | Reason::OutsideHours
        | Reason::OverBudget
        | Reason::PrivateWindow
        | Reason::ScreenLocked
        | Reason::AppNever
        | Reason::AppNotInCharter
        | Reason::AppNotInConsent
        | Reason::NotHere
        | Reason::UnknownSite
        | Reason::SiteNever
        | Reason::SiteNotInCharter
        | Reason::NoField => Some(Code::BadConsent),
    }
}
