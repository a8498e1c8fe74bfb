"""Postal addresses, in the order in which each language writes them. Every part is a span of its own."""

import pools
from figures import NUMBERS

AFTER = {
    "en": [
        "Street",
        "Road",
        "Avenue",
        "Lane",
        "Drive",
        "Close",
        "Court",
        "Way",
        "Place",
        "St",
        "Rd",
        "Ave",
        "Dr",
        "Blvd",
        "Terrace",
        "Crescent",
        "Gardens",
        "Ln",
        "St.",
        "Ave.",
        "Square",
    ],
    "de": [
        "straße",
        "straße",
        "straße",
        "str.",
        "weg",
        "allee",
        "platz",
        "gasse",
        "ring",
        "strasse",
        " Straße",
        "damm",
        "ufer",
    ],
    "nl": ["straat", "straat", "weg", "laan", "plein", "gracht", "kade", "singel", "hof", "pad", "dreef"],
}
BEFORE = {
    "fr": [
        "rue",
        "rue",
        "avenue",
        "boulevard",
        "place",
        "impasse",
        "chemin",
        "allée",
        "quai",
        "Rue",
        "Avenue",
        "bd",
        "av.",
    ],
    "es": [
        "Calle",
        "calle",
        "C/",
        "Avenida",
        "Av.",
        "Avda.",
        "Plaza",
        "Paseo",
        "Camino",
        "Carrera",
        "Ronda",
        "Travesía",
    ],
    "it": ["Via", "via", "Viale", "Corso", "Piazza", "Vicolo", "Largo", "P.za", "V.le", "Piazzale", "Strada"],
    "pt": ["Rua", "rua", "Avenida", "Av.", "Praça", "Travessa", "Largo", "R.", "Estrada", "Alameda"],
}
STATES = [
    "AL",
    "AZ",
    "CA",
    "CO",
    "CT",
    "FL",
    "GA",
    "IL",
    "IN",
    "KY",
    "MA",
    "MD",
    "MI",
    "MN",
    "MO",
    "NC",
    "NJ",
    "NV",
    "NY",
    "OH",
    "OR",
    "PA",
    "TN",
    "TX",
    "UT",
    "VA",
    "WA",
    "WI",
]


def number(rng, language):
    """A house number."""
    plain = str(
        rng.choice([rng.randrange(1, 60), rng.randrange(1, 300), rng.randrange(100, 9900 if language == "en" else 400)])
    )
    extra = {
        "de": ["a", " b", "c", "/2"],
        "nl": ["A", "-2", " bis", "b"],
        "fr": [" bis", " ter", "B"],
        "en": ["A", "B"],
        "it": ["/A", "/B", " bis"],
        "es": [" bis", "B"],
        "pt": ["-A", "B"],
    }
    return plain + (rng.choice(extra[language]) if rng.random() < 0.12 else "")


def street(rng, language, split, form=""):
    """A street with its number, or alone where the form is `name`."""
    stem = rng.choice(pools.words("places.txt", f"street.{language}", split))
    if rng.random() < 0.25:
        culture = rng.choice(pools.HOME[language])
        stem = rng.choice(pools.family(culture, split)) + ("-" if language == "de" else "")
        stem = (
            f"{rng.choice(pools.given(culture, split))} {stem}" if language in BEFORE and rng.random() < 0.6 else stem
        )
    if language in AFTER:
        suffix = rng.choice(AFTER[language])
        if language == "de" and stem.endswith("er") or stem.endswith("-"):
            name = stem + suffix.strip().title() if stem.endswith("-") else f"{stem} {suffix.strip().title()}"
        else:
            name = f"{stem} {suffix}" if language == "en" else f"{stem}{suffix}"
    else:
        name = f"{rng.choice(BEFORE[language])} {stem}"
    if form == "name":
        return name
    return with_number(rng, language, name)


def with_number(rng, language, name):
    """The street with a house number at the place the language gives it."""
    house = number(rng, language)
    if language == "en":
        unit = rng.choice(
            [
                "",
                "",
                "",
                "",
                f" Apt {rng.randrange(1, 99)}",
                f", Flat {rng.randrange(1, 40)}",
                f" Suite {rng.randrange(100, 900)}",
                f" #{rng.randrange(1, 80)}",
            ]
        )
        return f"Flat {rng.randrange(1, 30)}, {house} {name}" if rng.random() < 0.05 else f"{house} {name}{unit}"
    if language == "fr":
        return f"{house}{rng.choice([' ', ', '])}{name}"
    if language in ("es", "pt"):
        tail = rng.choice(
            [
                "",
                "",
                f", {rng.randrange(1, 9)}º {rng.choice('ABCD')}",
                f", {rng.randrange(1, 12)}.º Esq." if language == "pt" else f", {rng.randrange(1, 9)}º izq.",
                f", apto {rng.randrange(11, 190)}" if language == "pt" else "",
            ]
        )
        return f"{name}{rng.choice([', ', ' ', ', nº ' if language == 'pt' else ' nº '])}{house}{tail}"
    return f"{name}{', ' if language == 'it' and rng.random() < 0.5 else ' '}{house}"


def address(rng, language, split, city, country, form=""):
    """A whole address; `lines` breaks it as an envelope does."""
    gap = "\n" if form == "lines" else ", "
    first = [(street(rng, language, split), "ADDRESS"), (gap, None)]
    code, town = (NUMBERS["postcode"](rng, language, ""), "ADDRESS"), (city, "LOCATION")
    if language == "en":
        if len(code[0]) in (5, 10) and code[0][0].isdigit():
            rest = [town, (", ", None), (f"{rng.choice(STATES)} {code[0]}", "ADDRESS")]
        else:
            rest = [town, (gap if rng.random() < 0.4 else " ", None), code]
    elif language == "it":
        rest = [code, (" ", None), town, (" (", None), (city[:2].upper(), "ADDRESS"), (")", None)]
    else:
        rest = [code, (" ", None), town]
    if rng.random() < 0.15:
        rest += [(gap, None), (country, "LOCATION")]
    return first + rest
