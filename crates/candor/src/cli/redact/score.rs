//! `candor redact score`: how much of what labelled texts mark is masked, and what is masked besides.
//!
//! Everything is counted in characters, and any mask counts, whatever kind it says: what matters is whether the text
//! still tells. `tally` counts; this file reads, prints and holds the figures against floors.

mod tally;

use std::collections::BTreeMap;
use std::path::PathBuf;

use candor_model::Entropy;
use candor_redact::{Lists, Raw, Span, TextMarker};
use serde::{Deserialize, Serialize};

use self::tally::{Figures, Leaks, Tally};
use super::{Looking, floors, stream};
use crate::ambient::SystemEntropy;
use crate::cli::Session;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::output;

/// What to score.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Labelled texts, one a line: {"id","text","spans":[{"start","end","type"}],"language","register"}.
    gold: PathBuf,
    #[command(flatten)]
    looking: Looking,
    /// Figures that must be reached (TOML); if one is not, the exit code is 3.
    #[arg(long, value_name = "FILE")]
    floors: Option<PathBuf>,
    /// Threads to use; as many as there are cores if not said.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// A labelled text.
#[derive(Deserialize)]
struct Gold {
    text: String,
    spans: Vec<Label>,
    #[serde(default)]
    language: String,
    #[serde(default)]
    register: String,
}

/// A marked place, in Unicode characters.
#[derive(Deserialize)]
struct Label {
    start: usize,
    end: usize,
    r#type: String,
}

/// What must be reached. A figure that is not named has no floor.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Floors {
    recall_min: Option<f64>,
    precision_min: Option<f64>,
    f2_min: Option<f64>,
    false_per_1000_max: Option<f64>,
    clean_hit_max: Option<f64>,
    /// Share of spans that leak, by type.
    #[serde(default)]
    leak_max: BTreeMap<String, f64>,
}

/// The whole result.
#[derive(Serialize)]
struct Scored {
    profile: String,
    texts: u64,
    all: Figures,
    leak: BTreeMap<String, Leaks>,
    language: BTreeMap<String, Figures>,
    register: BTreeMap<String, Figures>,
    /// Floors that are not reached.
    below: Vec<String>,
}

/// Runs `candor redact score`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let floors: Floors = floors::read(arguments.floors.as_deref())?;
    let text = std::fs::read_to_string(&arguments.gold)
        .because(Kind::BadInput, &format!("read {}", arguments.gold.display()))?;
    let tallies = tallied(session, arguments, &text)?;
    let all = tallies.all.figures();
    let leak: BTreeMap<_, _> = tallies.all.leaks();
    floors.can_fail(&leak)?;
    let below = floors.below(&all, &leak);
    let figures = |by: &BTreeMap<String, Tally>| by.iter().map(|(k, t)| (k.clone(), t.figures())).collect();
    let scored = Scored {
        profile: arguments.looking.profile.name().to_owned(),
        texts: tallies.all.texts,
        all,
        leak,
        language: figures(&tallies.language),
        register: figures(&tallies.register),
        below,
    };
    output::show(session.json, &scored, words);
    floors::held(&scored.below)
}

#[derive(Default)]
struct Tallies {
    all: Tally,
    language: BTreeMap<String, Tally>,
    register: BTreeMap<String, Tally>,
}

fn tallied(session: &Session, arguments: &Arguments, text: &str) -> Outcome<Tallies> {
    let models = arguments.looking.models(session)?;
    let worker = || {
        let lists: Lists = arguments.looking.lists()?;
        let key = SystemEntropy.bytes_32();
        let mut marker = TextMarker::new(arguments.looking.profile, &models, lists, key)
            .because(Kind::BadInput, "start the redaction")?;
        Ok(move |(number, line): (usize, &str)| marked(&mut marker, number, line))
    };
    let workers = (0..stream::threads(arguments.threads)).map(|_| worker()).collect::<Outcome<Vec<_>>>()?;
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let mut tallies = Tallies::default();
    stream::in_order(
        workers,
        move || Ok(lines.next()),
        |scored: Outcome<(Gold, Vec<Span>)>| {
            let (gold, found) = scored?;
            tallies.all.count(&gold, &found);
            tallies.language.entry(gold.language.clone()).or_default().count(&gold, &found);
            tallies.register.entry(gold.register.clone()).or_default().count(&gold, &found);
            Ok(())
        },
    )?;
    Ok(tallies)
}

