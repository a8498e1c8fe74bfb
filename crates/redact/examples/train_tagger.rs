//! Trains the fast tagger, and scores it.
//!
//! `cargo run --release -p candor-redact --example train_tagger -- train.jsonl … models/tagger.bin`
//!
//! Each line of a training file is `{"text", "spans": [{"start", "end", "type"}]}` with offsets in characters; texts
//! without spans teach what is no personal data. With `--test set.jsonl …` the last argument is read, not written.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use candor_model::FindingKind;
use candor_redact::{LISTS, Tagger, Trainer};

/// How often all texts are shown.
const ROUNDS: u32 = 4;
const SEED: u64 = 20_261_123;

type Failure = Box<dyn std::error::Error>;

struct Labelled {
    text: String,
    spans: Vec<(Range<usize>, FindingKind)>,
    /// Language and register, for the scores.
    groups: Vec<String>,
}

fn main() -> Result<(), Failure> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let weights = arguments.pop().ok_or("name the file of the weights last")?;
    if arguments.first().is_some_and(|argument| argument == "--test") {
        return test(arguments.get(1..).unwrap_or_default(), Path::new(&weights));
    }
    let mut texts = Vec::new();
    for path in &arguments {
        read(Path::new(path), &mut texts)?;
    }
    let bytes = trained(&texts)?;
    let beside = PathBuf::from(format!("{weights}.new"));
    let mut file = File::create(&beside)?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    fs::rename(&beside, &weights)?;
    println!("{} texts, {} bytes of weights", texts.len(), bytes.len());
    Ok(())
}

fn trained(texts: &[Labelled]) -> Result<Vec<u8>, Failure> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/tagger");
    let lists = LISTS.iter().map(|name| fs::read_to_string(folder.join(format!("{name}.txt"))));
    let mut trainer = Trainer::new(&lists.collect::<Result<Vec<_>, _>>()?, SEED);
    let mut chance = Chance(SEED);
    let mut order: Vec<usize> = (0..texts.len()).collect();
    for _ in 0..ROUNDS {
        for at in (1..order.len()).rev() {
            order.swap(at, chance.below(at + 1));
        }
        let mut order = order.iter().filter_map(|at| texts.get(*at));
        while let Some(first) = order.next() {
            let mut text =
                Labelled { text: first.text.clone(), spans: first.spans.clone(), groups: Vec::new() };
            if chance.below(100) < 30
                && let Some(next) = order.next()
            {
                append(&mut text, next, if chance.below(3) == 0 { " " } else { "\n" });
            }
            let text = recased(replaced(text, &mut chance), &mut chance);
            trainer.learn(&text.text, &text.spans);
        }
    }
    Ok(trainer.finish())
}

fn append(text: &mut Labelled, next: &Labelled, gap: &str) {
    text.text.push_str(gap);
    let offset = text.text.len();
    text.text.push_str(&next.text);
    text.spans.extend(next.spans.iter().map(|(r, kind)| (r.start + offset..r.end + offset, *kind)));
}

/// In one text of ten some finds are placeholders already, as they are when a text is looked at again.
fn replaced(text: Labelled, chance: &mut Chance) -> Labelled {
    if chance.below(10) > 0 {
        return text;
    }
    let mut out = Labelled { text: String::new(), spans: Vec::new(), groups: Vec::new() };
    let mut start = 0;
    for (range, kind) in &text.spans {
        out.text.push_str(text.text.get(start..range.start).unwrap_or_default());
        let found = text.text.get(range.clone()).unwrap_or_default();
        if chance.below(2) == 0 {
            let number = 1 + chance.below(12);
            out.text.extend(["[", kind.label(), "_", &number.to_string(), "]"]);
        } else {
            out.spans.push((out.text.len()..out.text.len() + found.len(), *kind));
            out.text.push_str(found);
        }
        start = range.end.max(start);
    }
    out.text.push_str(text.text.get(start..).unwrap_or_default());
    out
}

/// One text in eight is written small, one in twenty-five in capitals, as people do.
fn recased(text: Labelled, chance: &mut Chance) -> Labelled {
    let other = match chance.below(100) {
        0..12 => text.text.to_lowercase(),
        12..16 => text.text.to_uppercase(),
        _ => return text,
    };
    // Where a letter changes its length the offsets would lie.
    let same = other.chars().map(char::len_utf8).eq(text.text.chars().map(char::len_utf8));
    if same { Labelled { text: other, ..text } } else { text }
}

fn read(path: &Path, texts: &mut Vec<Labelled>) -> Result<(), Failure> {
    for line in BufReader::new(File::open(path)?).lines() {
        let line: serde_json::Value = serde_json::from_str(&line?)?;
        let text = line.get("text").and_then(|text| text.as_str()).ok_or("a line without text")?.to_owned();
        let bytes: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let mut spans = Vec::new();
        for span in line.get("spans").and_then(|spans| spans.as_array()).into_iter().flatten() {
            let at = |name: &str| {
                usize::try_from(span.get(name)?.as_u64()?).ok().and_then(|at| bytes.get(at).copied())
            };
            let (Some(start), Some(end)) = (at("start"), at("end")) else {
                return Err("a span outside".into());
            };
            let label = span.get("type").and_then(|label| label.as_str()).unwrap_or_default();
            let kind = FindingKind::ALL.into_iter().find(|kind| kind.label() == label);
            spans.push((start..end, kind.unwrap_or(FindingKind::Unknown)));
        }
        spans.sort_by_key(|(range, _)| range.start);
        let group = |name: &str| line.get(name)?.as_str().map(|value| format!("{name} {value}"));
        let groups = ["language", "register"].into_iter().filter_map(group).collect();
        texts.push(Labelled { text, spans, groups });
    }
    Ok(())
}

