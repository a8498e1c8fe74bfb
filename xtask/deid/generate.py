"""Writes labelled text in the registers that computers show, one JSON object a line.

    python xtask/deid/generate.py --split train --count 60000 --seed 1 > train.jsonl

The two splits share no template and no name, town, street, organisation or job (see `pools.py`). The same arguments give
the same bytes. A template is a line of `templates/<register>.<language>.txt`; its id is the file's name and a hash of the
line, so that adding one leaves the others where they are. `\\n` and `\\t` in a line are a line break and a tab.
"""

import argparse
import hashlib
import json
import pathlib
import random
import re
import sys

import pools
import variants
from slots import Filler

HERE = pathlib.Path(__file__).parent
SLOT = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)?(?::[A-Za-z0-9-]*)?)\}")
# Shares of the languages: English is what interfaces and logs are written in everywhere.
WEIGHTS = {"en": 40, "de": 14, "fr": 11, "es": 10, "it": 8, "nl": 9, "pt": 8}
CLEAN_SHARE = 0.36
JOIN_SHARE = 0.16
# Personal data stands among plain lines on a screen.
BESIDE_SHARE = 0.12
TEST_TEMPLATES = 72
PERSONAL = {
    "person",
    "email",
    "org",
    "city",
    "country",
    "region",
    "place",
    "street",
    "address",
    "postcode",
    "title",
    "nationality",
    "secret",
    "url",
    "dob",
    "date",
    "datetext",
    "age",
    "phone",
    "iban",
    "card",
    "ip",
    "id",
    "password",
}


class Template:
    """One line of a template file, cut at its slots."""

    def __init__(self, register, language, line):
        self.register, self.language = register, language
        self.id = f"{register}.{language}-{hashlib.sha256(line.encode()).hexdigest()[:8]}"
        text = line.replace("\\n", "\n").replace("\\t", "\t")
        self.parts = SLOT.split(text)
        self.clean = not any(slot.split(":")[0].split(".")[0] in PERSONAL for slot in self.parts[1::2])
        self.test = hashlib.sha256(self.id.encode()).digest()[0] < TEST_TEMPLATES

    def pieces(self, filler):
        """The text in pieces, each with its kind or none."""
        found = []
        for place, part in enumerate(self.parts):
            found += filler.fill(part) if place % 2 else [(part, None)]
        return [piece for piece in found if piece[0]]


def templates(split):
    """The templates of a split, by language, those with personal data and those without."""
    found = {language: {False: [], True: []} for language in pools.LANGUAGES}
    for path in sorted((HERE / "templates").rglob("*.txt")):
        register, language = path.stem.rsplit(".", 1)
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("# "):
                continue
            template = Template(register, language, line)
            if template.test == (split == "test"):
                found[language][template.clean].append(template)
    return found


def by_register(listed):
    """The templates grouped, so that each register has its share however many lines it has."""
    groups = {}
    for template in listed:
        groups.setdefault(template.register, []).append(template)
    return groups


def drawn(rng, groups):
    """A template: registers weigh by the root of their size."""
    names = sorted(groups)
    register = rng.choices(names, [len(groups[name]) ** 0.6 for name in names])[0]
    return rng.choice(groups[register])


def text_of(rng, groups, clean, split):
    """One labelled text; `clean` are the templates that may stand beside it."""
    template = drawn(rng, groups)
    chosen = [template]
    if rng.random() < BESIDE_SHARE and clean:
        chosen.insert(rng.choice([0, 1]), drawn(rng, clean))
    if rng.random() < JOIN_SHARE:
        siblings = groups[template.register]
        chosen += [rng.choice(siblings) for _ in range(rng.choice([1, 1, 2]))]
    join = rng.choice(["\n", " "]) if template.register in variants.PROSE else "\n"
    filler = Filler(rng, template.language, split)
    pieces = []
    for place, one in enumerate(chosen):
        pieces += ([(join, None)] if place else []) + one.pieces(filler)
        filler.people = {} if rng.random() < 0.7 else filler.people
    pieces = variants.varied(rng, template.register, pieces)
    return labelled(pieces, template, [one.id for one in chosen])


def labelled(pieces, template, ids):
    """The pieces as one text with spans; offsets count Unicode characters."""
    text, spans = "", []
    for words, kind in pieces:
        if kind:
            spans.append({"start": len(text), "end": len(text) + len(words), "type": kind})
        text += words
    return {
        "text": text,
        "spans": spans,
        "language": template.language,
        "register": template.register,
        "template": "+".join(ids),
    }


def generate(split, count, seed):
    """Yields so many labelled texts, none twice."""
    rng = random.Random(f"deid {split} {seed}")
    groups = {
        language: {clean: by_register(listed) for clean, listed in both.items()}
        for language, both in templates(split).items()
    }
    languages = [language for language in pools.LANGUAGES if groups[language][False]]
    seen, number = set(), 0
    while number < count:
        language = rng.choices(languages, [WEIGHTS[one] for one in languages])[0]
        clean = rng.random() < CLEAN_SHARE and bool(groups[language][True])
        entry = text_of(rng, groups[language][clean], groups[language][True], split)
        if entry["text"] in seen and rng.random() < 0.98:
            continue
        seen.add(entry["text"])
        number += 1
        yield {"id": f"{split}-{number:06d}", **entry}


def main():
    """Reads the arguments and writes the lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--split", choices=["train", "test"], required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for entry in generate(arguments.split, arguments.count, arguments.seed):
        sys.stdout.write(json.dumps(entry, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
