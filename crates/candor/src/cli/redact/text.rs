//! `candor redact text`: text in, text without personal data out, of any size, in the order that it came.

mod input;

use std::io::{BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use candor_model::{Entropy, FindingKind};
use candor_redact::{
    Marked, OtherLines, Profile, Raw, SURROGATE_KINDS, Seams, Searched, TableHeads, TextMarker, TextSearcher,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::input::{Lines, Piece, Texts};
use super::{Looking, searcher, stream};
use crate::agent::interrupt::Interrupt;
use crate::ambient::SystemEntropy;
use crate::cli::Session;
use crate::durable::Growing;
use crate::exit::{Because, Failure, Kind, Outcome};
use crate::output::talk;

/// What to read, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// File to read; standard input if none is named.
    file: Option<PathBuf>,
    #[command(flatten)]
    looking: Looking,
    /// Read {"id","text"} a line, and write {"id","spans":[{"start","end","type"}],"text"} a line, in the same order.
    /// Places count Unicode characters.
    #[arg(long)]
    jsonl: bool,
    /// Surrogates for these kinds instead of placeholders: things of the same shape that belong to nobody (person, email,
    /// phone, card, iban, ip, date; or all).
    #[arg(long, value_name = "KIND,...", value_delimiter = ',', value_parser = kinds)]
    surrogates: Vec<Kinds>,
    /// File to write, readable by you only; it has its name when it is whole. Standard output if none is named.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Threads to use; as many as there are cores if not said.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

/// A line of input. Other fields, such as the labels of a test set, are passed over.
#[derive(Deserialize)]
struct Line {
    id: Value,
    text: String,
}

/// A line of output.
#[derive(Serialize)]
struct Answer<'a> {
    id: &'a Value,
    spans: Vec<Place>,
    text: &'a str,
}

/// A span as scorers read it.
#[derive(Serialize)]
struct Place {
    start: usize,
    end: usize,
    r#type: &'static str,
    /// Only told where it is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    surrogate: bool,
}

/// Kinds that one word names.
type Kinds = &'static [FindingKind];

fn kinds(name: &str) -> Result<Kinds, String> {
    if name.eq_ignore_ascii_case("all") {
        return Ok(&SURROGATE_KINDS);
    }
    let named =
        SURROGATE_KINDS.chunks(1).find(|kind| kind.iter().any(|k| k.label().eq_ignore_ascii_case(name)));
    named.ok_or_else(|| {
        let known: Vec<String> = SURROGATE_KINDS.iter().map(|kind| kind.label().to_lowercase()).collect();
        format!("there are surrogates for {} and all", known.join(", "))
    })
}

/// Runs `candor redact text`.
pub(crate) fn run(session: &Session, arguments: &Arguments) -> Outcome {
    let models = arguments.looking.models(session)?;
    let threads = stream::threads(arguments.threads);
    let searchers: Vec<TextSearcher> =
        (0..threads).map(|_| searcher(&arguments.looking, &models)).collect::<Outcome<_>>()?;
    let key = SystemEntropy.bytes_32();
    let marker = TextMarker::new(Profile::Fast, &models, candor_redact::Lists::default(), key)
        .because(Kind::BadInput, "start the redaction")?
        .with_surrogates(arguments.surrogates.iter().copied().flatten().copied())
        .because(Kind::BadInput, "choose the surrogates")?;
    let (input, bar) = opened(arguments)?;
    let out = Output::open(arguments.output.as_deref())?;
    let piece_bytes = match arguments.looking.profile {
        Profile::Fast => input::PIECE_BYTES_FAST,
        Profile::Standard | Profile::Strict => input::PIECE_BYTES_MODEL,
    };
    if arguments.jsonl {
        jsonl(searchers, marker, Lines::new(input, piece_bytes), out, &bar)
    } else {
        plain(searchers, marker, Texts::new(input, piece_bytes), out, &bar)
    }
}

/// The input, and a bar that shows how far it is read: on a terminal, unless the output is shown there too.
fn opened(arguments: &Arguments) -> Outcome<(BufReader<Box<dyn Read + Send>>, ProgressBar)> {
    let mut bytes = None;
    let input: Box<dyn Read + Send> = match &arguments.file {
        None => Box::new(std::io::stdin()),
        Some(path) => {
            let doing = format!("read {}", path.display());
            let file = std::fs::File::open(path).because(Kind::BadInput, &doing)?;
            bytes = file.metadata().ok().map(|metadata| metadata.len());
            Box::new(file)
        }
    };
    let bar = if arguments.output.is_none() && std::io::stdout().is_terminal() {
        ProgressBar::hidden()
    } else {
        bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new)
    };
    if let Ok(style) = ProgressStyle::with_template("   {bytes} of text, {bytes_per_sec}") {
        bar.set_style(style);
    }
    Ok((BufReader::with_capacity(input::READ_BYTES, input), bar))
}