/// Characters and spans of one group.
#[derive(Default)]
struct Score {
    gold: usize,
    masked: usize,
    both: usize,
    characters: usize,
    clean: usize,
    clean_hit: usize,
    spans: usize,
    leaked: usize,
}

fn test(sets: &[String], weights: &Path) -> Result<(), Failure> {
    let tagger = Tagger::read(&fs::read(weights)?)?;
    let leanings: &[i16] =
        if sets.iter().any(|set| set == "--curve") { &[-16, -8, 0, 8, 16, 24] } else { &[0] };
    for set in sets.iter().filter(|set| !set.starts_with("--")) {
        let mut texts = Vec::new();
        read(Path::new(set), &mut texts)?;
        for leaning in leanings {
            println!("{set}, leaning {leaning}: the kinds of the tagger alone");
            let mut scores: BTreeMap<String, Score> = BTreeMap::new();
            for text in &texts {
                score(text, &tagger.spans(&text.text, *leaning), &mut scores);
            }
            for (group, score) in &scores {
                print(group, score);
            }
        }
        if sets.iter().any(|set| set == "--show") {
            show(&texts, &tagger);
        }
    }
    Ok(())
}

fn is_ours(kind: FindingKind) -> bool {
    use FindingKind as K;
    matches!(
        kind,
        K::Person
            | K::Organisation
            | K::Location
            | K::Address
            | K::JobTitle
            | K::Nationality
            | K::Date
            | K::Age
    )
}

fn score(text: &Labelled, found: &[(Range<usize>, &'static str)], scores: &mut BTreeMap<String, Score>) {
    let masked = |at: usize| found.iter().any(|(range, _)| range.contains(&at));
    let mut sum = Score::default();
    for (at, _) in text.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        let gold = text.spans.iter().find(|(range, _)| range.contains(&at));
        // What the rules are for counts neither way.
        if gold.is_some_and(|(_, kind)| !is_ours(*kind)) {
            continue;
        }
        sum.characters += 1;
        sum.gold += usize::from(gold.is_some());
        sum.masked += usize::from(masked(at));
        sum.both += usize::from(gold.is_some() && masked(at));
    }
    sum.clean = usize::from(text.spans.is_empty());
    sum.clean_hit = usize::from(text.spans.is_empty() && !found.is_empty());
    for group in text.groups.iter().map(String::as_str).chain(["all"]) {
        let score = scores.entry(group.to_owned()).or_default();
        score.gold += sum.gold;
        score.masked += sum.masked;
        score.both += sum.both;
        score.characters += sum.characters;
        score.clean += sum.clean;
        score.clean_hit += sum.clean_hit;
    }
    for (range, kind) in text.spans.iter().filter(|(_, kind)| is_ours(*kind)) {
        let characters =
            || text.text.char_indices().filter(|(at, c)| range.contains(at) && !c.is_whitespace());
        let left = characters().filter(|(at, _)| !masked(*at)).count();
        let (gold, both) = (characters().count(), characters().count() - left);
        for group in text.groups.iter().map(String::as_str).chain(["all"]) {
            let score = scores.entry(group.to_owned()).or_default();
            score.spans += 1;
            score.leaked += usize::from(left * 10 > gold);
        }
        let score = scores.entry(format!("type {}", kind.label())).or_default();
        score.gold += gold;
        score.both += both;
        score.spans += 1;
        score.leaked += usize::from(left * 10 > gold);
    }
}

fn print(group: &str, score: &Score) {
    #[expect(clippy::cast_precision_loss, reason = "counts of a test set")]
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    let (p, r) = (share(score.both, score.masked), share(score.both, score.gold));
    let f2 = if p + r > 0.0 { 5.0 * p * r / (4.0 * p + r) } else { 0.0 };
    let clean = score.characters.saturating_sub(score.gold);
    println!(
        "  {group:24} P {p:.3} R {r:.3} F2 {f2:.3} leak {:.3} of {:5} FP/1k {:6.1} clean hit {:.3} of {}",
        share(score.leaked, score.spans),
        score.spans,
        1000.0 * share(score.masked.saturating_sub(score.both), clean),
        share(score.clean_hit, score.clean),
        score.clean
    );
}

/// Prints what was missed and what was hit by mistake.
fn show(texts: &[Labelled], tagger: &Tagger) {
    for text in texts {
        let found = tagger.spans(&text.text, 0);
        let overlaps = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
        let part = |range: &Range<usize>| text.text.get(range.clone()).unwrap_or_default().to_owned();
        let missed = text
            .spans
            .iter()
            .filter(|(r, kind)| is_ours(*kind) && !found.iter().any(|(f, _)| overlaps(r, f)));
        let missed: Vec<_> = missed.map(|(r, kind)| format!("-{}:{}", kind.label(), part(r))).collect();
        let wrong = found.iter().filter(|(f, _)| !text.spans.iter().any(|(r, _)| overlaps(r, f)));
        let wrong: Vec<_> = wrong.map(|(r, label)| format!("+{label}:{}", part(r))).collect();
        if missed.len() + wrong.len() > 0 {
            println!("{missed:?} {wrong:?} in {:?}", text.text);
        }
    }
}

/// `SplitMix64` (Steele et al. 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ z >> 31) % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}
