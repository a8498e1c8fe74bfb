"""The words that fill the slots, each list cut into a train and a test part that share no entry.

Names of persons, towns, countries and jobs come from Faker (MIT), which carries them by culture; what Faker lacks stands
in `words/`. The part an entry belongs to follows from a hash of the entry alone, so a list may grow without moving any.
"""

import hashlib
import importlib
import pathlib
import re
import unicodedata
from functools import lru_cache

HERE = pathlib.Path(__file__).parent
LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
# One entry in four belongs to the test part.
TEST_SHARE = 64
LATIN = re.compile(r"^[A-Za-zÀ-ɏḀ-ỿ][A-Za-zÀ-ɏḀ-ỿ'’. -]*$")

# The cultures of a language at home, and those of the wide world whose names its writers meet.
HOME = {
    "en": ["en_US", "en_US", "en_GB", "en_GB", "en_IE", "en_NZ", "en_IN", "en_KE", "en_PK"],
    "de": ["de_DE", "de_DE", "de_DE", "de_AT", "de_CH"],
    "fr": ["fr_FR", "fr_FR", "fr_BE", "fr_CA", "fr_CH"],
    "es": ["es_ES", "es_ES", "es_MX", "es_CO", "es_AR"],
    "it": ["it_IT"],
    "nl": ["nl_NL", "nl_NL", "nl_BE"],
    "pt": ["pt_PT", "pt_BR"],
}
WORLD = [
    "pl_PL",
    "cs_CZ",
    "sk_SK",
    "hr_HR",
    "sl_SI",
    "ro_RO",
    "hu_HU",
    "tr_TR",
    "sv_SE",
    "da_DK",
    "no_NO",
    "fi_FI",
    "lt_LT",
    "lv_LV",
    "et_EE",
    "is_IS",
    "en_IN",
    "en_IN",
    "en_PK",
    "en_KE",
    "en_NG",
    "yo_NG",
    "ig_NG",
    "ha_NG",
    "zu_ZA",
    "tw_GH",
    "sw",
    "id_ID",
    "vi_VN",
    "uz_UZ",
    "fr_DZ",
    "ga_IE",
    "own_china",
    "own_china",
    "own_arabic",
    "own_arabic",
    "own_japan",
    "own_korea",
    "own_vietnam",
    "own_slavic",
    "own_greek",
    "own_india",
    "en_TH",
]


def is_test(entry):
    """Whether the entry belongs to the test part."""
    return hashlib.sha256(b"deid:" + entry.lower().encode()).digest()[0] < TEST_SHARE


def part(entries, split):
    """The entries of one part, in a fixed order and each once."""
    wanted = split == "test"
    kept = [entry for entry in sorted(set(entries)) if is_test(entry) == wanted]
    return kept or sorted(set(entries))


def lines(name):
    """The lines of a file in `words/`, without blank lines and remarks."""
    text = (HERE / "words" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]


@lru_cache(maxsize=None)
def sections(name):
    """A file of `words/` whose parts start with `[key]`."""
    found, key = {}, ""
    for line in lines(name):
        if line.startswith("[") and line.endswith("]"):
            key = line[1:-1]
            found.setdefault(key, [])
        else:
            found[key] += [word.strip() for word in line.split(";") if word.strip()]
    return found


def faker_list(kind, locale, *fields):
    """The union of some lists of one Faker provider, Latin letters only."""
    provider = importlib.import_module(f"faker.providers.{kind}.{locale}").Provider
    words = []
    for field in fields:
        words += [w if isinstance(w, str) else w[0] for w in getattr(provider, field, ())]
    return [w for w in words if LATIN.match(w) and 1 < len(w) < 30]


@lru_cache(maxsize=None)
def given(culture, split):
    """Given names of a culture."""
    if culture.startswith("own_"):
        return part(sections("names.txt")[culture[4:] + ".given"], split)
    fields = ("first_names", "first_names_female", "first_names_male", "first_names_unisex")
    return part([w for w in faker_list("person", culture, *fields) if len(w) < 16], split)


@lru_cache(maxsize=None)
def family(culture, split):
    """Family names of a culture."""
    if culture.startswith("own_"):
        return part(sections("names.txt")[culture[4:] + ".family"], split)
    fields = ("last_names", "last_names_female", "last_names_male", "last_names_without_suffix", "unisex_last_names")
    return part([w for w in faker_list("person", culture, *fields) if len(w) < 20], split)


CITY_LISTS = {
    "en": ["en_IN"],
    "de": ["de_DE", "de_AT", "de_CH"],
    "fr": ["fr_DZ"],
    "es": [],
    "it": ["it_IT"],
    "nl": ["nl_NL", "nl_BE"],
    "pt": ["pt_PT"],
}


@lru_cache(maxsize=None)
def cities(language, split):
    """Towns of the countries where the language is spoken."""
    own = sections("places.txt")[f"city.{language}"]
    listed = [c for locale in CITY_LISTS[language] for c in faker_list("address", locale, "cities")]
    # The full Italian and Dutch registers hold thousands of hamlets that would drown the towns.
    kept = [c for c in listed if hashlib.sha256(c.encode()).digest()[1] < 256 * 250 // max(250, len(listed))]
    return part(own + kept, split) + part(own, split) * 5


@lru_cache(maxsize=None)
def world_cities(split):
    """Towns of the world, as English spells them."""
    from faker.providers.geo import Provider

    return part([row[2] for row in Provider.land_coords if LATIN.match(row[2])], split)


@lru_cache(maxsize=None)
def countries(language, split):
    """Names of countries in the language."""
    locale = {"en": "en", "de": "de", "fr": "fr_FR", "es": "es", "it": "it_IT", "nl": "nl_NL", "pt": "pt_BR"}[language]
    module = importlib.import_module(f"faker.providers.address.{locale}")
    names = [c for c in module.Provider.countries if LATIN.match(c) and len(c) < 26 and c != "Bouvet Island"]
    return part(names, split)


@lru_cache(maxsize=None)
def jobs(language, split):
    """Posts and professions in the language."""
    own = sections("jobs.txt")[language]
    listed = {"en": ["en_US"], "de": [], "fr": ["fr_FR"], "es": ["es"], "it": [], "nl": [], "pt": ["pt_PT"]}[language]
    more = [j for locale in listed for j in faker_list("job", locale, "jobs")]
    plain = [j for j in more if len(j) < 34 and not re.search(r"[,/()]", j)]
    return part(own, split) * 3 + part(plain, split)


@lru_cache(maxsize=None)
def words(file, key, split):
    """One section of a file of `words/`."""
    return part(sections(file)[key], split)


@lru_cache(maxsize=None)
def shared(file, key):
    """One section of a file of `words/` that both parts share: words that name nobody."""
    return sections(file)[key]


def ascii_of(text):
    """The text in the 26 letters, as logins and file names spell it."""
    for mark, plain in (
        ("ß", "ss"),
        ("ø", "o"),
        ("æ", "ae"),
        ("ł", "l"),
        ("đ", "d"),
        ("ı", "i"),
        ("Ø", "O"),
        ("Ł", "L"),
        ("Đ", "D"),
    ):
        text = text.replace(mark, plain)
    flat = unicodedata.normalize("NFKD", text)
    return "".join(c for c in flat if ord(c) < 128)
