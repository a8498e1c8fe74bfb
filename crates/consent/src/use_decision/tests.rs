//! P12: every use names a purpose; a purpose that the consent does not cover, or that is forbidden, gets nothing.

use candor_model::Timestamp;

use super::*;
use crate::testing::{CHARTER, CONSENT, GIVEN, act, charter_with, pilot, time};
use crate::{Act, ProgramState};

fn now() -> Timestamp {
    time(GIVEN).plus_days(10)
}

fn purpose(id: &str) -> PurposeId {
    id.parse().unwrap()
}

fn running() -> ProgramState {
    pilot(&CHARTER, time(GIVEN))
}

fn codes(state: &ProgramState, withdrawn: bool, id: &str, at: Timestamp) -> Vec<&'static str> {
    decide_use(&CHARTER, state, &CONSENT, withdrawn, &purpose(id), at).map_or_else(|r| r.codes(), |_| vec![])
}

#[test]
fn a_purpose_that_was_not_chosen_gets_nothing_and_is_named() {
    let refusal =
        decide_use(&CHARTER, &running(), &CONSENT, false, &purpose("usability-research"), now()).unwrap_err();
    assert_eq!(refusal.reasons, [Reason::PurposeNotInConsent(purpose("usability-research"))]);
    assert_eq!(refusal.to_string(), "The consent does not cover the purpose usability-research.");
}

#[test]
fn an_unknown_purpose_gets_nothing_and_is_named() {
    for id in ["anything", "form-fillin", "form-filling-2", "ai-training"] {
        let refusal = decide_use(&CHARTER, &running(), &CONSENT, false, &purpose(id), now()).unwrap_err();
        assert_eq!(refusal.reasons, [Reason::PurposeUnknown(purpose(id))]);
    }
}

#[test]
fn each_forbidden_purpose_gets_nothing_and_is_named() {
    for term in CHARTER.prohibited() {
        let id = purpose(&term.trim_start_matches("dpv:").to_lowercase());
        let refusal = decide_use(&CHARTER, &running(), &CONSENT, false, &id, now()).unwrap_err();
        assert_eq!(refusal.reasons, [Reason::PurposeProhibited(id)]);
    }
    assert_eq!(codes(&running(), false, "personnel-hiring", now()), ["purpose_prohibited"]);
}

#[test]
fn a_withdrawn_or_ended_consent_serves_no_purpose() {
    let state = running();
    assert_eq!(codes(&state, true, "form-filling", now()), ["withdrawn"]);
    assert_eq!(codes(&state, false, "form-filling", time(GIVEN).plus_days(1)), ["consent_not_yet_effective"]);
    assert_eq!(codes(&state, false, "form-filling", time(GIVEN).plus_days(180)), ["consent_expired"]);
}

#[test]
fn a_halted_or_closing_program_serves_no_purpose() {
    for (what, code) in [(Act::Halt, "halted"), (Act::Close, "program_not_running")] {
        let state = running().apply(&CHARTER, &act(what, now()), &[], now()).unwrap();
        assert_eq!(codes(&state, false, "form-filling", now()), [code]);
    }
    assert_eq!(codes(&ProgramState::of(&CHARTER), false, "form-filling", now()), ["program_not_running"]);
    assert_eq!(
        codes(&running(), false, "form-filling", time(GIVEN).plus_days(200)),
        ["approval_expired", "consent_expired"]
    );
}

#[test]
fn a_consent_to_another_charter_serves_no_purpose() {
    let other = charter_with("hold_days = 7 ", "hold_days = 8 ").unwrap();
    let refusal =
        decide_use(&other, &pilot(&other, time(GIVEN)), &CONSENT, false, &purpose("form-filling"), now());
    assert_eq!(refusal.unwrap_err().codes(), ["consent_for_other_charter"]);
    let refusal =
        decide_use(&CHARTER, &pilot(&other, time(GIVEN)), &CONSENT, false, &purpose("form-filling"), now());
    assert_eq!(refusal.unwrap_err().codes(), ["other_charter"]);
}

#[test]
fn the_chosen_purpose_is_served_while_the_program_runs_and_in_review() {
    let permit = decide_use(&CHARTER, &running(), &CONSENT, false, &purpose("form-filling"), now()).unwrap();
    assert_eq!(*permit.purpose(), purpose("form-filling"));
    assert_eq!((permit.consent(), permit.charter(), permit.at()), (CONSENT.id(), CHARTER.digest(), now()));
    let later = time(GIVEN).plus_days(61);
    assert_eq!(codes(&running().at(later), false, "form-filling", later), Vec::<&str>::new());
}
