mod world;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use candor_log::note::Note;
use candor_log::{Checkpoint, UnknownLines, VerifierKey};
use candor_model::Export;
use candor_model::evidence::{DatasetManifest, Opening, Record};
use candor_vault::{ExportError, UseError};

use super::*;
use crate::evidence::refresh_evidence;
use world::{LATER, USED, World, recipe};

fn lines<T: serde::de::DeserializeOwned>(path: PathBuf) -> Vec<T> {
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The paths of all files below a folder, sorted.
fn paths(root: &Path) -> BTreeSet<String> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                found.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut found = BTreeSet::new();
    walk(root, root, &mut found);
    found
}

fn nothing_is_left(world: &World) {
    let out = world.place("x").parent().unwrap().to_owned();
    assert!(!out.exists() || fs::read_dir(out).unwrap().next().is_none());
}

#[test]
fn a_purpose_that_no_consent_covers_gets_nothing_and_a_reason() {
    let mut world = World::filled();
    for purpose in ["usability-research", "employee-monitoring"] {
        let text = recipe("").replace(world::PURPOSE, purpose);
        let request = world.request(purpose, &text, USED);
        let refused = world.answer(&request, &text, USED, "a").unwrap_err();
        assert!(
            matches!(&refused, CompileError::Use(UseError::Refused { refusal, .. }) if !refusal.reasons.is_empty())
        );
        nothing_is_left(&world);
    }
    assert!(world.vault.datasets(&world.charter.digest()).unwrap().is_empty());
}

#[test]
fn a_request_for_another_recipe_or_purpose_is_refused() {
    let mut world = World::filled();
    let request = world.request(world::PURPOSE, &recipe(""), USED);
    let refused = world.answer(&request, &recipe("max_steps = 1\n"), USED, "a").unwrap_err();
    assert!(matches!(refused, CompileError::OtherRecipe(_)));
    // The consent covers what is asked, but the recipe that was signed is for something else.
    let text = recipe("").replace(world::PURPOSE, "usability-research");
    let request = world.request(world::PURPOSE, &text, USED);
    assert!(matches!(world.answer(&request, &text, USED, "a"), Err(CompileError::OtherPurpose { .. })));
    nothing_is_left(&world);
}

#[test]
fn what_cannot_be_compiled_leaves_no_export_and_no_folder() {
    let mut world = World::filled();
    for extra in ["filter = \"application = 1\"\n", "filter = \"app = 'mail'\"\n", "colour = 1\n"] {
        assert!(world.compile(&recipe(extra), USED, "a").is_err(), "{extra}");
        nothing_is_left(&world);
    }
    assert!(world.vault.datasets(&world.charter.digest()).unwrap().is_empty());
}

