//! Check 5: the charter was approved by the four signers that the auditor knows, and the program ran when it mattered.
//!
//! The law is `consent`'s: the same transitions that the server makes are made here again, from the signed statements, in
//! the order in which the log has them.

use candor_consent::{Act, Charter, Notice, ProgramAct, ProgramError, ProgramState, Role, SignOff, Verified};
use candor_model::Timestamp;
use candor_model::evidence::TrustPolicy;

use crate::files::Files;
use crate::layout::{CHARTER, NOTICE, NOTICE_BYTES_MAX};
use crate::report::{CheckId, Code, Finding, Ledger};
use crate::statements::{Filed, Kind, Statements, envelope, signed_by_alone};

const CHECK: CheckId = CheckId::Program;
/// How far two clocks may be apart, in milliseconds: what was stated may be dated later than the log has it by this much.
pub const CLOCK_SKEW_MS: i64 = 5 * 60 * 1000;

/// A state of the program, and since when.
#[derive(Debug)]
struct Since {
    leaf: u64,
    at: Timestamp,
    state: ProgramState,
}

/// The program: its charter and its states in order of the log.
#[derive(Debug)]
pub(crate) struct Program {
    /// The charter.
    pub(crate) charter: Charter,
    first: ProgramState,
    states: Vec<Since>,
}

impl Program {
    /// The state that the program was in when the log reached `leaf`.
    pub(crate) fn state_before(&self, leaf: u64) -> &ProgramState {
        self.states.iter().rev().find(|since| since.leaf < leaf).map_or(&self.first, |since| &since.state)
    }

    /// Refuses a use that the log has at `leaf`, dated `claimed` by who did it and `logged` by the log.
    pub(crate) fn running(&self, leaf: u64, claimed: Timestamp, logged: Timestamp) -> Result<(), String> {
        let state = self.state_before(leaf);
        let reason = [claimed, logged].into_iter().find_map(|at| state.refuses_use(at));
        reason.map_or(Ok(()), |reason| Err(format!("the program did not run: {reason}")))
    }

    /// Refuses an admission likewise. A pilot under review takes nothing in any more, though what it took may be used.
    pub(crate) fn admitting(&self, leaf: u64, claimed: Timestamp, logged: Timestamp) -> Result<(), String> {
        match self.state_before(leaf).refuses_capture(claimed) {
            Some(reason) => Err(format!("the program did not run: {reason}")),
            None => self.running(leaf, claimed, logged),
        }
    }

    /// Refuses a recording between two moments if the program did not run in all of that time.
    pub(crate) fn capturing(&self, from: Timestamp, to: Timestamp) -> Result<(), String> {
        let changes = self.states.iter().filter(|since| from < since.at && since.at <= to);
        let mut moments = [(self.state_at(from), from), (self.state_at(to), to)]
            .into_iter()
            .chain(changes.map(|since| (&since.state, since.at)));
        let refused = moments.find_map(|(state, at)| state.refuses_capture(at).map(|reason| (reason, at)));
        refused.map_or(Ok(()), |(reason, at)| Err(format!("at {at} the program did not run: {reason}")))
    }

    fn state_at(&self, at: Timestamp) -> &ProgramState {
        let begun = self.states.iter().filter(|since| since.at <= at);
        begun.max_by_key(|since| (since.at, since.leaf)).map_or(&self.first, |since| &since.state)
    }
}

/// Runs the check on the charter's bytes.
pub(crate) fn check(
    files: &Files<'_>,
    bytes: &[u8],
    statements: &Statements,
    policy: &TrustPolicy,
    ledger: &mut Ledger,
) -> Option<Program> {
    let charter = match Charter::parse(bytes) {
        Ok(charter) => charter,
        Err(error) => {
            let detail = format!("the charter is not one: {error}");
            ledger.find(Finding::new(CHECK, Code::CharterDiffers, CHARTER, detail));
            return None;
        }
    };
    signers(&charter, policy, ledger);
    notice(files, &charter, ledger);
    let Some(first) = prepared(&charter) else {
        ledger.find(Finding::new(CHECK, Code::CharterDiffers, CHARTER, "the charter has no program"));
        return None;
    };
    let states = states(files, &charter, &first, statements, policy, ledger);
    if states.is_empty() {
        let detail = "no act that the law allows started this program";
        ledger.find(Finding::new(CHECK, Code::NotRunning, CHARTER, detail));
    }
    Some(Program { charter, first, states })
}

/// The charter must name the signers of the policy, each in their role, and nobody else.
fn signers(charter: &Charter, policy: &TrustPolicy, ledger: &mut Ledger) {
    for role in Role::ALL {
        ledger.examine(CHECK, 1);
        let trusted =
            policy.signers.iter().find(|signer| signer.role == role.as_str()).map(|signer| signer.key);
        if trusted.is_none() || charter.signer(role).map(|signer| signer.key) != trusted {
            let detail = format!("the {} of the charter is not the one of the trust policy", role.in_words());
            ledger.find(Finding::new(CHECK, Code::ForeignSigner, CHARTER, detail));
        }
    }
}

