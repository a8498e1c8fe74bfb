"""Builds `fixtures/deid/second.jsonl`: labelled text from sources that the generator has never seen.

    pip download --no-deps --dest DIR presidio-evaluator==0.3.2 django==5.2.8 spacy==3.8.18
    (cd DIR && apt-get download curl openssh-client)
    python xtask/deid/second.py DIR > fixtures/deid/second.jsonl

With spans: the sentence templates of presidio-evaluator (MIT), filled by Faker's own formats; spaCy's example sentences
(MIT), labelled by hand below; letterheads in Faker's formats, in 7 languages. Clean: interface strings of Django
(BSD-3-Clause) in 7 languages, its source code, and the manual pages of curl (curl licence) and OpenSSH (BSD), from Debian.
The sample people of presidio-evaluator are not used: they stand under a share-alike licence.
"""

import ast
import gzip
import io
import json
import pathlib
import random
import re
import subprocess
import sys
import tarfile
import zipfile

from faker import Faker

import pools

PER_TEMPLATE = 3
LOCALES = {
    "en": ["en_US", "en_GB", "en_AU", "en_CA"],
    "de": ["de_DE", "de_AT"],
    "fr": ["fr_FR", "fr_CA"],
    "es": ["es_ES", "es_MX"],
    "it": ["it_IT"],
    "nl": ["nl_NL", "nl_BE"],
    "pt": ["pt_PT", "pt_BR"],
}
# Templates that hold names of their own beside their slots, or slots that nothing fills.
SKIPPED = re.compile(
    r"Metallica|Blink-182|White Stripes|Entertainment Weekly|Zoolander|Princess Royal|European Union|ABC Business|Border Force|Zombie|\(\{street|\{street_name\} and|University of|Country Club|For my take|Article 50|Hobbits|Cautionary|Orchestra|\{\{person\}\} concert|Labor Day|hackers"
)
EXAMPLES = {
    "PERSON": ["Barack Obama", "Trump", "José de San Martín"],
    "LOCATION": [
        "San Francisco",
        "São Francisco",
        "United Kingdom",
        "United States",
        "U.K.",
        "London",
        "France",
        "Shenzhen",
        "Silicon Valley",
        "Deutschland",
        "Londres",
        "Royaume-Uni",
        "L’Italie",
        "La France",
        "États-Unis",
        "Londra",
        "Reino Unido",
        "Regno Unito",
        "Londen",
        "Verenigd Koninkrijk",
        "Argentina",
        "Europe",
    ],
    "ORGANISATION": ["Apple", "ArcelorMittal", "Amazon"],
    "NATIONALITY": ["deutsche ", "Schweizer", "anglaise", "francés"],
}


def kinds(faker, rng, split="test"):
    """What fills each slot of presidio-evaluator, with its kind."""
    name = lambda form="full": person(rng, split, form)
    domain = lambda: faker.domain_name()
    group = lambda: rng.choice(pools.words("groups.txt", "en", split))
    return {
        **{slot: (name, "PERSON") for slot in ("person", "name", "name_male", "name_female")},
        **{
            slot: (lambda: name("first"), "PERSON")
            for slot in ("first_name", "first_name_male", "first_name_female", "first_name_nonbinary")
        },
        **{slot: (lambda: name("last"), "PERSON") for slot in ("last_name", "last_name_male", "last_name_female")},
        **{
            slot: (lambda slot=slot: getattr(faker, slot)(), None)
            for slot in ("prefix", "prefix_male", "prefix_female", "year", "day_of_week")
        },
        "credit_card_number": (lambda: faker.credit_card_number(), "CARD"),
        "address": (lambda: faker.address().replace("\n", rng.choice(["\n", ", "])), "ADDRESS"),
        "iban": (lambda: faker.iban(), "IBAN"),
        "email": (lambda: faker.email(), "EMAIL"),
        "phone_number": (lambda: faker.phone_number(), "PHONE"),
        "country": (lambda: faker.country(), "LOCATION"),
        "city": (lambda: faker.city(), "LOCATION"),
        "street_name": (lambda: faker.street_name(), "ADDRESS"),
        "building_number": (lambda: faker.building_number(), "ADDRESS"),
        "secondary_address": (lambda: f"Apt. {rng.randrange(1, 900)}", "ADDRESS"),
        "postcode": (lambda: faker.postcode(), "ADDRESS"),
        "zipcode": (lambda: faker.postcode(), "ADDRESS"),
        "state_abbr": (lambda: rng.choice(["CA", "TX", "OH", "NY"]), "ADDRESS"),
        "organization": (lambda: faker.company(), "ORGANISATION"),
        "nationality": (lambda: group(), "NATIONALITY"),
        "nation_woman": (lambda: group(), "NATIONALITY"),
        "nation_plural": (lambda: group() + "s", "NATIONALITY"),
        "job": (lambda: faker.job(), "JOB_TITLE"),
        "ssn": (lambda: f"{rng.randrange(100, 665)}-{rng.randrange(10, 99)}-{rng.randrange(1000, 9999)}", "ID"),
        "us_driver_license": (lambda: f"{rng.choice('ACDFGHS')}{rng.randrange(10 ** 7)}", "ID"),
        "ip_address": (lambda: faker.ipv4_public(), "IP"),
        "date_of_birth": (
            lambda: faker.date_of_birth(minimum_age=18).strftime(rng.choice(["%Y-%m-%d", "%m/%d/%Y", "%d %B %Y"])),
            "DATE",
        ),
        "date_time": (lambda: faker.date(), "DATE"),
        "age": (lambda: str(rng.randrange(2, 97)), "AGE"),
        "url": (lambda: f"https://{domain()}/{rng.choice(['users', 'people', 'u'])}/{faker.user_name()}", "URL"),
    }


