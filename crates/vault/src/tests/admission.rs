//! What the vault's only entry refuses.

use candor_bundle::Contents;
use candor_consent::{Act, Choice, Field, Role};
use candor_model::{Action, Button, Point, Step, Target};

use super::world::*;
use crate::testing::{at, contents, seeded};
use crate::vault::CLOCK_SKEW_MS_MAX;

type Change = fn(&mut Step);

/// The bundle of contributor 0 after `change`, signed again.
fn changed(world: &World, change: impl FnOnce(&mut Contents)) -> Contents {
    let mut bundle = world.bundle(0);
    change(&mut bundle);
    contents(bundle.manifest.header, bundle.steps, bundle.blobs, &contributor(0))
}

fn steps_changed(world: &World, change: impl Fn(&mut Step)) -> Contents {
    changed(world, |bundle| bundle.steps.iter_mut().for_each(change))
}

fn refused(world: &mut World, bundle: &Contents) -> &'static str {
    world.admit(bundle).unwrap_err().code()
}

#[test]
fn a_bundle_signed_by_another_key_is_refused() {
    let mut world = World::consented();
    let bundle = world.bundle(0);
    let forged = contents(bundle.manifest.header, bundle.steps, bundle.blobs, &contributor(1));
    assert_eq!(refused(&mut world, &forged), "release_refused");
}

#[test]
fn a_release_of_another_manifest_is_refused() {
    let mut world = World::consented();
    let other = steps_changed(&world, |step| step.window.bounds.x = 1);
    let mut bundle = world.bundle(0);
    bundle.release = other.release;
    assert_eq!(refused(&mut world, &bundle), "release_refused");
}

#[test]
fn a_release_with_a_surplus_signature_is_refused() {
    let mut world = World::consented();
    let mut bundle = world.bundle(0);
    bundle.release = bundle.release.countersign(&contributor(1)).unwrap();
    assert_eq!(refused(&mut world, &bundle), "release_refused");
}

#[test]
fn a_bundle_under_anothers_consent_or_charter_is_refused() {
    let mut world = World::consented();
    let consent = world.consent(1).id();
    let stolen = changed(&world, |bundle| bundle.manifest.header.consent = consent);
    assert_eq!(refused(&mut world, &stolen), "bundle_disagrees");
    let foreign =
        changed(&world, |bundle| bundle.manifest.header.charter = candor_model::Digest::of(b"other"));
    assert_eq!(refused(&mut world, &foreign), "unknown_program");
    let unknown = world.bundle(2);
    assert_eq!(refused(&mut world, &unknown), "unknown_consent");
}

#[test]
fn a_bundle_of_a_consent_withdrawn_a_moment_ago_is_refused() {
    let mut world = World::consented();
    world.withdraw(0).unwrap();
    let bundle = world.bundle(0);
    assert_eq!(world.admit_at(&bundle, WITHDRAWN).unwrap_err().code(), "withdrawn");
}

#[test]
fn a_session_recorded_before_the_consent_counts_is_refused() {
    let mut world = World::consented();
    let early = changed(&world, |bundle| bundle.manifest.header.started = at("2026-03-02T07:59:59Z"));
    assert_eq!(refused(&mut world, &early), "consent_not_in_force");
}

#[test]
fn a_session_recorded_before_the_program_ran_is_refused() {
    let mut world = World::consented();
    let early = changed(&world, |bundle| bundle.manifest.header.started = at("2026-03-01T08:30:00Z"));
    // The consent is not in force then either; the program is asked where it is.
    let code = refused(&mut world, &early);
    assert!(["consent_not_in_force", "program_not_running"].contains(&code), "{code}");
}

#[test]
fn a_halted_program_admits_nothing() {
    let mut world = World::consented();
    let halt = act(&world.charter, Act::Halt, Role::Security, ADMITTED);
    world.vault.act(&halt, at(ADMITTED), &mut seeded(9)).unwrap();
    let bundle = world.bundle(0);
    assert_eq!(refused(&mut world, &bundle), "program_not_running");
}

#[test]
fn what_was_recorded_during_a_halt_is_refused_after_it_too() {
    let mut world = World::consented();
    let during = "2026-03-02T09:35:00Z";
    let halt = act(&world.charter, Act::Halt, Role::Security, during);
    world.vault.act(&halt, at(during), &mut seeded(9)).unwrap();
    let after = "2026-03-02T09:36:00Z";
    for role in Role::ALL {
        let again = sign_off(&world.charter, role, after);
        world.vault.sign_off(&again, at(after), &mut seeded(10)).unwrap();
    }
    let resume = act(&world.charter, Act::Resume, Role::Legal, after);
    assert_eq!(world.vault.act(&resume, at(after), &mut seeded(11)).unwrap().state, "pilot");
    let bundle = world.bundle(0);
    assert_eq!(refused(&mut world, &bundle), "program_not_running");
}

