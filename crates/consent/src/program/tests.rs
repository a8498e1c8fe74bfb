//! P9: any one signer stops; only all of them together start and go on.

use proptest::prelude::*;

use super::*;
use crate::testing::{
    CHARTER, GIVEN, ORGANISATION, act, act_by, approvals, charter_with, held, key, pilot, sign_off, signer,
    signer_key, time,
};
use crate::{Decision, Role, StatementError};

fn minute(n: i64) -> Timestamp {
    time(GIVEN).plus_millis(n * 60_000)
}

fn prepared() -> ProgramState {
    (0..3).fold(ProgramState::of(&CHARTER), |s, _| s.prepare(&CHARTER, &held(&CHARTER)).unwrap())
}

fn halted(n: i64) -> ProgramState {
    pilot(&CHARTER, minute(0)).apply(&CHARTER, &act(Act::Halt, minute(n)), &[], minute(n)).unwrap()
}

fn not_approved(result: Result<ProgramState, ProgramError>) -> ApprovalError {
    match result {
        Err(ProgramError::NotApproved(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn no_pilot_without_each_of_the_four() {
    for role in Role::ALL {
        let mut sign_offs = approvals(minute(0));
        sign_offs.retain(|s| s.role != role);
        let error =
            not_approved(prepared().apply(&CHARTER, &act(Act::Start, minute(1)), &sign_offs, minute(1)));
        assert_eq!((error.missing, error.rejected, error.expired), (vec![role], vec![], vec![]));
    }
}

#[test]
fn one_key_in_two_roles_is_not_two_signatures() {
    let mut sign_offs = approvals(minute(0));
    let privacy = signer(Role::Privacy);
    sign_offs[1] = Verified::for_test((*sign_offs[1]).clone(), privacy);
    let error = not_approved(prepared().apply(&CHARTER, &act(Act::Start, minute(1)), &sign_offs, minute(1)));
    assert_eq!(error.missing, [Role::Legal]);
}

#[test]
fn the_last_word_counts_and_no_outweighs_yes() {
    let mut sign_offs = approvals(minute(0));
    sign_offs.push(sign_off(Role::WorkerRepresentative, Decision::Reject, minute(1)));
    let start =
        |sign_offs: &[_], n| prepared().apply(&CHARTER, &act(Act::Start, minute(n)), sign_offs, minute(n));
    assert_eq!(not_approved(start(&sign_offs, 2)).rejected, [Role::WorkerRepresentative]);
    sign_offs.push(sign_off(Role::WorkerRepresentative, Decision::Approve, minute(1)));
    assert_eq!(
        not_approved(start(&sign_offs, 2)).rejected,
        [Role::WorkerRepresentative],
        "in one moment, no counts"
    );
    sign_offs.push(sign_off(Role::WorkerRepresentative, Decision::Approve, minute(2)));
    assert!(start(&sign_offs, 2).is_ok());
}

#[test]
fn an_approval_that_ran_out_or_comes_later_does_not_count() {
    let late = minute(0).plus_days(200);
    let error = not_approved(prepared().apply(&CHARTER, &act(Act::Start, late), &approvals(minute(0)), late));
    assert_eq!(error.expired, Role::ALL);
    let error = not_approved(prepared().apply(
        &CHARTER,
        &act(Act::Start, minute(1)),
        &approvals(minute(2)),
        minute(3),
    ));
    assert_eq!(error.missing, Role::ALL);
}

#[test]
fn an_act_from_the_future_does_nothing() {
    let early = prepared().apply(&CHARTER, &act(Act::Start, minute(2)), &approvals(minute(0)), minute(1));
    assert_eq!(early, Err(ProgramError::WrongTime));
}

#[test]
fn documents_that_are_missing_hold_the_program_back() {
    let assessing = ProgramState::of(&CHARTER).prepare(&CHARTER, &BTreeSet::new()).unwrap();
    let missing = assessing.clone().prepare(&CHARTER, &BTreeSet::new());
    assert_eq!(missing, Err(ProgramError::DocumentsMissing(2)));
    let mut some = held(&CHARTER);
    some.remove(
        &CHARTER.documents().iter().find(|d| d.kind == crate::DocumentKind::SecurityReview).unwrap().digest,
    );
    let consulting = assessing.prepare(&CHARTER, &some).unwrap();
    assert_eq!(consulting.prepare(&CHARTER, &some), Err(ProgramError::DocumentsMissing(1)));
}

#[test]
fn a_state_of_another_charter_is_not_moved() {
    let other = charter_with("hold_days = 7 ", "hold_days = 8 ").unwrap();
    assert_eq!(
        prepared().apply(&other, &act(Act::Start, minute(1)), &approvals(minute(0)), minute(1)),
        Err(ProgramError::OtherCharter)
    );
    assert_eq!(ProgramState::of(&CHARTER).prepare(&other, &held(&other)), Err(ProgramError::OtherCharter));
}

#[test]
fn each_signer_alone_stops_each_running_state() {
    let review = pilot(&CHARTER, minute(0)).at(minute(0).plus_days(60));
    let at = minute(0).plus_days(61);
    let production = review.clone().apply(&CHARTER, &act(Act::Start, at), &approvals(at), at).unwrap();
    let closing = production
        .clone()
        .apply(&CHARTER, &act(Act::Close, at.plus_millis(1)), &[], at.plus_millis(1))
        .unwrap();
    let at = at.plus_millis(2);
    for state in [pilot(&CHARTER, minute(0)), review, production, closing] {
        for role in Role::ALL {
            let halt = act_by(Act::Halt, at, signer(role));
            let halted = state.clone().apply(&CHARTER, &halt, &[], at).unwrap();
            assert_eq!(halted.name(), "halted");
            assert_eq!(halted.refuses_capture(at), Some(Reason::Halted));
            assert_eq!(halted.refuses_use(at), Some(Reason::Halted));
        }
    }
}

#[test]
fn a_halt_voids_every_signature_from_before() {
    let resume =
        |sign_offs: &[_]| halted(5).apply(&CHARTER, &act(Act::Resume, minute(9)), sign_offs, minute(9));
    assert_eq!(not_approved(resume(&approvals(minute(5)))).missing, Role::ALL);
    for role in Role::ALL {
        let mut sign_offs = approvals(minute(6));
        sign_offs.retain(|s| s.role != role);
        sign_offs.extend(approvals(minute(5)));
        assert_eq!(not_approved(resume(&sign_offs)).missing, [role]);
    }
    assert_eq!(resume(&approvals(minute(6))).unwrap().name(), "pilot");
}

#[test]
fn a_second_halt_voids_what_was_signed_between() {
    let twice = halted(5).apply(&CHARTER, &act(Act::Halt, minute(7)), &[], minute(7)).unwrap();
    let resume =
        |n| twice.clone().apply(&CHARTER, &act(Act::Resume, minute(9)), &approvals(minute(n)), minute(9));
    assert_eq!(not_approved(resume(6)).missing, Role::ALL);
    assert!(resume(8).is_ok());
}

#[test]
fn a_pilot_ends_by_itself_and_a_halt_does_not_make_it_longer() {
    let end = minute(0).plus_days(60);
    let pilot = pilot(&CHARTER, minute(0));
    assert_eq!(pilot.refuses_capture(end.plus_millis(-1)), None);
    assert_eq!(pilot.refuses_capture(end), Some(Reason::PilotEnded));
    assert_eq!(pilot.at(end).name(), "pilot_review");
    let resumed =
        halted(5).apply(&CHARTER, &act(Act::Resume, minute(9)), &approvals(minute(9)), minute(9)).unwrap();
    assert_eq!(resumed.refuses_capture(end.plus_millis(-1)), None);
    assert_eq!(resumed.refuses_capture(end), Some(Reason::PilotEnded));
    let late = end.plus_days(1);
    let resumed = halted(5).apply(&CHARTER, &act(Act::Resume, late), &approvals(late), late).unwrap();
    assert_eq!(resumed.name(), "pilot_review");
    // The signatures that ended the halt do not also begin production.
    let soon = late.plus_millis(1);
    assert_eq!(
        not_approved(resumed.apply(&CHARTER, &act(Act::Start, soon), &approvals(late), soon)).missing,
        Role::ALL
    );
}

#[test]
fn a_running_program_stops_when_its_approval_ends() {
    let pilot = pilot(&CHARTER, minute(0));
    let production = pilot.at(minute(0).plus_days(60));
    let at = minute(0).plus_days(61);
    let production = production.apply(&CHARTER, &act(Act::Start, at), &approvals(at), at).unwrap();
    assert_eq!(production.refuses_capture(at), None);
    assert_eq!(production.refuses_capture(at.plus_days(200)), Some(Reason::ApprovalExpired));
}

#[test]
fn a_closed_program_never_runs_again() {
    let closing =
        pilot(&CHARTER, minute(0)).apply(&CHARTER, &act(Act::Close, minute(1)), &[], minute(1)).unwrap();
    let closed = closing.apply(&CHARTER, &act(Act::Close, minute(2)), &[], minute(2)).unwrap();
    for what in [Act::Start, Act::Halt, Act::Resume, Act::Close] {
        let tried = closed.clone().apply(&CHARTER, &act(what, minute(3)), &approvals(minute(3)), minute(3));
        assert_eq!(tried, Err(ProgramError::NoSuchTransition { state: "closed" }));
    }
}

#[test]
fn a_stored_state_reads_back_as_it_was() {
    for state in [ProgramState::of(&CHARTER), prepared(), pilot(&CHARTER, minute(0)), halted(3)] {
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<ProgramState>(&text).unwrap(), state);
    }
    let stored = serde_json::to_value(halted(3)).unwrap();
    assert_eq!((&stored["state"], &stored["before"]["state"]), (&"halted".into(), &"pilot".into()));
}

// Signed statements: who may say what.

fn signed_act(what: Act, at: Timestamp, reason: &str, key: &candor_model::SigningKey) -> Envelope {
    ProgramAct { act: what, reason: reason.into(), at }.sign(&CHARTER, key).unwrap()
}

fn signed_off(role: Role, at: Timestamp, by: &candor_model::SigningKey) -> Envelope {
    let sign_off = SignOff {
        role,
        decision: Decision::Approve,
        reason: "read it".into(),
        at,
        expires_at: at.plus_days(30),
    };
    sign_off.sign(&CHARTER, by).unwrap()
}

#[test]
fn a_sign_off_needs_the_key_of_its_role() {
    for role in Role::ALL {
        assert!(SignOff::verify(&signed_off(role, minute(0), &signer_key(role)), &CHARTER).is_ok());
        for other in Role::ALL.into_iter().filter(|other| *other != role) {
            let forged = signed_off(role, minute(0), &signer_key(other));
            assert_eq!(SignOff::verify(&forged, &CHARTER), Err(StatementError::OtherRole));
        }
        assert_eq!(
            SignOff::verify(&signed_off(role, minute(0), &ORGANISATION), &CHARTER),
            Err(StatementError::NotSigned)
        );
    }
    let other = charter_with("hold_days = 7 ", "hold_days = 8 ").unwrap();
    let over_other = signed_off(Role::Legal, minute(0), &signer_key(Role::Legal));
    assert_eq!(SignOff::verify(&over_other, &other), Err(StatementError::OtherSubject));
}

#[test]
fn a_sign_off_needs_a_reason_and_ends_within_a_year() {
    let sign = |reason: &str, days| {
        let (role, at) = (Role::Privacy, minute(0));
        let s = SignOff {
            role,
            decision: Decision::Approve,
            reason: reason.into(),
            at,
            expires_at: at.plus_days(days),
        };
        SignOff::verify(&s.sign(&CHARTER, &signer_key(role)).unwrap(), &CHARTER).map(|_| ())
    };
    assert_eq!(sign(" ", 30), Err(StatementError::NoReason { max: 2_000 }));
    assert_eq!(sign(&"a".repeat(2_001), 30), Err(StatementError::NoReason { max: 2_000 }));
    assert_eq!(sign("read", 0), Err(StatementError::Duration { hours_max: 8_784 }));
    assert_eq!(sign("read", 367), Err(StatementError::Duration { hours_max: 8_784 }));
    assert_eq!(sign("read", 366), Ok(()));
}

#[test]
fn the_organisation_may_stop_and_nothing_else() {
    let verify = |what, reason, key: &candor_model::SigningKey| {
        ProgramAct::verify(&signed_act(what, minute(0), reason, key), &CHARTER, &ORGANISATION.public())
            .map(|a| a.act)
    };
    assert_eq!(verify(Act::Halt, "", &ORGANISATION), Ok(Act::Halt));
    for what in [Act::Start, Act::Resume, Act::Close] {
        assert_eq!(verify(what, "because", &ORGANISATION), Err(StatementError::NotSigned));
        assert_eq!(verify(what, "because", &signer_key(Role::Legal)), Ok(what));
        assert_eq!(verify(what, "", &signer_key(Role::Legal)), Err(StatementError::NoReason { max: 2_000 }));
    }
    assert_eq!(verify(Act::Halt, "because", &key(99)), Err(StatementError::NotSigned));
}

#[test]
fn replay_makes_the_state_from_statements_alone() {
    let organisation = ORGANISATION.public();
    let approve = |n: i64| Role::ALL.map(|role| signed_off(role, minute(n), &signer_key(role)));
    let mut envelopes = vec![
        signed_act(Act::Resume, minute(9), "mended", &signer_key(Role::Security)),
        signed_act(Act::Halt, minute(5), "", &ORGANISATION),
        signed_act(Act::Start, minute(1), "go", &signer_key(Role::Legal)),
        signed_act(Act::Start, minute(2), "go", &key(99)),
    ];
    envelopes.extend(approve(0));
    envelopes.extend(approve(7));
    let replay = |n| {
        ProgramState::replay(&CHARTER, &organisation, &held(&CHARTER), &envelopes, minute(n)).unwrap().name()
    };
    let names = [0, 1, 4, 5, 8, 9].map(replay);
    assert_eq!(names, ["awaiting_sign_off", "pilot", "pilot", "halted", "halted", "pilot"]);
    let backwards: Vec<_> = envelopes.iter().rev().cloned().collect();
    let state = |envelopes: &[Envelope]| {
        ProgramState::replay(&CHARTER, &organisation, &held(&CHARTER), envelopes, minute(9)).unwrap()
    };
    assert_eq!(state(&backwards), state(&envelopes));
    let missing = ProgramState::replay(&CHARTER, &organisation, &BTreeSet::new(), &envelopes, minute(9));
    assert_eq!(missing, Err(ProgramError::DocumentsMissing(2)));
}

/// What happens to a program, minute by minute.
#[derive(Debug, Clone)]
enum Event {
    Prepare,
    SignOff(usize, bool),
    AllSignOff,
    Act(Act, usize),
    Days(u8),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let acts = prop_oneof![3 => Just(Act::Start), 2 => Just(Act::Halt), 3 => Just(Act::Resume), 1 => Just(Act::Close)];
    let event = prop_oneof![
        4 => Just(Event::Prepare),
        4 => (0..4_usize, prop::bool::weighted(0.8)).prop_map(|(i, yes)| Event::SignOff(i, yes)),
        4 => Just(Event::AllSignOff),
        6 => (acts, 0..4_usize).prop_map(|(act, by)| Event::Act(act, by)),
        1 => (1..100_u8).prop_map(Event::Days),
    ];
    proptest::collection::vec(event, 1..60)
}

/// The plain model: a stage, whether it is stopped, and each signer's last word since the last event that voids words.
#[derive(Debug, Default)]
struct Model {
    stage: usize, // of STAGES
    stopped: bool,
    yes: [Option<(bool, i64)>; 4],
    voided: i64,
    ends: i64,
    approved_until: i64,
}

const STAGES: [&str; 9] = [
    "draft",
    "assessing",
    "consulting",
    "awaiting_sign_off",
    "pilot",
    "pilot_review",
    "production",
    "closing",
    "closed",
];
const DAY: i64 = 1_440;

impl Model {
    fn all_agree(&self, now: i64) -> Option<i64> {
        let agree = |word: &Option<(bool, i64)>| matches!(word, Some((true, at)) if *at > self.voided && now < at + 200 * DAY);
        let first = self.yes.iter().flatten().map(|(_, at)| at + 200 * DAY).min();
        self.yes.iter().all(agree).then_some(first?)
    }

    fn tick(&mut self, now: i64) {
        if self.stage == 4 && !self.stopped && now >= self.ends {
            (self.stage, self.voided) = (5, self.ends.max(self.voided));
        }
    }

    fn act(&mut self, act: Act, now: i64) {
        self.tick(now);
        match (act, self.stage, self.stopped) {
            (Act::Halt, 4..=7, _) => (self.stopped, self.voided) = (true, now),
            (Act::Close, 4..=6, _) => (self.stage, self.stopped) = (7, false),
            (Act::Close, 7, false) => self.stage = 8,
            (Act::Close, 7, true) => self.stopped = false,
            (Act::Start, 3, false) => self.begin(now, 4),
            (Act::Start, 5, false) => self.begin(now, 6),
            (Act::Resume, _, true) => self.begin(now, self.stage),
            _ => {}
        }
    }

    fn begin(&mut self, now: i64, stage: usize) {
        let Some(until) = self.all_agree(now) else { return };
        if self.stage == 3 {
            self.ends = now + 60 * DAY;
        }
        (self.stage, self.stopped, self.voided, self.approved_until) = (stage, false, now, until);
        self.tick(now);
    }

    fn runs(&self, now: i64) -> bool {
        !self.stopped
            && matches!(self.stage, 4 | 6)
            && now < self.approved_until
            && (self.stage == 6 || now < self.ends)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(384))]

    /// The states follow the plain model, whatever happens in whatever order.
    #[test]
    fn no_order_of_events_runs_a_program_without_all_four(events in events()) {
        let mut model = Model { voided: -1, ..Model::default() };
        let (mut state, mut sign_offs, mut now) = (ProgramState::of(&CHARTER), Vec::new(), 0_i64);
        for event in events {
            now += 1;
            match event {
                Event::Prepare => {
                    state = state.clone().prepare(&CHARTER, &held(&CHARTER)).unwrap_or(state);
                    model.stage = if model.stage < 3 { model.stage + 1 } else { model.stage };
                }
                Event::SignOff(i, yes) => {
                    let decision = if yes { Decision::Approve } else { Decision::Reject };
                    sign_offs.push(sign_off(Role::ALL[i], decision, minute(now)));
                    model.yes[i] = Some((yes, now));
                }
                Event::AllSignOff => {
                    sign_offs.extend(approvals(minute(now)));
                    model.yes = [Some((true, now)); 4];
                }
                Event::Act(what, by) => {
                    let act = act_by(what, minute(now), signer(Role::ALL[by]));
                    state = state.clone().apply(&CHARTER, &act, &sign_offs, minute(now)).unwrap_or(state);
                    model.act(what, now);
                }
                Event::Days(days) => now += i64::from(days) * DAY,
            }
            let shown = state.clone().at(minute(now));
            model.tick(now);
            prop_assert_eq!(shown.name(), if model.stopped { "halted" } else { STAGES[model.stage] });
            prop_assert_eq!(shown.refuses_capture(minute(now)).is_none(), model.runs(now));
        }
    }
}
