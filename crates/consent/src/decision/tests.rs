//! P2: no capture without a permit, and a permit only if everything holds.

use proptest::prelude::*;

use super::*;
use crate::testing::{
    CHARTER, CONSENT, GIVEN, ORGANISATION, act, approvals, charter_with, grant, held, pilot, time,
};
use crate::{Act, Consent};

/// Everything that a decision looks at, in a form that a test can break piece by piece.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that a test breaks")]
struct Case {
    now: Timestamp,
    state: ProgramState,
    consent: Option<Consent>,
    withdrawn: bool,
    lease: Option<Lease>,
    paused: bool,
    bytes_today: u64,
    latest_known: Timestamp,
    window_class: &'static str,
    site: Option<&'static str>,
    private: bool,
    locked: bool,
}

/// A moment at which everything holds.
fn good_time() -> Timestamp {
    time("2026-03-10T10:00:00Z")
}

fn good() -> Case {
    let now = good_time();
    Case {
        now,
        state: pilot(&CHARTER, time(GIVEN)),
        consent: Some(CONSENT.clone()),
        withdrawn: false,
        lease: Some(lease(now)),
        paused: false,
        bytes_today: 199_999_999,
        latest_known: now,
        window_class: "Chromium",
        site: Some("mail.example.test"),
        private: false,
        locked: false,
    }
}

fn lease(now: Timestamp) -> Lease {
    let minutes = |n: i64| now.plus_millis(n * 60_000);
    Lease {
        program: CHARTER.digest(),
        issued_at: minutes(-1),
        expires_at: minutes(1),
        sequence: 1,
        state_ok: true,
    }
}

fn run(case: &Case) -> Result<Permit, Refusal> {
    let lease = case.lease.clone().map(|lease| Verified::for_test(lease, ORGANISATION.public()));
    let world = World {
        charter: &CHARTER,
        state: &case.state,
        consent: case.consent.as_ref(),
        withdrawn: case.withdrawn,
        lease: lease.as_ref(),
        paused: case.paused,
        used: Used { bytes_today: case.bytes_today },
        latest_known: case.latest_known,
    };
    let request = Context {
        window_class: case.window_class,
        site: case.site,
        private: case.private,
        locked: case.locked,
    };
    decide(&world, &request, case.now)
}

fn codes(case: &Case) -> Vec<&'static str> {
    run(case).unwrap_err().codes()
}