/// The notice that people read follows from the charter alone.
fn notice(files: &Files<'_>, charter: &Charter, ledger: &mut Ledger) {
    ledger.examine(CHECK, 1);
    match files.read(NOTICE, NOTICE_BYTES_MAX) {
        Ok(bytes) if bytes == Notice::of(charter).text.as_bytes() => {}
        Ok(_) => {
            let detail = "the notice is not the text that follows from the charter";
            ledger.find(Finding::new(CHECK, Code::NoticeDiffers, NOTICE, detail));
        }
        Err(error) => ledger.find(error.finding(CHECK, NOTICE)),
    }
}

/// The program before its first act. That its documents were there is what the four signers say, and is not checked here.
fn prepared(charter: &Charter) -> Option<ProgramState> {
    let named = charter.documents().iter().map(|document| document.digest).collect();
    let mut state = ProgramState::of(charter);
    for _ in 0..3 {
        state = state.prepare(charter, &named).ok()?;
    }
    Some(state)
}

/// A statement about the program, in its place in the log.
enum Said {
    SignOff(Verified<SignOff>),
    Act(Verified<ProgramAct>),
}

/// Makes the program's states again, in the order of the log.
fn states(
    files: &Files<'_>,
    charter: &Charter,
    first: &ProgramState,
    statements: &Statements,
    policy: &TrustPolicy,
    ledger: &mut Ledger,
) -> Vec<Since> {
    let mut statement = statements.of_kind(Kind::SignOff);
    statement.extend(statements.of_kind(Kind::ProgramAct));
    statement.sort_by_key(Filed::leaf);
    let (mut states, mut sign_offs): (Vec<Since>, Vec<Verified<SignOff>>) = (Vec::new(), Vec::new());
    for statement in statement {
        ledger.examine(CHECK, 1);
        let Some(place) = statement.place else { continue };
        let said = match said(files, &statement, charter, policy) {
            Ok(said) => said,
            Err(finding) => {
                ledger.find(finding);
                continue;
            }
        };
        let latest = place.at.plus_millis(CLOCK_SKEW_MS);
        match said {
            Said::SignOff(sign_off) if sign_off.at > latest => {
                let detail = "the sign-off is dated after the log has it";
                ledger.find(statement.finding(CHECK, Code::ActRefused, detail));
            }
            Said::SignOff(sign_off) => sign_offs.push(sign_off),
            Said::Act(act) => {
                let state = states.last().map_or(first, |since| &since.state).clone();
                match state.apply(charter, &act, &sign_offs, latest) {
                    Ok(state) => states.push(Since { leaf: place.leaf, at: act.at, state }),
                    Err(error) => ledger_of_act(&statement, &act, &error, ledger),
                }
            }
        }
    }
    states
}

fn said(
    files: &Files<'_>,
    statement: &Filed,
    charter: &Charter,
    policy: &TrustPolicy,
) -> Result<Said, Finding> {
    let envelope = envelope(files, statement, CHECK)?;
    let refused = |error: candor_consent::StatementError| {
        statement.finding(
            CHECK,
            Code::BadSignature,
            format!("the {} does not hold: {error}", statement.kind.in_words()),
        )
    };
    let (said, signer) = if statement.kind == Kind::SignOff {
        let sign_off = SignOff::verify(&envelope, charter).map_err(refused)?;
        let signer = sign_off.signer();
        (Said::SignOff(sign_off), signer)
    } else {
        let act = ProgramAct::verify(&envelope, charter, &policy.organisation).map_err(refused)?;
        let signer = act.signer();
        (Said::Act(act), signer)
    };
    signed_by_alone(&envelope, &[signer]).map_err(|(code, detail)| statement.finding(CHECK, code, detail))?;
    Ok(said)
}

/// An act that the law does not allow is a finding, except a halt: who says stop too early or too late did no harm.
fn ledger_of_act(statement: &Filed, act: &ProgramAct, error: &ProgramError, ledger: &mut Ledger) {
    if act.act == Act::Halt {
        return;
    }
    let finding = match error {
        ProgramError::NotApproved(missing) => {
            let detail = format!("when the program was to run, not all four signers had approved: {missing}");
            statement.finding(CHECK, Code::MissingSignOff, detail)
        }
        ProgramError::OtherCharter
        | ProgramError::DocumentsMissing(_)
        | ProgramError::WrongAct
        | ProgramError::WrongTime
        | ProgramError::NoSuchTransition { .. } => statement.finding(
            CHECK,
            Code::ActRefused,
            format!("the law does not allow this act at its time: {error}"),
        ),
    };
    ledger.find(finding);
}
