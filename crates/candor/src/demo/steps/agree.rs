//! Step 2: two people read the notice and agree to what they choose.

use super::super::cast::{AGREED, ANNA, BEN};
use super::super::stage::{Stage, text};
use crate::exit::Outcome;

const FIELDS: [&str; 6] = ["pointer", "typed_text", "hotkeys", "window_title", "frame", "tree"];

/// Each reads, chooses and gets a receipt.
pub(crate) fn play(stage: &mut Stage) -> Outcome {
    stage.say("\n2. Two contributors read the notice. It was made from the charter, so it cannot promise less than is collected.");
    let notice = stage.types(ANNA, &["consent", "notice"])?;
    stage.found.notice = text(&notice, "digest").unwrap_or_default();
    let first_lines: Vec<String> = text(&notice, "text")
        .unwrap_or_default()
        .lines()
        .take(6)
        .map(|line| format!("   | {line}"))
        .collect();
    stage.say(&first_lines.join("\n"));
    stage.say("   | ...");
    give(stage, ANNA, &["browser", "text-editor"])?;
    stage.say("   Anna agrees to one purpose of two, and to two apps of three. She does not give her name: a key stands for her.");
    give(stage, BEN, &["browser", "text-editor", "libreoffice-calc"])?;
    stage.say("   Ben agrees to the same purpose and to all three apps. Both hold a receipt with the text that they saw.");
    Ok(())
}

fn give(stage: &Stage, person: &str, apps: &[&str]) -> Outcome {
    let mut words = vec!["consent", "give", "--notice", &stage.found.notice, "--purpose", AGREED];
    words.extend(apps.iter().flat_map(|app| ["--app", app]));
    words.extend(FIELDS.iter().flat_map(|field| ["--field", field]));
    stage.types(person, &words)?;
    Ok(())
}