type Break = (&'static str, fn(&mut Case));

/// Each way in which one condition can break, with the reason that must be told.
fn breaks() -> Vec<Break> {
    vec![
        ("other_charter", |c| {
            c.state = pilot(&charter_with("hold_days = 7 ", "hold_days = 8 ").unwrap(), time(GIVEN));
        }),
        ("program_not_running", |c| c.state = ProgramState::of(&CHARTER)),
        ("program_not_running", |c| c.state = prepared()),
        ("program_not_running", |c| c.state = pilot(&CHARTER, c.now.plus_millis(1))),
        ("program_not_running", |c| c.state = after(Act::Close)),
        ("pilot_ended", |c| shift(c, 59)),
        ("approval_expired", |c| c.state = pilot_with_approval_until(c.now)),
        ("halted", |c| c.state = after(Act::Halt)),
        ("clock_went_back", |c| c.latest_known = c.now.plus_millis(1)),
        ("no_lease", |c| c.lease = None),
        ("lease_for_other_program", |c| with_lease(c, |l, _| l.program = Digest::of(b"other"))),
        ("lease_expired", |c| with_lease(c, |l, now| l.expires_at = now)),
        ("lease_not_yet_valid", |c| with_lease(c, |l, now| l.issued_at = now.plus_millis(1))),
        ("lease_says_stop", |c| with_lease(c, |l, _| l.state_ok = false)),
        ("no_consent", |c| c.consent = None),
        ("consent_for_other_charter", |c| c.consent = Some(consent_to_other())),
        ("withdrawn", |c| c.withdrawn = true),
        ("consent_not_yet_effective", |c| shift(c, -7)),
        ("consent_expired", |c| c.consent = Some(short_consent(c.now))),
        ("no_field", |c| c.consent = Some(consent_without_fields())),
        ("paused", |c| c.paused = true),
        ("over_budget", |c| c.bytes_today = 200_000_000),
        ("private_window", |c| c.private = true),
        ("screen_locked", |c| c.locked = true),
        ("app_never", |c| c.window_class = "KeePassXC"),
        ("app_not_in_charter", |c| c.window_class = "Spotify"),
        ("app_not_in_charter", |c| c.window_class = ""),
        ("app_not_in_charter", |c| c.window_class = "chromium "),
        ("app_not_in_consent", |c| (c.window_class, c.site) = ("Mousepad", None)),
        ("unknown_site", |c| c.site = None),
        ("unknown_site", |c| c.site = Some("")),
        ("unknown_site", |c| c.site = Some("Mail.Example.Test")),
        ("unknown_site", |c| c.site = Some("mail.example.test:8443")),
        ("unknown_site", |c| (c.window_class, c.site) = ("libreoffice-calc", Some("not a host"))),
        ("site_not_in_charter", |c| c.site = Some("news.example.test")),
        ("site_not_in_charter", |c| c.site = Some("evil-mail.example.test")),
        ("site_not_in_charter", |c| c.site = Some("mail.example.test.evil.test")),
        ("site_never", |c| c.site = Some("health.example.test")),
        ("site_never", |c| c.site = Some("my.health.example.test")),
        ("site_never", |c| (c.window_class, c.site) = ("libreoffice-calc", Some("health.example.test"))),
    ]
}

fn with_lease(case: &mut Case, change: impl FnOnce(&mut Lease, Timestamp)) {
    if let Some(lease) = &mut case.lease {
        change(lease, case.now);
    }
}

fn shift(case: &mut Case, days: i64) {
    case.now = case.now.plus_millis(days * 86_400_000);
    case.latest_known = case.now;
    case.lease = Some(lease(case.now));
}

fn prepared() -> ProgramState {
    (0..3).fold(ProgramState::of(&CHARTER), |s, _| s.prepare(&CHARTER, &held(&CHARTER)).unwrap())
}

fn after(what: Act) -> ProgramState {
    let at = good_time().plus_millis(-1);
    pilot(&CHARTER, time(GIVEN)).apply(&CHARTER, &act(what, at), &[], at).unwrap()
}

fn pilot_with_approval_until(end: Timestamp) -> ProgramState {
    let at = time(GIVEN);
    let mut sign_offs = approvals(at);
    let mut short = (*sign_offs[2]).clone();
    short.expires_at = end;
    sign_offs[2] = Verified::for_test(short, sign_offs[2].signer());
    prepared().apply(&CHARTER, &act(Act::Start, at), &sign_offs, at).unwrap()
}

fn consent_to_other() -> Consent {
    let other = charter_with("hold_days = 7 ", "hold_days = 8 ").unwrap();
    Consent::verify(&crate::testing::granted(&other), &other, None).unwrap()
}

fn short_consent(end: Timestamp) -> Consent {
    consent_with(|grant| grant.expires_at = end)
}

fn consent_without_fields() -> Consent {
    consent_with(|grant| grant.choice.fields.clear())
}

fn consent_with(change: impl FnOnce(&mut crate::Grant)) -> Consent {
    let mut grant = grant(&CHARTER);
    change(&mut grant);
    grant.record = crate::record(&CHARTER, &grant);
    let envelope = grant.sign(&CHARTER, &crate::testing::CONTRIBUTOR).unwrap();
    Consent::verify(&envelope, &CHARTER, None).unwrap()
}

#[test]
fn one_broken_condition_is_enough_and_its_reason_is_told() {
    for (i, (code, break_it)) in breaks().into_iter().enumerate() {
        let mut case = good();
        break_it(&mut case);
        assert_eq!(codes(&case), [code], "break {i}");
    }
}

#[test]
fn outside_of_the_hours_nothing_is_captured() {
    let charter = charter_with("{ from = 0, to = 24 }", "{ from = 7, to = 10 }").unwrap();
    let consent = Consent::verify(&crate::testing::granted(&charter), &charter, None).unwrap();
    let state = pilot(&charter, time(GIVEN));
    let decide_at = |now: Timestamp| {
        let lease =
            Verified::for_test(Lease { program: charter.digest(), ..lease(now) }, ORGANISATION.public());
        let (consent, lease) = (Some(&consent), Some(&lease));
        let used = Used { bytes_today: 0 };
        let world = World {
            charter: &charter,
            state: &state,
            consent,
            withdrawn: false,
            lease,
            paused: false,
            used,
            latest_known: now,
        };
        let request = Context { window_class: "libreoffice-calc", site: None, private: false, locked: false };
        decide(&world, &request, now).map(|permit| permit.app().clone())
    };
    assert_eq!(decide_at(good_time()).unwrap_err().codes(), ["outside_hours"]);
    assert!(decide_at(good_time().plus_millis(-1)).is_ok());
}

#[test]
fn every_reason_is_told_at_once_and_in_order() {
    let mut case = good();
    case.state = after(Act::Halt);
    (case.lease, case.withdrawn, case.paused, case.private) = (None, true, true, true);
    case.site = Some("health.example.test");
    assert_eq!(codes(&case), ["halted", "no_lease", "withdrawn", "paused", "private_window", "site_never"]);
}

#[test]
fn without_an_exception_other_people_write_in_every_application() {
    let rule = "bystander_rule = \"masked\"";
    let recognised = charter_with(rule, "bystander_rule = \"recognised\"").unwrap();
    let others_write = |charter: &Charter, app: &str| {
        let app = charter.scope().apps().iter().find(|rule| rule.id.as_str() == app).unwrap();
        permit(charter, app, None, &CONSENT, good_time()).communication()
    };
    assert!(others_write(&CHARTER, "browser") && others_write(&CHARTER, "text-editor"));
    assert!(others_write(&recognised, "browser") && !others_write(&recognised, "text-editor"));
}

#[test]
fn a_permit_says_what_was_allowed_and_no_more() {
    let permit = run(&good()).unwrap();
    assert_eq!(permit.app().as_str(), "browser");
    assert_eq!(permit.site().unwrap().as_str(), "mail.example.test");
    assert!(permit.communication() && permit.allows(Field::Frame) && !permit.allows(Field::Hotkeys));
    assert_eq!(
        (permit.consent(), permit.charter(), permit.at()),
        (CONSENT.id(), CHARTER.digest(), good_time())
    );
}

#[test]
fn a_permit_names_the_site_of_the_charter_and_not_the_subdomain() {
    let mut case = good();
    case.site = Some("ada-lovelace.mail.example.test");
    assert_eq!(run(&case).unwrap().site().unwrap().as_str(), "mail.example.test");
}

#[test]
fn no_reason_names_a_window_or_a_site() {
    for (_, break_it) in breaks() {
        let mut case = good();
        break_it(&mut case);
        let sentence = run(&case).unwrap_err().to_string();
        assert!(
            !sentence.contains("example.test")
                && !sentence.contains("KeePass")
                && !sentence.contains("Spotify")
        );
    }
}

/// The plain model: what must hold, as one long "and", written without the code under test.
fn model(case: &Case) -> bool {
    let sites = ["mail.example.test", "forms.example.test"];
    let on_site = case.site.is_some_and(|s| sites.iter().any(|a| s == *a || s.ends_with(&format!(".{a}"))));
    let off_never = !case.site.is_some_and(|s| s.ends_with("health.example.test") || s.contains(' '));
    let place = match case.window_class {
        "Chromium" | "chromium" => on_site,
        "libreoffice-calc" => off_never,
        _ => false,
    };
    let pilot_days = time(GIVEN)..time(GIVEN).plus_days(60);
    let consent_days = time(GIVEN).plus_days(2)..time(GIVEN).plus_days(180);
    let lease = |l: &Lease| l.state_ok && l.issued_at <= case.now && case.now < l.expires_at;
    place
        && matches!(case.state, ProgramState::Pilot(_))
        && pilot_days.contains(&case.now)
        && case.consent.is_some()
        && consent_days.contains(&case.now)
        && !case.withdrawn
        && case.lease.as_ref().is_some_and(lease)
        && case.latest_known <= case.now
        && case.bytes_today < 200_000_000
        && !(case.paused || case.private || case.locked)
}

fn mostly<T: std::fmt::Debug + Clone + 'static>(good: T, bad: Vec<T>) -> impl Strategy<Value = T> {
    prop_oneof![6 => Just(good), 1 => proptest::sample::select(bad)]
}

