"""What people and programs do to a text after it is worded: case, lost accents, typing slips, no punctuation."""

import pools

PROSE = {"mail", "chat", "prose", "notes", "medical", "hr", "social", "ticket", "search"}
# Kinds whose letters carry meaning: a token in capitals is another token.
EXACT = {"SECRET", "URL", "IBAN", "ID", "IP"}
LOWER_SHARE = {"chat": 0.35, "search": 0.5, "social": 0.15, "ticket": 0.1, "code": 0.0, "terminal": 0.0, "log": 0.02}
UPPER_SHARE = {"form": 0.10, "table": 0.08, "invoice": 0.08, "code": 0.0, "log": 0.0, "terminal": 0.0, "path": 0.0}


def varied(rng, register, pieces):
    """The pieces as one of the ways in which they come along."""
    dice = rng.random()
    lower, upper = LOWER_SHARE.get(register, 0.05), UPPER_SHARE.get(register, 0.04)
    if dice < lower:
        pieces = cased(pieces, str.lower)
    elif dice < lower + upper:
        pieces = cased(pieces, str.upper)
    if rng.random() < 0.08:
        pieces = [
            (pools.ascii_of(words) if kind in ("PERSON", "LOCATION", "ADDRESS", None) else words, kind)
            for words, kind in pieces
        ]
    if register in ("chat", "search", "social") and rng.random() < 0.25:
        pieces = [(bare(words) if kind is None else words, kind) for words, kind in pieces]
    if register in PROSE and rng.random() < 0.12:
        pieces = [(slipped(rng, words) if kind is None else words, kind) for words, kind in pieces]
    return [piece for piece in pieces if piece[0]]


def cased(pieces, change):
    """Every piece in one case, where its letters may change."""
    return [(words if kind in EXACT else change(words), kind) for words, kind in pieces]


def bare(words):
    """The words without punctuation."""
    return "".join(c for c in words if c not in ".,!?;:")


def slipped(rng, words):
    """The words with one slip of the fingers, if they are long enough to hold one."""
    if len(words) < 8:
        return words
    place = rng.randrange(1, len(words) - 2)
    if not words[place : place + 2].isalpha():
        return words
    return rng.choice(
        [
            words[:place] + words[place + 1] + words[place] + words[place + 2 :],
            words[:place] + words[place + 1 :],
            words[:place] + words[place] + words[place:],
        ]
    )
