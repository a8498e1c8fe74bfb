//! The budgets, measured. Each benchmark gives a value and a baseline from the same run, so that a figure means something
//! on another machine; `docs/benchmarks.md` keeps the figures with the command that repeats them.
#![expect(clippy::print_stdout, reason = "a command-line tool talks on its terminal")]

#[path = "../../crates/candor/tests/support/browser.rs"]
mod browser;
mod build;
mod demo;
mod frame;
mod page;
mod recorder;
mod text;
mod timing;

use anyhow::{Result, bail};
use clap::Parser;
use serde::Serialize;

#[derive(Parser)]
struct Arguments {
    /// Names of benchmarks; all when none is given.
    names: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Print the names and stop.
    #[arg(long)]
    list: bool,
}

/// What a budget asks of a value.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Wants {
    /// The value is at most the budget.
    AtMost,
    /// The value is at least the budget.
    AtLeast,
}

/// One measured budget.
#[derive(Debug, Clone, Serialize)]
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    /// What the value is held against, measured in the same run.
    baseline: f64,
    baseline_is: &'static str,
    /// Value by baseline.
    ratio: f64,
    wants: Wants,
    budget: f64,
    holds: bool,
}

/// A benchmark that has not been run yet.
struct Benchmark {
    name: &'static str,
    run: fn() -> Result<Measured>,
    unit: &'static str,
    baseline_is: &'static str,
    wants: Wants,
    budget: f64,
}

/// What a run gives.
struct Measured {
    value: f64,
    baseline: f64,
}