fn plain(
    searchers: Vec<TextSearcher>,
    mut marker: TextMarker,
    mut texts: Texts<impl Read + Send>,
    mut out: Output,
    bar: &ProgressBar,
) -> Outcome {
    let work = |searcher: TextSearcher| {
        move |(piece, heads): (Piece, Option<TableHeads>)| {
            let Piece { text, again, shared } = piece;
            let bytes = text.len() - again;
            (bytes, again, shared, searcher.search_piece(Raw::seal(text), heads.as_ref()))
        }
    };
    let (mut heads, mut seams, mut surrogates) = (None, Seams::default(), 0_usize);
    let mut others = OtherLines::default();
    let written = stream::in_order(
        searchers.into_iter().map(work).collect(),
        || {
            let Some(piece) = texts.next()? else { return Ok(None) };
            let after = TableHeads::at_end(&piece.text, heads.as_ref());
            Ok(Some((piece, std::mem::replace(&mut heads, after))))
        },
        |(bytes, again, shared, searched)| {
            bar.inc(bytes as u64);
            let searched = seams.join(searched, again, shared);
            others += searched.other_lines();
            let left = marker.name(searched);
            surrogates += left.spans.iter().filter(|span| span.is_surrogate).count();
            out.write(left.text.as_bytes())
        },
    );
    out.end(written)?;
    if surrogates > 0 {
        talk(&format!("note: {surrogates} names and numbers in the output are surrogates, and nobody's"));
    }
    tell_of_others(others);
    if texts.replaced() > 0 {
        talk(&format!("note: {} places were no UTF-8, and are U+FFFD in the output", texts.replaced()));
    }
    Ok(())
}

/// Says of how many lines no model knows the language or reads the script: once a run, since scorers read what is written.
fn tell_of_others(others: OtherLines) {
    let lines = |n: usize, one: &str, more: &str| {
        if n == 1 { format!("1 line {one}") } else { format!("{n} lines {more}") }
    };
    if others.languages > 0 {
        let lines = lines(others.languages, "is", "are");
        talk(&format!(
            "note: {lines} in a language that the models do not know, and masked as in the strict profile (rule language.other)"
        ));
    }
    if others.scripts > 0 {
        let lines = lines(others.scripts, "has", "have");
        talk(&format!(
            "note: {lines} words in a script that the models do not read; these words are masked whole (rule language.unread)"
        ));
    }
}

/// A batch of lines after search; the first that is broken ends it.
type Batch = (Vec<(Value, Searched)>, Option<Failure>);

