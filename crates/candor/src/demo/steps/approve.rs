//! Step 1: four people decide what may be collected.

use std::path::Path;

use super::super::cast::{RESEARCHER, SIGNERS};
use super::super::stage::{Stage, text};
use crate::durable;
use crate::exit::{Because, Kind, Outcome};

const DOCUMENTS: [(&str, &str); 4] = [
    ("dpia", include_str!("../documents/dpia.md")),
    ("consultation", include_str!("../documents/consultation.md")),
    ("security-review", include_str!("../documents/security-review.md")),
    ("freely-given-assessment", include_str!("../documents/freely-given-assessment.md")),
];

/// The steward drafts, four sign, the pilot starts.
pub(crate) fn play(stage: &mut Stage) -> Outcome {
    stage.say("1. The steward decides what may be collected, and cannot decide it alone.");
    draft(stage)?;
    attach_documents(stage)?;
    let draft = stage.path("draft").display().to_string();
    let proposed = stage.types("priya", &["program", "propose", &draft])?;
    stage.found.program = text(&proposed, "program").unwrap_or_default();
    stage.say("   A charter names purposes, apps, sites, limits and what is never captured. Its digest is the program's name.");
    let early =
        stage.is_refused("priya", &["program", "start", "--reason", "a start before the signatures"])?;
    stage.say(&format!("   Started before anybody signed? Refused: {early}"));
    for (person, role, name) in SIGNERS {
        stage
            .types(person, &["program", "sign", "--role", role, "--reason", "read, discussed and agreed"])?;
        stage.say(&format!("   signed: {name} ({role})"));
    }
    stage.types("priya", &["program", "start", "--reason", "all four have signed"])?;
    let policy = stage.path("people/audrey/policy.toml");
    stage.types("audrey", &["program", "policy", "--out", &policy.display().to_string()])?;
    stage.found.policy = Some(policy);
    stage.say("   The pilot runs. Any one of the four can stop it; only all four can start it again.");
    Ok(())
}

fn draft(stage: &Stage) -> Outcome {
    let mut signers = Vec::new();
    for (person, role, name) in SIGNERS {
        let key = new_key(stage, person)?;
        signers.extend(["--signer".to_owned(), format!("{role}={name}={key}")]);
    }
    let recipient = new_key(stage, RESEARCHER)?;
    let folder = stage.path("draft").display().to_string();
    let mut words =
        vec!["program", "draft", &folder, "--title", "Form assistant pilot", "--recipient", &recipient];
    words.extend(["--controller", "Example Works", "--address", "Example Street 1, Example Town"]);
    words.extend(["--contact", "privacy@example.org", "--authority", "Example Data Protection Authority"]);
    words.extend(signers.iter().map(String::as_str));
    stage.types("priya", &words)?;
    edit(&stage.path("draft/charter.toml"), stage.found.live_seconds.is_some())
}

fn new_key(stage: &Stage, person: &str) -> Outcome<String> {
    let key = stage.types(person, &["key", "new"])?;
    Ok(text(&key, "public").unwrap_or_default())
}

/// Text editors that people have on their own desktops, by their window classes.
const EDITORS: &str =
    "\"Mousepad\", \"mousepad\", \"Gedit\", \"gedit\", \"kate\", \"Pluma\", \"pluma\", \"Xed\", \"xed\"";

/// What this steward changes in the template: one more site, what others wrote only where it is recognised, so that a spreadsheet
/// can be seen, no two days of waiting, since a demo has none, and for a desktop that nobody has seen more text editors than one.
fn edit(charter: &Path, live: bool) -> Outcome {
    let text = std::fs::read_to_string(charter).because(Kind::BadInput, "read the draft")?;
    let text = text
        .replace("cooling_off_hours = 48 ", "cooling_off_hours = 0 ")
        .replace("bystander_rule = \"masked\"", "bystander_rule = \"recognised\"")
        .replace("\"forms.example.test\"]", "\"forms.example.test\", \"chat.example.test\"]");
    let text = if live { text.replace("\"Mousepad\", \"mousepad\"", EDITORS) } else { text };
    durable::write_private(charter, text.as_bytes()).because(Kind::Storage, "write the draft")
}

fn attach_documents(stage: &Stage) -> Outcome {
    let draft = stage.path("draft").display().to_string();
    for (kind, document) in DOCUMENTS {
        let file = stage.path("people/priya").join(format!("{kind}.md"));
        durable::write_private(&file, document.as_bytes()).because(Kind::Storage, "write a document")?;
        stage.types("priya", &["program", "attach", &draft, kind, &file.display().to_string()])?;
    }
    Ok(())
}