const BENCHMARKS: [Benchmark; 28] = [
    Benchmark {
        name: "redact-text",
        run: text::redact,
        unit: "MB/s on one core",
        baseline_is: "SHA-256 of the same text, MB/s",
        wants: Wants::AtLeast,
        budget: 20.0,
    },
    Benchmark {
        name: "redact-rules",
        run: text::rules,
        unit: "MB/s on one core",
        baseline_is: "SHA-256 of the same text, MB/s",
        wants: Wants::AtLeast,
        budget: 100.0,
    },
    Benchmark {
        name: "redact-standard",
        run: text::standard,
        unit: "kB/s on one core",
        baseline_is: "kB/s of the profile fast on the same texts",
        wants: Wants::AtLeast,
        budget: 7.0,
    },
    Benchmark {
        name: "redact-frame",
        run: frame::whole,
        unit: "ms",
        baseline_is: "ms to write the same frame as PNG",
        wants: Wants::AtMost,
        budget: 1000.0,
    },
    Benchmark {
        name: "redact-frame-strict",
        run: frame::strict,
        unit: "ms",
        baseline_is: "ms to write the same frame as PNG",
        wants: Wants::AtMost,
        budget: 200.0,
    },
    Benchmark {
        name: "redact-frame-mask",
        run: frame::mask,
        unit: "ms",
        baseline_is: "ms to write the same frame as PNG",
        wants: Wants::AtMost,
        budget: 200.0,
    },
    Benchmark {
        name: "redact-frame-line",
        run: frame::line,
        unit: "ms",
        baseline_is: "ms to write the same frame as PNG",
        wants: Wants::AtMost,
        budget: 60.0,
    },
    Benchmark {
        name: "redact-frame-unchanged",
        run: frame::unchanged,
        unit: "ms",
        baseline_is: "ms to write the same frame as PNG",
        wants: Wants::AtMost,
        budget: 2.0,
    },
    Benchmark {
        name: "page",
        run: page::first_paint,
        unit: "ms to the first paint of 2,000 steps",
        baseline_is: "ms of a page of one sentence",
        wants: Wants::AtMost,
        budget: 300.0,
    },
    Benchmark {
        name: "page-scroll",
        run: page::scroll,
        unit: "ms, 95th percentile of frame times while 2,000 steps are scrolled through",
        baseline_is: "ms of a page that stands still",
        wants: Wants::AtMost,
        budget: 34.0,
    },
    Benchmark {
        name: "demo",
        run: demo::play,
        unit: "s",
        baseline_is: "s to read and hash every file that it leaves",
        wants: Wants::AtMost,
        budget: 60.0,
    },
    Benchmark {
        name: "verify",
        run: demo::verify,
        unit: "s",
        baseline_is: "s to read and hash the same files",
        wants: Wants::AtMost,
        budget: 1.0,
    },
    Benchmark {
        name: "agent-binary",
        run: build::agent_binary,
        unit: "MB",
        baseline_is: "MB of the binary with every role",
        wants: Wants::AtMost,
        budget: 25.0,
    },
    Benchmark {
        name: "agent-build",
        run: build::agent_cold,
        unit: "min, cold",
        baseline_is: "min to build the model room cold",
        wants: Wants::AtMost,
        budget: 4.0,
    },
    Benchmark {
        name: "build",
        run: build::all_cold,
        unit: "min, cold",
        baseline_is: "min to build the model room cold",
        wants: Wants::AtMost,
        budget: 20.0,
    },
    Benchmark {
        name: "recorder-cpu",
        run: recorder::processor,
        unit: "% of a core at an action a second, without the reading of frames",
        baseline_is: "% that the desktop needs for the same work without it",
        wants: Wants::AtMost,
        budget: 2.5,
    },
    Benchmark {
        name: "recorder-reading",
        run: recorder::reading,
        unit: "% of a core for the reading of frames, at an action a second",
        baseline_is: "% that the desktop needs for the same work without it",
        wants: Wants::AtMost,
        budget: 25.0,
    },
    Benchmark {
        name: "recorder-system",
        run: recorder::system,
        unit: "% of a core, with what it causes in others",
        baseline_is: "% that the desktop needs for the same work without it",
        wants: Wants::AtMost,
        budget: 5.0,
    },
    Benchmark {
        name: "recorder-idle",
        run: recorder::idle,
        unit: "% of a core while nobody does anything",
        baseline_is: "% of its own at an action a second",
        wants: Wants::AtMost,
        budget: 0.1,
    },
    Benchmark {
        name: "recorder-memory",
        run: recorder::memory,
        unit: "MB at most, without what the reading of a frame takes in a program of its own",
        baseline_is: "MB of that program",
        wants: Wants::AtMost,
        budget: 100.0,
    },
    Benchmark {
        name: "recorder-stored",
        run: recorder::stored,
        unit: "MB in an hour of ordinary work",
        baseline_is: "MB as one picture of the screen for each action",
        wants: Wants::AtMost,
        budget: 40.0,
    },
    Benchmark {
        name: "recorder-uploaded",
        run: recorder::uploaded,
        unit: "MB that are sent if an hour of ordinary work is released",
        baseline_is: "MB as one picture of the screen for each action",
        wants: Wants::AtMost,
        budget: 40.0,
    },
    Benchmark {
        name: "recorder-peer",
        run: recorder::beside_a_peer,
        unit: "% of a core at an action a second",
        baseline_is: "% of openadapt-capture, where CANDOR_PEER names it",
        wants: Wants::AtMost,
        budget: 2.5,
    },
    Benchmark {
        name: "recorder-peer-stored",
        run: recorder::stored_beside_a_peer,
        unit: "MB in an hour of ordinary work",
        baseline_is: "MB of openadapt-capture with pictures, where CANDOR_PEER names it",
        wants: Wants::AtMost,
        budget: 40.0,
    },
    Benchmark {
        name: "recorder-halt",
        run: recorder::halt,
        unit: "ms from a halt until the recorder is halted, at most",
        baseline_is: "ms of the command that halts",
        wants: Wants::AtMost,
        budget: 1000.0,
    },
    Benchmark {
        name: "recorder-frame",
        run: recorder::frame,
        unit: "ms, median",
        baseline_is: "ms to copy as many bytes",
        wants: Wants::AtMost,
        budget: 25.0,
    },
    Benchmark {
        name: "recorder-gate",
        run: recorder::gate,
        unit: "ms, median",
        baseline_is: "ms to hash a kilobyte",
        wants: Wants::AtMost,
        budget: 1.0,
    },
    Benchmark {
        name: "recorder-tree",
        run: recorder::tree,
        unit: "ms at most, of a sheet of LibreOffice Calc",
        baseline_is: "ms at most, of a text editor",
        wants: Wants::AtMost,
        budget: 250.0,
    },
];

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if arguments.list {
        for benchmark in &BENCHMARKS {
            println!("{}", benchmark.name);
        }
        return Ok(());
    }
    if let Some(unknown) =
        arguments.names.iter().find(|name| BENCHMARKS.iter().all(|b| b.name != name.as_str()))
    {
        bail!("there is no benchmark {unknown}; --list shows them");
    }
    let chosen =
        |b: &&Benchmark| arguments.names.is_empty() || arguments.names.iter().any(|name| name == b.name);
    let figures = BENCHMARKS.iter().filter(chosen).map(figure).collect::<Result<Vec<_>>>()?;
    tell(&figures, arguments.json)
}

fn figure(benchmark: &Benchmark) -> Result<Figure> {
    let Measured { value, baseline } = (benchmark.run)()?;
    let holds = match benchmark.wants {
        Wants::AtMost => value <= benchmark.budget,
        Wants::AtLeast => value >= benchmark.budget,
    };
    Ok(Figure {
        name: benchmark.name,
        value,
        unit: benchmark.unit,
        baseline,
        baseline_is: benchmark.baseline_is,
        ratio: value / baseline,
        wants: benchmark.wants,
        budget: benchmark.budget,
        holds,
    })
}

fn tell(figures: &[Figure], as_json: bool) -> Result<()> {
    if as_json {
        println!("{}", serde_json::to_string_pretty(figures)?);
        return Ok(());
    }
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header(["name", "value", "unit", "baseline", "ratio", "budget", "holds"]);
    for f in figures {
        let wants = match f.wants {
            Wants::AtMost => "at most",
            Wants::AtLeast => "at least",
        };
        table.add_row([
            f.name.to_owned(),
            format!("{:.3}", f.value),
            f.unit.to_owned(),
            format!("{:.3} {}", f.baseline, f.baseline_is),
            format!("{:.3}", f.ratio),
            format!("{wants} {}", f.budget),
            if f.holds { "yes" } else { "NO" }.to_owned(),
        ]);
    }
    println!("{table}");
    Ok(())
}
