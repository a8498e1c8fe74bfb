"""Names of organisations, made up from parts, with a share of real ones that everybody knows."""

import re

import pools


def name(rng, language, split, form=""):
    """A name; the form `suffix` asks for a legal form, `public` for an authority, `short` for a bare name."""
    words = lambda key: pools.words("organisations.txt", key, split)
    stem, field, suffix = (
        rng.choice(words("stem")),
        rng.choice(words(f"field.{language}")),
        rng.choice(words(f"suffix.{language}")),
    )
    family = rng.choice(pools.family(rng.choice(pools.HOME[language]), split))
    if form == "public" or (form == "" and rng.random() < 0.28):
        return public(rng, language, split)
    if form == "short" or (form == "" and rng.random() < 0.12):
        return rng.choice([stem, rng.choice(words("known")), acronym(rng, split), coined(rng, split)])
    if form == "" and rng.random() < 0.16:
        return rng.choice(words("known"))
    core = rng.choice(
        [
            f"{stem} {field}",
            f"{stem} {field}",
            stem,
            f"{family} {field}",
            f"{family} & {rng.choice(pools.family(rng.choice(pools.HOME[language]), split))}",
            f"{stem} & {rng.choice(words('stem'))}",
            acronym(rng, split),
            coined(rng, split),
            f"{family} {field}" if language != "de" else f"{family} {field}",
            (
                f"{field} {stem}"
                if language in ("fr", "es", "it", "pt")
                else f"{stem}-{field}" if language == "de" else f"{stem} {field}"
            ),
        ]
    )
    if form == "suffix" or rng.random() < 0.45:
        return f"{suffix} {core}" if suffix in ("Groupe", "Grupo", "Gruppo", "Stichting") else f"{core} {suffix}"
    return core


def public(rng, language, split):
    """An authority, a school, a hospital, a club, a firm that bears a family's name."""
    pattern = rng.choice(pools.words("organisations.txt", f"public.{language}", split))
    culture = rng.choice(pools.HOME[language])
    pick = {
        "city": lambda: rng.choice(pools.cities(language, split)),
        "family": lambda: rng.choice(pools.family(culture, split)),
        "given": lambda: rng.choice(pools.given(culture, split)),
        "stem": lambda: rng.choice(pools.words("organisations.txt", "stem", split)),
        "ministry": lambda: rng.choice(pools.shared("organisations.txt", f"ministry.{language}")),
        "subject": lambda: rng.choice(pools.shared("organisations.txt", f"subject.{language}")),
    }
    return re.sub(r"\{(\w+)\}", lambda slot: pick[slot.group(1)](), pattern)


def acronym(rng, split):
    """Two to five capitals of the kind that firms and offices go by."""
    while True:
        letters = "".join(rng.choice("ABCDEFGHIKLMNOPRSTUVWZ") for _ in range(rng.choice([3, 3, 3, 4, 4])))
        if pools.is_test(letters) == (split == "test"):
            return letters


def coined(rng, split):
    """A coined word: `Velortech`, `Quantify`."""
    heads = pools.words("organisations.txt", "stem", split)
    return rng.choice(heads).split()[0][:5].rstrip("aeio") + rng.choice(
        [
            "soft",
            "tech",
            "ly",
            "ify",
            "base",
            "works",
            "ex",
            "ion",
            "ia",
            "data",
            "Soft",
            "Tech",
            "hub",
            "gen",
            "med",
            "pay",
        ]
    )