#[test]
fn steps_outside_of_the_session_or_out_of_order_are_refused() {
    let mut world = World::consented();
    let outside = changed(&world, |bundle| bundle.steps[2].at.wall = at("2026-03-02T09:40:01Z"));
    assert_eq!(refused(&mut world, &outside), "bundle_time");
    let back = changed(&world, |bundle| bundle.steps[2].at.monotonic_us = 1);
    assert_eq!(refused(&mut world, &back), "bundle_time");
}

#[test]
fn a_release_from_the_future_or_before_the_end_is_refused() {
    let mut world = World::consented();
    let bundle = world.bundle(0);
    let before = later(RELEASED, -CLOCK_SKEW_MS_MAX - 1);
    assert_eq!(world.admit_at(&bundle, &before).unwrap_err().code(), "bundle_time");
    // Released before its end: the end moves behind the release that was signed.
    let mut ended = world.bundle(0);
    ended.manifest.header.ended = at("2026-03-02T09:55:00Z");
    let release = ended.release.clone();
    let mut ended = contents(ended.manifest.header, ended.steps, ended.blobs, &contributor(0));
    ended.release = release;
    assert_eq!(refused(&mut world, &ended), "release_refused");
}

#[test]
fn a_session_that_should_have_deleted_itself_is_refused() {
    let mut world = World::running_with(&[("hold_days", "1")]);
    world.grant(0).unwrap();
    let old = changed(&world, |bundle| bundle.manifest.header.ended = at("2026-03-02T09:40:00Z"));
    let mut release = old.clone();
    release.release = {
        let said = candor_model::bundle::Release {
            consent: old.manifest.header.consent,
            charter: old.manifest.header.charter,
            released_at: at("2026-03-03T09:40:01Z"),
            salt: "22".repeat(32),
        };
        let digest = candor_model::Digest::of(&old.manifest_bytes);
        let subject = candor_model::Subject::new("manifest.json", digest);
        candor_model::Statement::new(subject, said).sign(&contributor(0)).unwrap()
    };
    assert_eq!(world.admit_at(&release, "2026-03-03T10:00:00Z").unwrap_err().code(), "hold_ended");
}

#[test]
fn a_clock_that_went_back_stops_admission() {
    let mut world = World::consented();
    let bundle = world.bundle(0);
    let error = world.admit_at(&bundle, "2026-03-02T07:00:00Z").unwrap_err();
    assert_eq!(error.code(), "clock_went_back");
}

#[test]
fn another_profile_is_refused() {
    let mut world = World::consented();
    let other = changed(&world, |bundle| bundle.manifest.header.redactor.profile = "none".into());
    assert_eq!(refused(&mut world, &other), "other_profile");
}

#[test]
fn hours_outside_of_the_charter_are_refused() {
    let mut world = World::running_with(&[("hours", "{ from = 10, to = 18 }")]);
    world.grant(0).unwrap();
    let bundle = world.bundle(0);
    assert_eq!(refused(&mut world, &bundle), "outside_hours");
}

#[test]
fn apps_and_sites_outside_of_charter_or_consent_are_refused() {
    let mut world = World::consented();
    for (app, site) in [
        ("password-manager", None),
        ("text-editor", None),
        ("libreoffice-calc", Some("mail.example.test")),
        ("browser", None),
        ("browser", Some("news.example.test")),
        ("browser", Some("health.example.test")),
    ] {
        let step = |step: &mut Step| {
            step.window.app = app.parse().unwrap();
            step.window.site = site.map(|site| site.parse().unwrap());
        };
        let bundle = steps_changed(&world, step);
        assert_eq!(refused(&mut world, &bundle), "not_agreed", "{app} {site:?}");
    }
    let fine = steps_changed(&world, |step| {
        step.window.app = "browser".parse().unwrap();
        step.window.site = Some("mail.example.test".parse().unwrap());
    });
    assert!(world.admit(&fine).is_ok());
}