#[test]
fn a_refused_export_leaves_no_folder() {
    let mut world = World::with(&[("datasets_max = 20", "datasets_max = 1")], Arc::new(|_| ()));
    world.compile(&recipe(""), USED, "a").unwrap();
    let refused = world.compile(&recipe("max_steps = 1\n"), USED, "b").unwrap_err();
    assert!(matches!(refused, CompileError::Export(ExportError::Full { .. })), "{refused:?}");
    assert_eq!(fs::read_dir(world.place("b").parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn the_export_is_in_the_log_before_the_folder_appears() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let out: Arc<Mutex<Option<PathBuf>>> = Arc::default();
    let (noted, place) = (Arc::clone(&seen), Arc::clone(&out));
    let mut world = World::with(
        &[],
        Arc::new(move |point| {
            if let Some(out) = &*place.lock().unwrap() {
                noted.lock().unwrap().push((point, out.exists()));
            }
        }),
    );
    *out.lock().unwrap() = Some(world.place("a"));
    let compiled = world.compile(&recipe(""), USED, "a").unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.iter().any(|(point, _)| *point == "vault.settled"), "{seen:?}");
    assert!(seen.iter().all(|(_, published)| !published), "{seen:?}");
    assert!(compiled.dataset_folder.exists());
}

#[test]
fn an_existing_folder_is_never_changed() {
    let mut world = World::filled();
    world.compile(&recipe(""), USED, "a").unwrap();
    let before = paths(&world.place("a"));
    assert!(matches!(world.compile(&recipe("max_steps = 1\n"), USED, "a"), Err(CompileError::Exists)));
    assert_eq!(paths(&world.place("a")), before);
}

#[test]
fn the_same_recipe_over_the_same_sessions_is_the_same_version() {
    let mut world = World::filled();
    let one = world.compile(&recipe(""), USED, "a").unwrap();
    let two = world.compile(&recipe(""), LATER, "b").unwrap();
    assert_eq!(one.dataset, two.dataset);
    assert_ne!(one.export, two.export);
    for path in paths(&one.dataset_folder) {
        let read = |folder: &Path| fs::read(folder.join(&path)).unwrap();
        assert_eq!(read(&one.dataset_folder), read(&two.dataset_folder), "{path}");
    }
}

#[test]
fn the_evidence_has_exactly_the_files_of_its_specification() {
    let mut world = World::filled();
    let compiled = world.compile(&recipe(""), USED, "a").unwrap();
    let folder = &compiled.evidence_folder;
    let found = paths(folder);
    let count = |prefix: &str| found.iter().filter(|path| path.starts_with(prefix)).count();
    // Four sign-offs, a start, two grants, two releases, two admissions, a request and an export.
    assert_eq!((count("statements/"), count("manifests/"), count("log/tile/entries/")), (13, 2, 1));
    let rest: Vec<_> = found.iter().filter(|path| !path.contains('/')).map(String::as_str).collect();
    let plain = [
        "SEAL",
        "charter.toml",
        "checkpoint",
        "manifest.json",
        "notice.txt",
        "openings.jsonl",
        "records.jsonl",
    ];
    assert_eq!(rest, plain);
    assert_eq!(found.len(), 13 + 2 + 1 + plain.len());
    assert_eq!(fs::read(folder.join("charter.toml")).unwrap(), world.charter.bytes());
    let manifest = fs::read(folder.join("manifest.json")).unwrap();
    assert_eq!(manifest, fs::read(compiled.dataset_folder.join("manifest.json")).unwrap());
    assert_eq!(Digest::of(&manifest), compiled.dataset);
}

#[test]
fn the_seal_is_the_organisations_over_every_other_file() {
    let mut world = World::filled();
    let compiled = world.compile(&recipe(""), USED, "a").unwrap();
    let folder = &compiled.evidence_folder;
    let note = Note::parse(&fs::read(folder.join("SEAL")).unwrap()).unwrap();
    let key = VerifierKey::new("candor-evidence", world.vault.organisation().as_bytes()).unwrap();
    note.verify(&[key], UnknownLines::Refuse).unwrap();
    let mut expected = paths(folder);
    expected.remove("SEAL");
    let mut lines = note.text().lines();
    assert_eq!(lines.next(), Some("candor-evidence/v1"));
    for (line, path) in lines.by_ref().zip(&expected) {
        assert_eq!(line, format!("{}  {path}", Digest::of(&fs::read(folder.join(path)).unwrap())));
    }
    assert_eq!((lines.next(), note.text().lines().count()), (None, expected.len() + 1));
}

#[test]
fn the_export_names_the_records_and_the_checkpoint_covers_it() {
    let mut world = World::filled();
    let compiled = world.compile(&recipe(""), USED, "a").unwrap();
    let folder = &compiled.evidence_folder;
    let export = fs::read(folder.join(format!("statements/{}.json", compiled.export))).unwrap();
    let export = Envelope::parse(&export).unwrap();
    let export = Statement::<Export>::verify(&export, &world.vault.organisation()).unwrap();
    assert_eq!(export.subject_digest(), Some(compiled.dataset));
    assert_eq!(export.predicate.records, Digest::of(&fs::read(folder.join("records.jsonl")).unwrap()));
    let records: Vec<Record> = lines(folder.join("records.jsonl"));
    assert_eq!((export.predicate.record_count, compiled.counts.records), (8, 8));
    assert!(records.iter().enumerate().all(|(n, record)| record.record == n as u64));
    let openings: Vec<Opening> = lines(folder.join("openings.jsonl"));
    let opened = openings.iter().find(|opening| opening.statement == compiled.export).unwrap();
    let key = world.vault.log_verifier().unwrap().parse::<VerifierKey>().unwrap();
    let checkpoint = fs::read(folder.join("checkpoint")).unwrap();
    let checkpoint = Checkpoint::open(&checkpoint, &key, UnknownLines::Refuse).unwrap();
    assert!(checkpoint.size() > opened.leaf);
    assert!(openings.is_sorted_by(|a, b| a.leaf < b.leaf));
}

#[test]
fn after_a_withdrawal_a_new_version_without_the_records_supersedes_the_old_one() {
    let mut world = World::filled();
    let extra = "[split]\nseed = 1\ntrain = 50\nvalidation = 30\ntest = 20\n";
    let old = world.compile(&recipe(extra), USED, "old").unwrap();
    let other_recipe = world.compile(&recipe("max_steps = 7\n"), USED, "other").unwrap();
    assert_eq!((old.supersedes, other_recipe.supersedes), (None, None));
    world.withdraw();
    let new = world.compile(&recipe(extra), LATER, "new").unwrap();
    assert_eq!(new.supersedes, Some(old.dataset));
    let read = |compiled: &Compiled| lines::<Record>(compiled.evidence_folder.join("records.jsonl"));
    assert!(read(&old).iter().any(|record| record.session == world::session(0)));
    assert!(read(&new).iter().all(|record| record.session == world::session(1)));
    let manifest = fs::read(new.dataset_folder.join("manifest.json")).unwrap();
    let manifest: DatasetManifest = serde_json::from_slice(&manifest).unwrap();
    assert_eq!((manifest.sessions, manifest.steps), (1, 4));
    let views = world.vault.datasets(&world.charter.digest()).unwrap();
    let view = |dataset| views.iter().find(|view| view.dataset == dataset).unwrap();
    assert!(view(old.dataset).flagged_at.is_some() && view(new.dataset).flagged_at.is_none());
    assert_eq!(view(old.dataset).superseded_by, Some(new.dataset));
    assert_eq!(view(other_recipe.dataset).superseded_by, None);
    // Compiled a second time it replaces nothing: the old version has its successor.
    assert_eq!(world.compile(&recipe(extra), LATER, "again").unwrap().supersedes, None);
}

#[test]
fn evidence_made_again_covers_a_newer_checkpoint_and_the_same_records() {
    let mut world = World::filled();
    let compiled = world.compile(&recipe(""), USED, "a").unwrap();
    let folder = &compiled.evidence_folder;
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let before = (read("checkpoint"), read("records.jsonl"), read("manifest.json"), read("SEAL"));
    world.compile(&recipe("max_steps = 1\n"), USED, "b").unwrap();
    refresh_evidence(&world.vault, folder).unwrap();
    assert_eq!((before.1, before.2), (read("records.jsonl"), read("manifest.json")));
    assert_ne!((before.0, before.3), (read("checkpoint"), read("SEAL")));
    assert_eq!(read("checkpoint"), world.vault.checkpoint().unwrap().into_bytes());
    assert_eq!(fs::read_dir(world.place("a")).unwrap().count(), 2);
}

#[test]
fn evidence_of_changed_records_or_of_a_withdrawn_consent_is_not_made() {
    let mut world = World::filled();
    let compiled = world.compile(&recipe(""), USED, "a").unwrap();
    let records = compiled.evidence_folder.join("records.jsonl");
    let exact = fs::read(&records).unwrap();
    let write = |bytes: &[u8]| {
        use std::io::Write as _;
        fs::File::create(&records).unwrap().write_all(bytes).unwrap();
    };
    write(&exact[1..]);
    assert!(matches!(
        refresh_evidence(&world.vault, &compiled.evidence_folder),
        Err(CompileError::NotEvidence)
    ));
    write(&exact);
    world.withdraw();
    let before = paths(&world.place("a"));
    assert!(refresh_evidence(&world.vault, &compiled.evidence_folder).is_err());
    assert_eq!(paths(&world.place("a")), before);
}

#[test]
fn the_columns_of_a_filter_are_the_ones_that_its_page_lists() {
    let page = include_str!("../../../../docs/formats/recipe.md");
    let table = page.split("| column | type | |").nth(1).unwrap().split("\n\n").next().unwrap();
    let listed: Vec<&str> = table
        .lines()
        .skip(2)
        .flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2))
        .collect();
    let schema = candor_vault::steps_schema();
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(listed, columns);
}