def person(rng, split, form):
    """A name of the test part."""
    culture = rng.choice(pools.HOME["en"] + pools.WORLD)
    first, last = rng.choice(pools.given(culture, split)), rng.choice(pools.family(culture, split))
    return {"full": f"{first} {last}", "first": first, "last": last}[form]


def entry(pieces, language, register, template):
    """Pieces as a labelled text."""
    text, spans = "", []
    for words, kind in pieces:
        if kind and words:
            spans.append({"start": len(text), "end": len(text) + len(words), "type": kind})
        text += words
    return {"text": text, "spans": spans, "language": language, "register": register, "template": template}


def wheel(folder, name):
    """The one wheel of a package."""
    return zipfile.ZipFile(next(iter(sorted(folder.glob(f"{name}-*.whl")))))


def sentences(folder, rng):
    """The templates of presidio-evaluator, filled."""
    raw = (
        wheel(folder, "presidio_evaluator")
        .read("presidio_evaluator/data_generator/raw_data/templates.txt")
        .decode("utf-8", "replace")
    )
    fakers = [Faker(locale) for locale in LOCALES["en"]]
    for number, faker in enumerate(fakers):
        faker.seed_instance(number)
    for number, line in enumerate(raw.splitlines()):
        if not line.strip() or SKIPPED.search(line) or "\ufffd" in line:
            continue
        line = line.replace("\\n", "\n").replace("\\,", ",")
        for _ in range(PER_TEMPLATE if "{{" in line else 1):
            fill = kinds(rng.choice(fakers), rng)
            parts = re.split(r"\{\{(\w+)\}\}", line)
            pieces = [
                (fill[part][0](), fill[part][1]) if place % 2 else (part, None) for place, part in enumerate(parts)
            ]
            yield entry(pieces, "en", "assistant", f"presidio-evaluator-{number}")


def examples(folder):
    """spaCy's example sentences, labelled by the list above."""
    archive = wheel(folder, "spacy")
    for language in pools.LANGUAGES:
        tree = ast.parse(archive.read(f"spacy/lang/{language}/examples.py").decode())
        listed = next(node for node in tree.body if isinstance(node, ast.Assign)).value
        for number, text in enumerate(ast.literal_eval(listed)):
            found = {}
            for kind, names in EXAMPLES.items():
                for name in names:
                    for match in re.finditer(rf"(?<!\w){re.escape(name.strip())}(?!\w)", text):
                        start = match.start() + (2 if name == "L’Italie" else 3 if name == "La France" else 0)
                        found.setdefault(start, {"start": start, "end": match.end(), "type": kind})
            yield {
                "text": text,
                "spans": [found[start] for start in sorted(found)],
                "language": language,
                "register": "news",
                "template": f"spacy-{language}-{number}",
            }