/// Moments around every boundary, mostly a good one.
fn moments() -> impl Strategy<Value = Timestamp> {
    let edges = [0, 2, 60, 180].map(|days| time(GIVEN).plus_days(days));
    let around = edges.into_iter().flat_map(|edge| [edge.plus_millis(-1), edge, edge.plus_millis(1)]);
    mostly(good_time(), around.collect())
}

fn places() -> impl Strategy<Value = (&'static str, Option<&'static str>)> {
    let classes =
        mostly("Chromium", vec!["chromium", "libreoffice-calc", "Mousepad", "KeePassXC", "Spotify", ""]);
    let sites = mostly(
        Some("mail.example.test"),
        vec![
            None,
            Some("a.forms.example.test"),
            Some("health.example.test"),
            Some("x.health.example.test"),
            Some("example.test"),
            Some("mail.example.test.evil.test"),
            Some("no host"),
        ],
    );
    (classes, sites)
}

fn cases() -> impl Strategy<Value = Case> {
    let states = mostly(
        pilot(&CHARTER, time(GIVEN)),
        vec![ProgramState::of(&CHARTER), prepared(), after(Act::Halt), after(Act::Close)],
    );
    let flags = [(); 5].map(|()| mostly(false, vec![true]));
    let lease_millis = (
        mostly(-1, vec![0, 1]),
        mostly(1, vec![0, -1]),
        mostly(true, vec![false]),
        mostly(true, vec![false]),
    );
    let bytes = mostly(0, vec![199_999_999, 200_000_000, u64::MAX]);
    let consent = mostly(true, vec![false]);
    (moments(), states, places(), flags, lease_millis, bytes, consent, mostly(0, vec![-1, 1])).prop_map(
        |(
            now,
            state,
            (window_class, site),
            [withdrawn, paused, private, locked, _],
            (from, to, ok, some),
            bytes_today,
            consent,
            ahead,
        )| {
            let (issued_at, expires_at) = (now.plus_millis(from), now.plus_millis(to));
            let lease = Lease { program: CHARTER.digest(), issued_at, expires_at, sequence: 1, state_ok: ok };
            Case {
                now,
                state,
                consent: consent.then(|| CONSENT.clone()),
                withdrawn,
                lease: some.then_some(lease),
                paused,
                bytes_today,
                latest_known: now.plus_millis(ahead),
                window_class,
                site,
                private,
                locked,
            }
        },
    )
}

#[test]
fn a_permit_can_be_narrowed_and_nothing_is_added() {
    let permit = run(&good()).unwrap().without(&[Field::Frame]);
    assert!(!permit.allows(Field::Frame));
    assert!(permit.communication() && !permit.allows(Field::Hotkeys));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_permit_is_given_if_and_only_if_everything_holds(case in cases()) {
        match run(&case) {
            Ok(_) => prop_assert!(model(&case)),
            Err(refusal) => {
                prop_assert!(!model(&case), "{refusal}");
                prop_assert!(!refusal.reasons.is_empty());
                let order: Vec<_> = refusal.codes().iter().map(|c| Reason::CODES.iter().position(|k| k == c)).collect();
                prop_assert!(order.is_sorted(), "{:?}", refusal.codes());
            }
        }
    }
}