fn jsonl(
    searchers: Vec<TextSearcher>,
    mut marker: TextMarker,
    mut lines: Lines<impl Read + Send>,
    mut out: Output,
    bar: &ProgressBar,
) -> Outcome {
    let work = |searcher: TextSearcher| {
        move |(number, bytes): (u64, Vec<u8>)| (bytes.len(), searched(&searcher, number, &bytes))
    };
    let mut others = OtherLines::default();
    let written = stream::in_order(
        searchers.into_iter().map(work).collect(),
        || lines.next(),
        |(bytes, batch): (_, Batch)| {
            bar.inc(bytes as u64);
            for (id, searched) in batch.0 {
                others += searched.other_lines().of_a_record();
                out.write(answer(&id, &marker.name(searched))?.as_bytes())?;
            }
            batch.1.map_or(Ok(()), Err)
        },
    );
    out.end(written)?;
    tell_of_others(others);
    Ok(())
}

/// Searches lines, of which the first has this number.
fn searched(searcher: &TextSearcher, first: u64, bytes: &[u8]) -> Batch {
    let mut done = Vec::new();
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').zip(first..);
    for (line, number) in lines.filter(|(line, _)| !line.trim_ascii().is_empty()) {
        match serde_json::from_slice::<Line>(line) {
            Ok(Line { id, text }) => done.push((id, searcher.search(Raw::seal(text)))),
            Err(error) => return (done, Some(broken(number, &error))),
        }
    }
    (done, None)
}

/// What is wrong with a line, without what it says.
fn broken(number: u64, error: &serde_json::Error) -> Failure {
    let what = match error.classify() {
        serde_json::error::Category::Data => {
            "has not the fields \"id\" and \"text\", or one is of another type"
        }
        serde_json::error::Category::Eof => "ends early",
        serde_json::error::Category::Io | serde_json::error::Category::Syntax => "is no JSON",
    };
    let column = error.column();
    Failure::new(Kind::BadInput, format!("line {number} {what} (column {column})"))
        .hint(format!("every line before it is redacted; mend it, and start again from line {number}"))
}

fn answer(id: &Value, marked: &Marked) -> Outcome<String> {
    let place = |span: &candor_redact::Span| Place {
        start: span.start,
        end: span.end,
        r#type: span.kind.label(),
        surrogate: span.is_surrogate,
    };
    let answer = Answer { id, spans: marked.spans.iter().map(place).collect(), text: &marked.text };
    let mut line = serde_json::to_string(&answer).because(Kind::Unexpected, "write a line")?;
    line.push('\n');
    Ok(line)
}

/// Where the output goes, in large pieces.
enum Output {
    Standard(BufWriter<std::io::Stdout>),
    /// Ctrl-C ends the work, and leaves no half of the file.
    File(BufWriter<Growing>, Interrupt),
}

impl Output {
    fn open(path: Option<&Path>) -> Outcome<Self> {
        let Some(path) = path else {
            return Ok(Self::Standard(BufWriter::with_capacity(input::READ_BYTES, std::io::stdout())));
        };
        let file = Growing::begin(path).because(Kind::Storage, &format!("write {}", path.display()))?;
        Ok(Self::File(BufWriter::with_capacity(input::READ_BYTES, file), Interrupt::watch()?))
    }

    fn write(&mut self, bytes: &[u8]) -> Outcome {
        let written = match self {
            Self::Standard(out) => out.write_all(bytes),
            Self::File(_, interrupt) if interrupt.came() => {
                return Err(Failure::new(Kind::Interrupted, "the work was stopped"));
            }
            Self::File(out, _) => out.write_all(bytes),
        };
        written.because(Kind::Storage, "write the output")
    }

    /// Ends it: what was written before a failure stays on standard output, and not in a file.
    fn end(self, written: Outcome) -> Outcome {
        const WRITE: &str = "write the output";
        match self {
            Self::Standard(mut out) => out.flush().because(Kind::Storage, WRITE).and(written),
            Self::File(out, _) => {
                written.map_err(|failure| failure.hint("no file was written"))?;
                let file = out.into_inner().map_err(std::io::IntoInnerError::into_error);
                file.and_then(Growing::finish).because(Kind::Storage, WRITE)
            }
        }
    }
}