def letterheads(rng):
    """Names, firms and addresses as Faker lays them out."""
    for language in pools.LANGUAGES:
        for number in range(40):
            faker = Faker(rng.choice(LOCALES[language]))
            faker.seed_instance(number)
            first, last = rng.choice(pools.given(pools.HOME[language][0], "test")), rng.choice(
                pools.family(pools.HOME[language][0], "test")
            )
            name, firm, place, phone, mail = (
                (f"{first} {last}", "PERSON"),
                (faker.company(), "ORGANISATION"),
                (faker.address(), "ADDRESS"),
                (faker.phone_number(), "PHONE"),
                (faker.email(), "EMAIL"),
            )
            break_ = ("\n", None)
            layout = rng.choice(
                [
                    [name, break_, place],
                    [firm, break_, place, break_, phone],
                    [name, break_, firm, break_, phone, break_, mail],
                    [name, (", ", None), firm, (", ", None), (place[0].replace("\n", ", "), "ADDRESS")],
                    [name, (" <", None), mail, (">", None)],
                ]
            )
            yield entry(layout, language, "letterhead", f"faker-{language}-{number}")


def interface(folder, rng):
    """Strings of Django's own interface."""
    archive = wheel(folder, "django")
    for language in pools.LANGUAGES:
        found = []
        folder_name = {"pt": "pt_BR"}.get(language, language)
        for name in sorted(archive.namelist()):
            if (
                name.endswith(".po")
                and f"/locale/{folder_name}/" in name
                and "/conf/" not in name
                and "/gis/" not in name
            ):
                source = archive.read(name).decode().split("\n\n", 1)[1]
                key = "msgid" if language == "en" else "msgstr"
                for match in re.finditer(rf'^{key}(?:\[0\])? ((?:".*"\n?)+)', source, re.M):
                    text = "".join(ast.literal_eval(quoted) for quoted in match.group(1).splitlines() if quoted)
                    if len(text) > 3:
                        found.append(text)
        for number, text in enumerate(sorted(rng.sample(sorted(set(found)), 60))):
            yield entry([(text, None)], language, "interface", f"django-{language}-{number}")


def manuals(folder, rng):
    """Paragraphs of manual pages."""
    for package, member in (
        ("curl", "curl.1.gz"),
        ("openssh-client", "ssh.1.gz"),
        ("openssh-client", "ssh-keygen.1.gz"),
    ):
        deb = next(iter(sorted(folder.glob(f"{package}_*.deb"))))
        data = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(deb)], check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            source = gzip.decompress(tar.extractfile(f"./usr/share/man/man1/{member}").read()).decode(
                "utf-8", "replace"
            )
        shown = subprocess.run(
            ["groff", "-man" if package == "curl" else "-mdoc", "-Tascii", "-P-cbou"],
            input=source.encode(),
            check=True,
            capture_output=True,
        ).stdout.decode("ascii", "replace")
        blocks = [block.strip("\n") for block in re.split(r"\n\s*\n", shown)]
        # Authors and sample logins are people: those paragraphs are not clean.
        kept = [
            block
            for block in blocks
            if 30 < len(block) < 600
            and not re.search(
                r"AUTHOR|contribut|[Ww]ritten|Ylonen|Stenberg|Daniel|user|@|passw|\d+\.\d+\.\d+\.\d+|secret|U\.S\.|Solaris|IETF|created|foo|bob|STANDARDS",
                block,
            )
        ]
        for number, block in enumerate(sorted(rng.sample(kept, min(50, len(kept))))):
            yield entry([(block, None)], "en", "manual", f"{member[:-5]}-{number}")


def sources(folder, rng):
    """Stretches of Django's source code."""
    archive = wheel(folder, "django")
    names = [
        name
        for name in sorted(archive.namelist())
        if re.search(r"django/(core|db/models|http|template|utils|views|forms)/.*\.py$", name)
    ]
    for number in range(120):
        lines = []
        while not lines or len("\n".join(lines)) < 40:
            code = archive.read(rng.choice(names)).decode().splitlines()
            start = rng.randrange(max(1, len(code) - 6))
            lines = [line for line in code[start : start + rng.randrange(1, 6)]]
            if re.search(
                r"\d+\.\d+\.\d+\.\d+|@\w+\.|John|Python Software|Copyright|America|Europe|secret|password",
                "\n".join(lines),
            ):
                lines = []
        yield entry([("\n".join(lines), None)], "en", "source", f"django-source-{number}")


def main():
    """Writes the set."""
    folder = pathlib.Path(sys.argv[1])
    rng = random.Random("deid second")
    parts = [
        sentences(folder, rng),
        examples(folder),
        letterheads(rng),
        interface(folder, rng),
        manuals(folder, rng),
        sources(folder, rng),
    ]
    for number, line in enumerate(one for part in parts for one in part):
        sys.stdout.write(json.dumps({"id": f"second-{number:04d}", **line}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
