//! The dataset card: `README.md`, for the people who train with the dataset, with the header that Hugging Face reads.
//!
//! It is a function of the recipe, the charter and the counts: no time, no machine, no name of a person (P15, P6).

use std::fmt::Write as _;

use candor_model::{Digest, PurposeId};

use crate::counts::Counts;
use crate::recipe::{Format, Recipe};
use crate::shard;

/// What the charter says that the card repeats.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// Digest of the charter's bytes.
    pub(crate) charter: Digest,
    /// The program's title.
    pub(crate) title: String,
    /// Who is responsible.
    pub(crate) controller: String,
    /// The purpose.
    pub(crate) purpose: PurposeId,
    /// The purpose in words.
    pub(crate) statement: String,
    /// Purposes that are forbidden, by their names in the Data Privacy Vocabulary.
    pub(crate) prohibited: Vec<String>,
}

/// The card.
pub(crate) fn card(recipe: &Recipe, terms: &Terms, counts: &Counts) -> String {
    [
        header(recipe, counts),
        purpose(recipe, terms),
        contents(recipe, counts),
        redaction(counts),
        limits(counts),
        withdrawal(),
    ]
    .concat()
}

/// YAML that names the Parquet file of each split, so that the hub and `load_dataset` read those and nothing else.
/// Every text in it is a JSON string, which YAML 1.2 reads as it stands.
fn header(recipe: &Recipe, counts: &Counts) -> String {
    let name = serde_json::Value::from(recipe.name());
    let mut yaml = format!(
        "---\npretty_name: {name}\nlicense: other\nlicense_name: one-purpose-only\nsize_categories:\n- {}\ntags:\n- computer-use\n- gui-agents\n- consented\n",
        size_category(counts.records)
    );
    if recipe.formats().contains(&Format::Parquet) {
        yaml.push_str("configs:\n- config_name: default\n  data_files:\n");
        for split in counts.splits.keys() {
            let _ = write!(yaml, "  - split: {split}\n    path: {}\n", shard::path(*split));
        }
    }
    yaml.push_str("---\n");
    yaml
}

const fn size_category(records: u64) -> &'static str {
    match records {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        _ => "100K<n<1M",
    }
}

fn purpose(recipe: &Recipe, terms: &Terms) -> String {
    let forbidden: Vec<_> = terms.prohibited.iter().map(|p| format!("- `{}`", one_line(p))).collect();
    let forbidden = forbidden.join("\n");
    format!(
        "# {}\n\nRecorded work on computers, given by people who agreed to it, for one purpose.\n\n\
        ## Purpose\n\nThis dataset may be used for one purpose only, `{}`:\n\n> {}\n\n\
        It was collected under the charter \"{}\" of {} (SHA-256 `{}`). The people who gave it agreed to this purpose \
        and may end their consent at any time.\n\n\
        These purposes are forbidden by the charter, whatever else is agreed:\n\n{forbidden}\n\n\
        It must not be used to score, rank, identify or watch the people who recorded it.\n\n",
        recipe.name(),
        terms.purpose,
        one_line(&terms.statement),
        one_line(&terms.title),
        one_line(&terms.controller),
        terms.charter
    )
}

fn contents(recipe: &Recipe, counts: &Counts) -> String {
    let mut text = format!(
        "## Contents\n\n{} steps of {} sessions, {} of them with a frame: an action, the screen before it, and what it went to.\n\n\
        | file | what it holds |\n| --- | --- |\n\
        | `steps.jsonl` | line n is record n: the step in the exact bytes that its contributor released |\n\
        | `images/` | the frame of each record, as released |\n",
        counts.records, counts.sessions, counts.frames
    );
    if recipe.formats().contains(&Format::Parquet) {
        text.push_str("| `data/` | the same steps and frames as Parquet, one file per split |\n");
    }
    if recipe.formats().contains(&Format::AgentNet) {
        text.push_str(
            "| `agentnet/` | one trajectory per line in the shape of AgentNet, images by relative path |\n",
        );
    }
    text.push_str(
        "| `lineage.parquet` | record, session, ordinal, split, file, row |\n\
        | `recipe.toml` | what was asked for |\n\
        | `manifest.json` | the SHA-256 of every other file; its own SHA-256 names this version |\n\n",
    );
    table(&mut text, "split", counts.splits.iter().map(|(k, n)| (k.name(), *n)));
    table(&mut text, "application", counts.apps.iter().map(|(k, n)| (k.as_str(), *n)));
    table(&mut text, "action", counts.actions.iter().map(|(k, n)| (k.as_str(), *n)));
    text
}