#[test]
fn each_field_that_was_not_chosen_is_refused() {
    let uses: [(Field, Change); 6] = [
        (Field::Pointer, |step| {
            let at = Point { x: 1, y: 1 };
            step.action = Action::Click { at, button: Button::Left, count: 1 };
        }),
        (Field::TypedText, |step| step.action = Action::Keys { count: 3 }),
        (Field::Hotkeys, |step| step.action = Action::Hotkey { keys: vec!["ctrl".into(), "s".into()] }),
        (Field::WindowTitle, |step| step.window.title = Some("Budget".into())),
        (Field::Frame, |_| ()),
        (Field::Tree, |step| {
            let bounds = step.window.bounds;
            step.target = Some(Target { role: "push button".into(), name: None, bounds });
        }),
    ];
    for (field, holds) in uses {
        let mut world = World::running();
        let fields = Field::ALL.into_iter().filter(|other| *other != field).collect();
        let grant = world.grant_with(0, Choice { fields, ..everything() });
        let consent = candor_consent::Consent::verify(&grant, &world.charter, None).unwrap().id();
        world.vault.grant(&grant, "here", at(GIVEN), &mut seeded(3)).unwrap();
        let bundle = changed(&world, |bundle| {
            bundle.manifest.header.consent = consent;
            bundle.steps.iter_mut().for_each(|step| {
                step.action = Action::Wait { ms: 1 };
                holds(step);
                if field != Field::Frame {
                    step.frame = None;
                }
            });
            if field != Field::Frame {
                bundle.blobs.clear();
            }
        });
        assert_eq!(refused(&mut world, &bundle), "not_agreed", "{field}");
    }
}

#[test]
fn bytes_above_the_cap_of_the_day_are_refused() {
    let caps = [("bytes_per_day_max", "4_000"), ("budgets", "{ bytes_per_day = 4_000 }")];
    let mut world = World::running_with(&caps);
    world.grant(0).unwrap();
    world.grant(1).unwrap();
    let first = world.bundle(0);
    let admitted = world.admit(&first).unwrap();
    assert!(admitted.bytes() > 2_000, "two of {} bytes must not fit", admitted.bytes());
    let second = changed(&world, |bundle| bundle.manifest.header.session = session(9));
    assert_eq!(refused(&mut world, &second), "over_cap");
    // Another contributor has a day of their own.
    let other = world.bundle(1);
    assert!(world.admit(&other).is_ok());
}

#[test]
fn truncated_foreign_and_empty_bytes_are_refused() {
    let mut world = World::consented();
    let bytes = wire(&world.bundle(0));
    for cut in [0, 100, 512, bytes.len() / 2] {
        let error = world.vault.admit(&bytes[..cut], at(ADMITTED), &mut seeded(1)).unwrap_err();
        assert_eq!(error.code(), "bundle_damaged", "{cut}");
    }
    let empty = changed(&world, |bundle| {
        bundle.steps.clear();
        bundle.blobs.clear();
    });
    assert_eq!(refused(&mut world, &empty), "bundle_empty");
}

#[test]
fn a_swapped_blob_is_refused() {
    let mut world = World::consented();
    let mut bundle = world.bundle(0);
    let digest = *bundle.blobs.keys().next().unwrap();
    bundle.blobs.insert(digest, b"pixels 0 9".to_vec());
    assert_eq!(refused(&mut world, &bundle), "bundle_damaged");
}

#[test]
fn nothing_of_a_refused_bundle_is_kept() {
    let mut world = World::consented();
    let before = files(&world.dir);
    let bundle = steps_changed(&world, |step| step.window.app = "text-editor".parse().unwrap());
    refused(&mut world, &bundle);
    assert_eq!(files(&world.dir).keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
}

#[test]
fn a_replayed_bundle_gets_the_same_admission_and_another_of_the_same_session_none() {
    let mut world = World::consented();
    let bundle = world.bundle(0);
    let first = world.admit(&bundle).unwrap();
    let size = world.vault.checkpoint().unwrap();
    let again = world.admit_at(&bundle, USED).unwrap();
    assert_eq!(again.admission(), first.admission());
    assert_eq!((again.leaf(), world.vault.checkpoint().unwrap()), (first.leaf(), size));
    let other = steps_changed(&world, |step| step.window.bounds.x = 1);
    assert_eq!(refused(&mut world, &other), "other_bundle");
}

#[test]
fn an_admission_proves_itself_with_its_leaf_and_salt() {
    let mut world = World::consented();
    let admitted = world.admit(&world.bundle(0)).unwrap();
    let (leaf, salt) = admitted.proof().decode().unwrap();
    let leaf = candor_log::Leaf::parse(&leaf).unwrap();
    let body = admitted.admission().to_bytes();
    assert_eq!(*leaf.body(), candor_log::commit(&salt, leaf.kind(), leaf.program().as_bytes(), &body));
    let proof = candor_log::TlogProof::parse(admitted.proof().proof.as_bytes()).unwrap();
    let verifier = world.vault.log_verifier().unwrap().parse().unwrap();
    assert!(proof.verify(&leaf.hash(), &verifier, candor_log::UnknownLines::Refuse).is_ok());
    assert_eq!(proof.index(), admitted.leaf());
}
