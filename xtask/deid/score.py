"""Scores predicted spans against labelled text.

    python xtask/deid/score.py gold.jsonl predictions.jsonl [--where language=en]

A prediction line is `{"id", "spans": [{"start", "end", ...}]}`; offsets count Unicode characters. What is measured is the
mask, not the type: a character is right if it is personal data and masked. A gold span leaks when more than a tenth of
its characters is left. A text without gold spans is clean; it is hit when anything in it is masked. The result is JSON.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict

LEFT_SHARE_MAX = 0.1


def read(path):
    """The lines of a file as objects."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def mask(spans, length):
    """Which characters the spans cover."""
    covered = bytearray(length)
    for span in spans:
        start, end = max(0, span["start"]), min(length, span["end"])
        if start < end:
            covered[start:end] = b"\x01" * (end - start)
    return covered


class Tally:
    """The sums of one group of texts."""

    def __init__(self):
        self.sums = Counter()
        self.spans, self.leaks = Counter(), Counter()

    def add(self, gold, covered):
        """Counts one text."""
        truth = mask(gold["spans"], len(gold["text"]))
        hits = sum(a & b for a, b in zip(truth, covered))
        self.sums.update(
            texts=1,
            characters=len(gold["text"]),
            personal=sum(truth),
            masked=sum(covered),
            right=hits,
            clean=not gold["spans"],
            clean_hit=not gold["spans"] and any(covered),
        )
        for span in gold["spans"]:
            length = span["end"] - span["start"]
            left = length - sum(covered[span["start"] : span["end"]])
            self.spans[span["type"]] += 1
            self.leaks[span["type"]] += left > LEFT_SHARE_MAX * length

    def report(self, detail=False):
        """The figures."""
        s = self.sums
        precision, recall = ratio(s["right"], s["masked"]), ratio(s["right"], s["personal"])
        figures = {
            "texts": s["texts"],
            "spans": sum(self.spans.values()),
            "precision": precision,
            "recall": recall,
            "f2": (
                ratio(5 * precision * recall, 4 * precision + recall)
                if precision is not None and recall is not None
                else None
            ),
            "false_per_1000": ratio(1000 * (s["masked"] - s["right"]), s["characters"] - s["personal"]),
            "false_per_1000_of_all": ratio(1000 * (s["masked"] - s["right"]), s["characters"]),
            "leaked": ratio(sum(self.leaks.values()), sum(self.spans.values())),
            "clean_texts": s["clean"],
            "clean_hit": ratio(s["clean_hit"], s["clean"]),
        }
        if detail:
            figures["leaked_by_type"] = {
                kind: {"spans": n, "leaked": ratio(self.leaks[kind], n)} for kind, n in sorted(self.spans.items())
            }
        return figures


def ratio(part, whole):
    """A share to four places, or none of nothing."""
    return round(part / whole, 4) if whole else None


def score(gold, predictions):
    """The whole report."""
    by_id = {line["id"]: line["spans"] for line in predictions}
    missing = [line["id"] for line in gold if line["id"] not in by_id]
    if missing:
        sys.exit(f"no prediction for {len(missing)} texts, the first is {missing[0]}")
    total, groups = Tally(), {"language": defaultdict(Tally), "register": defaultdict(Tally)}
    for line in gold:
        covered = mask(by_id[line["id"]], len(line["text"]))
        total.add(line, covered)
        for name, tallies in groups.items():
            tallies[line.get(name, "")].add(line, covered)
    return {
        "all": total.report(detail=True),
        **{f"by_{name}": {key: tallies[key].report() for key in sorted(tallies)} for name, tallies in groups.items()},
    }


def main():
    """Reads the arguments and prints the report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gold")
    parser.add_argument("predictions")
    parser.add_argument(
        "--where", action="append", default=[], help="keep gold lines whose field has this value: field=value"
    )
    arguments = parser.parse_args()
    gold = read(arguments.gold)
    for condition in arguments.where:
        field, _, value = condition.partition("=")
        gold = [line for line in gold if line.get(field) == value]
    json.dump(score(gold, read(arguments.predictions)), sys.stdout, indent=1, ensure_ascii=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
