//! What a bundle is held against. Pure functions: the same bundle, consent, charter and time give the same answer.

use candor_bundle::Contents;
use candor_consent::{AppRule, Charter, Consent, Field};
use candor_model::bundle::Release;
use candor_model::{
    Action, Digest, PAYLOAD_TYPE, SessionHeader, Statement, Step, Timestamp, canonical_bytes,
};

use crate::error::AdmitError;
use crate::grant::secret;
use crate::program::Program;
use crate::statements::signed_alone;
use crate::vault::CLOCK_SKEW_MS_MAX;

/// The contributor signed a release of exactly this manifest, under this consent.
pub(super) fn release_holds(contents: &Contents, consent: &Consent) -> Result<(), AdmitError> {
    let header = &contents.manifest.header;
    if header.contributor != consent.contributor() {
        return Err(AdmitError::Disagrees("contributor"));
    }
    let unsigned = |_| AdmitError::Release("the contributor did not sign it");
    let payload = contents.release.verify(PAYLOAD_TYPE, &consent.contributor()).map_err(unsigned)?;
    let release =
        Statement::<Release>::verify(&contents.release, &consent.contributor()).map_err(unsigned)?;
    let canonical = canonical_bytes(&release).is_ok_and(|bytes| bytes == payload);
    if !canonical || !signed_alone(&contents.release, &[consent.contributor()]) {
        return Err(AdmitError::Release("it is not in its one form, signed once"));
    }
    let manifest = Digest::of(&contents.manifest_bytes);
    if release.subject.len() != 1 || release.subject_digest() != Some(manifest) {
        return Err(AdmitError::Release("it is of another manifest"));
    }
    let said = (release.predicate.consent, release.predicate.charter);
    if said != (header.consent, header.charter) {
        return Err(AdmitError::Release("it names another consent or charter"));
    }
    secret(&release.predicate.salt).map(drop).ok_or(AdmitError::Release("its salt is not 32 bytes"))
}

/// Every time lies where it must, and the consent was in force at each.
pub(super) fn times_hold(
    contents: &Contents,
    consent: &Consent,
    charter: &Charter,
    now: Timestamp,
) -> Result<(), AdmitError> {
    let header = &contents.manifest.header;
    let (Some(first), Some(last)) = (contents.steps.first(), contents.steps.last()) else {
        return Err(AdmitError::Empty);
    };
    if header.started > first.at.wall || last.at.wall > header.ended {
        return Err(AdmitError::Time("a step lies outside of the session"));
    }
    if header.recorded.is_some_and(|recorded| recorded.started > recorded.ended) {
        return Err(AdmitError::Time("the recording ended before it began"));
    }
    if !contents.steps.is_sorted_by(|a, b| a.at.wall <= b.at.wall && a.at.monotonic_us <= b.at.monotonic_us) {
        return Err(AdmitError::Time("the time of the steps goes back"));
    }
    let released = released_at(contents)?;
    if released < header.ended {
        return Err(AdmitError::Time("the session was released before it ended"));
    }
    if released > now.plus_millis(CLOCK_SKEW_MS_MAX) {
        return Err(AdmitError::Time("the session was released in the future"));
    }
    let days = charter.hold_days();
    if released > header.ended.plus_days(days) {
        return Err(AdmitError::HoldEnded { ended: header.ended, released, days });
    }
    let moments = [header.started, first.at.wall, last.at.wall, header.ended, released, now];
    let outside = moments.into_iter().find(|at| !consent.in_force(*at));
    outside.map_or(Ok(()), |at| Err(AdmitError::NotInForce(at)))
}

fn released_at(contents: &Contents) -> Result<Timestamp, AdmitError> {
    let release = Statement::<Release>::peek(&contents.release);
    release.map(|release| release.predicate.released_at).map_err(|_| AdmitError::Release("it is no release"))
}

/// The program runs, and ran all through the session.
pub(super) fn program_ran(
    program: &Program,
    header: &SessionHeader,
    now: Timestamp,
) -> Result<(), AdmitError> {
    if header.redactor.profile != program.charter.redaction_profile() {
        return Err(AdmitError::Profile);
    }
    if let Some(refusal) = program.refuses_capture(now) {
        return Err(AdmitError::NotRunning { at: now, refusal });
    }
    let refused = program.refuses_span(header.started, header.ended);
    refused.map_or(Ok(()), |(at, refusal)| Err(AdmitError::NotRunning { at, refusal }))
}

/// Every step is within the charter's scope and the contributor's choice.
pub(super) fn steps_hold(
    contents: &Contents,
    consent: &Consent,
    charter: &Charter,
) -> Result<(), AdmitError> {
    for step in &contents.steps {
        let ordinal = step.ordinal;
        if !charter.scope().hours().contain(step.at.wall) {
            return Err(AdmitError::OutsideHours { ordinal });
        }
        if let Some(what) = beyond(step, consent, charter) {
            return Err(AdmitError::NotAgreed { ordinal, what });
        }
    }
    Ok(())
}

/// The first thing in a step that the charter or the consent does not cover.
fn beyond(step: &Step, consent: &Consent, charter: &Charter) -> Option<&'static str> {
    let Some(app) = charter.scope().app(&step.window.app).filter(|app| consent.covers_app(&app.id)) else {
        return Some("an application");
    };
    if !site_is_covered(step, app, charter) {
        return Some("a site");
    }
    let needed = [
        (Some(needed_for(&step.action)).flatten(), "an action"),
        (step.window.title.as_ref().map(|_| Field::WindowTitle), "a window title"),
        (step.frame.map(|_| Field::Frame), "a frame"),
        (step.tree.map(|_| Field::Tree), "a tree"),
        (step.target.as_ref().map(|_| Field::Tree), "an element's name"),
    ];
    let covered = |field: Field| consent.covers_field(field) && charter.scope().fields().contains(&field);
    needed.into_iter().find(|(field, _)| field.is_some_and(|field| !covered(field))).map(|(_, what)| what)
}

/// A browser names a site of the charter; nothing else names one; none is never recorded.
fn site_is_covered(step: &Step, app: &AppRule, charter: &Charter) -> bool {
    match &step.window.site {
        None => !app.browser,
        Some(site) => app.browser && app.site_for(site).is_some() && !charter.scope().is_never_site(site),
    }
}

/// The field that an action is of. That nothing happened, or that another window came to the front, is of none.
const fn needed_for(action: &Action) -> Option<Field> {
    match action {
        Action::Click { .. } | Action::Drag { .. } | Action::Scroll { .. } => Some(Field::Pointer),
        // How many keys were pressed is said of typing, too.
        Action::Type { .. } | Action::Keys { .. } => Some(Field::TypedText),
        Action::Hotkey { .. } => Some(Field::Hotkeys),
        Action::Wait { .. } | Action::SwitchWindow {} => None,
    }
}

/// The bytes that count against the cap: what the contributor released.
pub(super) fn bytes_of(contents: &Contents) -> u64 {
    let steps = contents.steps.iter().map(|step| canonical_bytes(step).map_or(0, |bytes| bytes.len() as u64));
    let manifest = contents.manifest_bytes.len() as u64;
    steps.fold(manifest.saturating_add(contents.manifest.blob_bytes()), u64::saturating_add)
}