fn marked(marker: &mut TextMarker, number: usize, line: &str) -> Outcome<(Gold, Vec<Span>)> {
    let gold: Gold = serde_json::from_str(line)
        .because(Kind::BadInput, &format!("read line {} of the labelled texts", number + 1))?;
    let characters = gold.text.chars().count();
    if gold.spans.iter().any(|span| span.start > span.end || span.end > characters) {
        let message = format!("line {} marks a place outside its text", number + 1);
        return Err(Failure::new(Kind::BadInput, message));
    }
    let found = marker.mark(Raw::seal(gold.text.clone())).spans;
    Ok((gold, found))
}

impl Floors {
    /// A floor of a kind that no text marks would hold whatever is found.
    fn can_fail(&self, leak: &BTreeMap<String, Leaks>) -> Outcome {
        let Some(kind) = self.leak_max.keys().find(|kind| !leak.contains_key(*kind)) else { return Ok(()) };
        Err(Failure::new(Kind::BadInput, format!("no text marks the type {kind}, and a floor asks for it")))
    }

    /// Which floors are not reached, in words.
    fn below(&self, all: &Figures, leak: &BTreeMap<String, Leaks>) -> Vec<String> {
        const PLACES: usize = 4;
        let low = [
            ("recall", all.recall, self.recall_min),
            ("precision", all.precision, self.precision_min),
            ("f2", all.f2, self.f2_min),
        ];
        let high = [
            ("false_per_1000", all.false_per_1000, self.false_per_1000_max),
            ("clean_hit", all.clean_hit, self.clean_hit_max),
        ];
        let leaked = |kind: &String| leak.get(kind).map_or(1.0, |leaks| leaks.share);
        let leaks = self.leak_max.iter().map(|(kind, max)| (kind.as_str(), leaked(kind), Some(*max)));
        let low = low.into_iter().filter_map(|(name, is, min)| floors::at_least(name, is, min, PLACES));
        let high = high.into_iter().chain(leaks);
        low.chain(high.filter_map(|(name, is, max)| floors::at_most(name, is, max, PLACES))).collect()
    }
}

/// The figures for people.
fn words(scored: &Scored) -> String {
    let row = |name: &str, f: &Figures| {
        vec![
            name.to_owned(),
            f.texts.to_string(),
            format!("{:.3}", f.recall),
            format!("{:.3}", f.precision),
            format!("{:.3}", f.f2),
            format!("{:.1}", f.false_per_1000),
            format!("{:.3}", f.clean_hit),
        ]
    };
    let mut rows = vec![row("all", &scored.all)];
    let parts = scored.language.iter().chain(&scored.register).filter(|(name, _)| !name.is_empty());
    rows.extend(parts.map(|(name, figures)| row(name, figures)));
    let header = ["", "texts", "recall", "precision", "F2", "false per 1,000", "clean texts hit"];
    let figures = output::table(&header, rows);
    let leak = |(kind, leaks): (&String, &Leaks)| {
        vec![kind.clone(), leaks.spans.to_string(), leaks.leaked.to_string(), format!("{:.3}", leaks.share)]
    };
    let leaks = output::table(&["type", "spans", "leaked", "share"], scored.leak.iter().map(leak));
    let below = floors::words(&scored.below);
    format!("profile {}, {} texts\n\n{figures}\n\n{leaks}{below}", scored.profile, scored.texts)
}