fn table<'k>(text: &mut String, what: &str, rows: impl Iterator<Item = (&'k str, u64)>) {
    let _ = write!(text, "| {what} | records |\n| --- | ---: |\n");
    for (name, records) in rows {
        let _ = writeln!(text, "| {name} | {records} |");
    }
    text.push('\n');
}

fn redaction(counts: &Counts) -> String {
    let mut text = "## How it was collected\n\n\
        Each person chose what to give: a recording of their own work that they started and could pause, or one that they had and \
        imported. What the charter does not name was refused before a pixel was read. Personal data was taken out on their own \
        device; they then looked at what was left and released it, or did not.\n\n\
        Redacted by:\n\n"
        .to_owned();
    for (profile, version, rules) in &counts.redactors {
        let _ = writeln!(
            text,
            "- profile `{}`, version `{}`, rules `{rules}`",
            one_line(profile),
            one_line(version)
        );
    }
    text.push_str(
        "\nTaken out of the sessions that these records come from:\n\n| kind | times |\n| --- | ---: |\n",
    );
    for (kind, times) in &counts.findings {
        let _ = writeln!(text, "| {} | {times} |", kind.label());
    }
    text.push('\n');
    text
}

fn limits(counts: &Counts) -> String {
    format!(
        "## Limits\n\n\
        - Redaction finds most personal data, not all. If you see any, stop, do not copy it, and tell the organisation.\n\
        - People chose what to record and release, so this is not a fair sample of their work.\n\
        - Steps are missing where a person, a rule or the recipe left them out: two records that follow each other may not \
        have followed each other on the screen. `ordinal` and `monotonic_us` show it.\n\
        - {} records have no `code`: what was typed was not kept, or the vocabulary has no word for it.\n\
        - Scroll amounts are wheel notches where the device counts them, and otherwise the device's own unit: `step` names it.\n\
        - There are no thoughts, reflections or scores: nobody wrote them, and none were invented.\n\
        - Parts are split by contributor: nobody stands in two of them.\n\n",
        counts.without_code
    )
}

fn withdrawal() -> String {
    "## When somebody withdraws\n\n\
    A person may withdraw at any time. The organisation then destroys the keys of what they gave, flags every version that holds \
    it, and compiles a new version without it; the evidence of the new version names the one that it supersedes. When this version \
    is flagged:\n\n\
    1. Stop training with it, and delete this folder, every copy and every cache of it.\n\
    2. Take the version that supersedes it. `lineage.parquet` of both shows which sessions are gone.\n\
    3. Report the training runs and models that used this version, by the SHA-256 of `manifest.json`.\n\n\
    A model that was trained before is not changed by any of this. The people were told so before they agreed.\n"
        .to_owned()
}

/// The text of a charter inside one line of the card: no line of it can end a quotation or begin a heading.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Split;

    fn made(formats: &str, title: &str) -> String {
        let recipe =
            format!("version = 1\nname = \"forms\"\npurpose = \"form-filling\"\nformats = {formats}\n");
        let recipe = Recipe::parse(recipe.as_bytes()).unwrap();
        let terms = Terms { title: title.to_owned(), ..crate::testing::terms() };
        let counts = Counts { records: 3, splits: [(Split::Test, 3)].into(), ..Counts::default() };
        card(&recipe, &terms, &counts)
    }

    #[test]
    fn the_header_names_the_parquet_files_and_nothing_else() {
        let card = made("[\"parquet\", \"agentnet\"]", "t");
        let header = card.split("---\n").nth(1).unwrap();
        assert!(header.contains("  - split: test\n    path: data/test-00000-of-00001.parquet\n"), "{header}");
        assert!(!header.contains("train") && !header.contains("jsonl"), "{header}");
        assert!(!made("[]", "t").contains("configs:"));
    }

    #[test]
    fn a_forbidden_purpose_and_the_way_to_act_on_a_withdrawal_are_in_every_card() {
        let card = made("[]", "t");
        assert!(card.contains("- `dpv:EmployeeMonitoring`"), "{card}");
        assert!(card.contains("## When somebody withdraws"));
    }

    #[test]
    fn a_charter_cannot_write_headings_into_the_card() {
        assert!(!made("[]", "a\n\n# Free for all").contains("\n# Free"));
    }
}
