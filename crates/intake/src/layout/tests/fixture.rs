//! The committed recordings are what the demo says they are: real, whole, and full of what must not get out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use candor_model::{Action, TreeState};
use serde::Deserialize;

use crate::recording::Content;
use crate::sample::{ALL, fixtures};
use crate::wanted::Wanted;
use crate::{Recording, SeenWindow};

const NAMES: [&str; 3] = ["mail-and-form", "spreadsheet", "chat-and-notes"];
const REPOSITORY_BYTES_MAX: u64 = 12 * 1024 * 1024;
const ALL_BUT_PIXELS: Wanted = Wanted { frame: false, ..ALL };

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Canary {
    kind: String,
    text: String,
    #[serde(rename = "where")]
    places: BTreeSet<String>,
}

fn open(name: &str) -> Recording {
    Recording::open(&fixtures().join("desktop").join(name)).unwrap()
}

fn contents(recording: &Recording) -> Vec<(SeenWindow, Content)> {
    recording.steps().map(|step| (step.front().clone(), step.content(ALL_BUT_PIXELS).unwrap())).collect()
}

fn canaries() -> Vec<Canary> {
    let bytes = std::fs::read(fixtures().join("canaries.json")).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// Everything that a stream says, by the name that `canaries.json` has for it.
fn said(name: &str) -> BTreeMap<String, String> {
    let about: serde_json::Value = serde_json::from_slice(
        &std::fs::read(fixtures().join("desktop").join(name).join("recording.json")).unwrap(),
    )
    .unwrap();
    let mut said = BTreeMap::from([(format!("{name}/task"), about["task"].as_str().unwrap().to_owned())]);
    let mut add = |stream: &str, text: &str| {
        let all = said.entry(format!("{name}/{stream}")).or_default();
        all.push_str(text);
        all.push('\0');
    };
    for (_, content) in contents(&open(name)) {
        add("title", content.title.as_deref().unwrap_or_default());
        if let Action::Type { text } = &content.action {
            add("typed", text);
        }
        for node in content.tree.unwrap().nodes {
            add("tree", node.name.as_deref().unwrap_or_default());
            add("tree", node.text.as_deref().unwrap_or_default());
        }
    }
    said
}

#[test]
fn the_recordings_are_about_a_hundred_steps_of_every_kind() {
    let contents: Vec<_> = NAMES.iter().flat_map(|name| contents(&open(name))).collect();
    assert!((95..=125).contains(&contents.len()), "{} steps", contents.len());
    let kinds: BTreeSet<_> = contents.iter().map(|(_, content)| content.action.kind()).collect();
    let expected = ["click", "drag", "hotkey", "scroll", "switch_window", "type", "wait"];
    assert_eq!(kinds, BTreeSet::from(expected));
    let clicks: BTreeSet<_> = contents
        .iter()
        .filter_map(|(_, content)| {
            let Action::Click { button, count, .. } = &content.action else { return None };
            Some((*button, *count))
        })
        .collect();
    assert!(clicks.len() >= 4, "{clicks:?}");
}

#[test]
fn every_tree_says_something_about_itself_and_most_are_complete() {
    let contents: Vec<_> = NAMES.iter().flat_map(|name| contents(&open(name))).collect();
    let states: Vec<_> = contents.iter().map(|(_, c)| c.tree.as_ref().unwrap().state).collect();
    let complete = states.iter().filter(|state| **state == TreeState::Complete).count();
    assert!(complete * 10 > states.len() * 8, "{complete} of {}", states.len());
    let is_sheet =
        |c: &Content| c.tree.as_ref().unwrap().nodes.iter().any(|n| n.role == "table" && n.unwalked);
    assert!(contents.iter().any(|(_, content)| is_sheet(content)), "no sheet is marked as not walked");
    let typed_into_password = |c: &Content| {
        let nodes = &c.tree.as_ref().unwrap().nodes;
        matches!(c.action, Action::Type { .. })
            && nodes.iter().any(|n| n.role == "password text" && n.focused)
    };
    assert!(contents.iter().any(|(_, content)| typed_into_password(content)));
}

#[test]
fn the_threat_is_real_each_canary_is_where_the_list_says() {
    let said: BTreeMap<_, _> = NAMES.iter().flat_map(|name| said(name)).collect();
    for canary in canaries() {
        assert!(
            canary.text.chars().count() >= 8,
            "a {} canary is short enough to occur by chance",
            canary.kind
        );
        assert!(!canary.places.is_empty(), "{} is nowhere", canary.text);
        for place in canary.places.iter().filter(|place| !place.ends_with("/frame")) {
            assert!(said[place].contains(&canary.text), "{} is not in {place}", canary.text);
        }
    }
}

#[test]
fn canaries_of_every_kind_are_planted() {
    let kinds: BTreeSet<_> = canaries().into_iter().map(|canary| canary.kind).collect();
    let needed = [
        "person",
        "email",
        "phone",
        "iban",
        "card",
        "password",
        "api_key",
        "login",
        "subject",
        "url_secret",
        "excluded_title",
        "excluded_text",
        "excluded_typed",
        "private_title",
        "private_text",
        "bystander_person",
        "bystander_text",
        "bystander_email",
        "bystander_phone",
        "bystander_iban",
        "unlisted_text",
        "unlisted_title",
        "title",
    ];
    assert_eq!(kinds, needed.map(str::to_owned).into());
}

#[test]
fn contexts_hold_no_canary() {
    for name in NAMES {
        let path = fixtures().join("desktop").join(name).join("contexts.jsonl");
        let contexts = std::fs::read_to_string(path).unwrap();
        for canary in canaries() {
            assert!(!contexts.contains(&canary.text), "{} is in the contexts of {name}", canary.text);
        }
    }
}

#[test]
fn the_gate_has_something_to_refuse() {
    let fronts: Vec<_> =
        NAMES.iter().flat_map(|name| contents(&open(name))).map(|(front, _)| front).collect();
    let count = |wanted: &dyn Fn(&candor_consent::Context<'_>) -> bool| {
        fronts.iter().filter(|front| wanted(&front.context())).count()
    };
    assert!(count(&|c| c.site == Some("health.example.test")) >= 4);
    assert!(count(&|c| c.private) >= 2);
    assert!(count(&|c| c.window_class == "Galculator") >= 2);
    assert!(count(&|c| c.window_class == "XTerm") >= 4);
    assert!(count(&|c| c.site == Some("mail.example.test")) >= 8);
    assert!(count(&|c| c.window_class == "libreoffice-calc") >= 20);
}

#[test]
fn an_unlisted_window_lies_over_a_listed_one() {
    let recording = open("spreadsheet");
    let covered = recording.steps().any(|step| {
        let classes: Vec<_> = step.windows().iter().map(|w| w.context().window_class.to_owned()).collect();
        step.front().context().window_class == "libreoffice-calc"
            && classes
                .iter()
                .skip_while(|class| *class != "libreoffice-calc")
                .any(|class| class == "Galculator")
    });
    assert!(covered);
}

#[test]
fn the_recordings_fit_the_repository() {
    fn bytes(path: &Path) -> u64 {
        let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
        entries.map(|e| if e.path().is_dir() { bytes(&e.path()) } else { e.metadata().unwrap().len() }).sum()
    }
    let bytes = bytes(&fixtures());
    assert!(bytes <= REPOSITORY_BYTES_MAX, "{bytes} bytes");
}

fn every_frame_decodes(name: &str) {
    let recording = open(name);
    for step in recording.steps() {
        let frame = step.content(ALL).unwrap().frame.unwrap();
        assert_eq!((frame.width(), frame.height()), (1280, 800));
        let first = frame.rgb().first();
        assert!(
            frame.rgb().iter().any(|byte| Some(byte) != first),
            "frame {} of {name} is blank",
            step.ordinal()
        );
    }
}

#[test]
fn every_frame_of_the_mail_decodes() {
    every_frame_decodes("mail-and-form");
}

#[test]
fn every_frame_of_the_sheet_decodes() {
    every_frame_decodes("spreadsheet");
}

#[test]
fn every_frame_of_the_chat_decodes() {
    every_frame_decodes("chat-and-notes");
}
