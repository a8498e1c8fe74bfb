"""What fills a slot: pieces of text, each with the kind of personal data it is, or with none.

A slot is `{name}`, `{name:key}` or `{name.form:key}`. The key of a `person` slot names a person of the text: the same key
is the same person, so that a login and an address fit the name. All chance comes from the `random.Random` handed in.
"""

import string

import organisations
import pools
from figures import NUMBERS
from keys import SECRETS
from streets import address, street

SPLIT_GIVEN = (" ", "-")
PARTICLES = {
    "nl": ["van", "van der", "van den", "de", "ter", "van de"],
    "de": ["von", "von der", "zu"],
    "fr": ["de", "du", "de la", "Le"],
    "es": ["de la", "del", "de"],
    "it": ["di", "De", "Della", "Lo"],
    "pt": ["da", "dos", "de", "da Silva"],
    "en": ["Mc", "O'", "St.", "de la", "van der"],
}


class Person:
    """One person of a text: names of one culture, a login, an address."""

    def __init__(self, rng, language, split):
        self.rng = rng
        world = rng.random() < 0.33
        self.culture = rng.choice(pools.WORLD if world else pools.HOME[language])
        self.given = rng.choice(pools.given(self.culture, split))
        # Short forms are what people in a chat call each other.
        if rng.random() < 0.06:
            self.given = rng.choice(pools.words("names.txt", "nick.given", split))
        self.family = self._family(language, split)
        self.number = rng.randrange(1, 99)
        if rng.random() < 0.12:
            self.given, self.family = (
                pools.ascii_of(self.given) or self.given,
                pools.ascii_of(self.family) or self.family,
            )

    def _family(self, language, split):
        rng, names = self.rng, pools.family(self.culture, split)
        name, dice = rng.choice(names), rng.random()
        if dice < 0.05:
            return f"{name}-{rng.choice(names)}"
        if dice < 0.11 and self.culture in pools.HOME[language] and " " not in name:
            particle = rng.choice(PARTICLES[language])
            return particle + name if particle in ("Mc", "O'") else f"{particle} {name}"
        if dice < 0.30 and language in ("es", "pt") and self.culture in pools.HOME[language]:
            return f"{name} {rng.choice(names)}"
        return name

    def part(self, form):
        """The name in one form."""
        first, last, rng = self.given, self.family, self.rng
        letter = rng.choice("ABCDEFGHJKLMNPRSTW")
        forms = {
            "first": first,
            "last": last,
            "full": f"{first} {last}",
            "reversed": f"{last}, {first}",
            "surname_first": f"{last} {first}",
            "initial": f"{first[0]}. {last}",
            "middle": f"{first} {letter}. {last}",
            "upper": f"{first} {last.upper()}",
            "lower": f"{first} {last}".lower(),
            "genitive": last + ("'" if last[-1] in "sxzß" else "s"),
            "first_genitive": first + ("'" if first[-1] in "sxzß" else "s"),
            "initials": "".join(w[0] for w in f"{first} {last}".split())[:3].upper(),
            "dotted": self._login_parts("."),
            "under": self._login_parts("_"),
            "joined": pools.ascii_of(first + last).replace(" ", "").replace("'", "") or first,
            "login": self._login(),
            "two_initials": f"{first[0]}.{letter}. {last}",
            "last_initial": f"{first} {last[0]}.",
        }
        return forms[form]

    def any_form(self):
        """The name as a stranger might write it."""
        return self.part(self.rng.choices(["full", "middle", "initial", "surname_first", "upper"], [80, 6, 6, 4, 4])[0])

    def _login_parts(self, join):
        first, last = (
            pools.ascii_of(w).lower().replace(" ", "").replace("'", "").replace(".", "")
            for w in (self.given, self.family)
        )
        return f"{first or 'x'}{join}{last or 'x'}"

    def _login(self):
        first, last = self._login_parts("|").split("|")
        shapes = [
            f"{first[0]}{last}",
            f"{first}.{last}",
            f"{first}{self.number}",
            f"{first}_{last}",
            f"{last}{first[0]}",
            f"{first}{last[0]}",
            f"{first}-{last}",
            first,
            f"{last}{self.number}",
            f"{first[0]}{last}{self.number}",
        ]
        return shapes[self.number % len(shapes)][:20]

    def email(self, domain):
        """An address whose local part fits the name."""
        shapes = [self._login(), self._login_parts("."), self._login_parts("_"), self._login_parts("")]
        return f"{shapes[(self.number // 10) % 4]}@{domain}"


FREE_MAIL = [
    "gmail.com",
    "outlook.com",
    "yahoo.com",
    "web.de",
    "gmx.de",
    "orange.fr",
    "libero.it",
    "ziggo.nl",
    "sapo.pt",
    "uol.com.br",
    "hotmail.es",
    "icloud.com",
    "proton.me",
]
TOP = {
    "en": ["com", "co.uk", "org", "io", "ie"],
    "de": ["de", "at", "ch"],
    "fr": ["fr", "be"],
    "es": ["es", "com.mx"],
    "it": ["it"],
    "nl": ["nl", "be"],
    "pt": ["pt", "com.br"],
}


class Filler:
    """Fills the slots of one text."""

    def __init__(self, rng, language, split):
        self.rng, self.language, self.split = rng, language, split
        self.people = {}

    def fill(self, slot):
        """The pieces of a slot."""
        name, _, key = slot.partition(":")
        head, _, form = name.partition(".")
        if head == "person":
            return self._person(form or "any", key)
        handler = getattr(self, "_" + head, None)
        if handler:
            return handler(form, key)
        return [(NUMBERS[head](self.rng, self.language, key), None)]

    def _subject(self, key):
        if key not in self.people:
            self.people[key] = Person(self.rng, self.language, self.split)
        return self.people[key]

    def _person(self, form, key):
        person = self._subject(key)
        if form == "email":
            return [(person.email(self._domain()), "EMAIL")]
        return [(person.any_form() if form == "any" else person.part(form), "PERSON")]

    def _domain(self):
        rng = self.rng
        if rng.random() < 0.35:
            return rng.choice(FREE_MAIL)
        stem = pools.ascii_of(rng.choice(pools.words("organisations.txt", "stem", self.split))).lower().replace(" ", "")
        return f"{stem}.{rng.choice(TOP[self.language])}"

    def _email(self, form, key):
        return [(self._subject("mail" + key).email(self._domain()), "EMAIL")]

    def _org(self, form, key):
        return [(organisations.name(self.rng, self.language, self.split, form), "ORGANISATION")]

    def _city(self, form, key):
        world = form == "world" or (form == "" and self.rng.random() < 0.12)
        return [
            (
                self.rng.choice(pools.world_cities(self.split) if world else pools.cities(self.language, self.split)),
                "LOCATION",
            )
        ]

    def _country(self, form, key):
        return [(self.rng.choice(pools.countries(self.language, self.split)), "LOCATION")]

    def _region(self, form, key):
        return [(self.rng.choice(pools.words("places.txt", f"region.{self.language}", self.split)), "LOCATION")]

    def _place(self, form, key):
        return self.rng.choice([self._city, self._city, self._country, self._region])("", key)

    def _street(self, form, key):
        return [(street(self.rng, self.language, self.split, form), "ADDRESS")]

    def _address(self, form, key):
        city = self._city("home", key)[0][0]
        return address(self.rng, self.language, self.split, city, self._country("", key)[0][0], form)

    def _postcode(self, form, key):
        return [(NUMBERS["postcode"](self.rng, self.language, key), "ADDRESS")]

    def _title(self, form, key):
        title = self.rng.choice(pools.jobs(self.language, self.split))
        return [(title[:1].upper() + title[1:] if form == "cap" else title, "JOB_TITLE")]

    def _nationality(self, form, key):
        word = self.rng.choice(pools.words("groups.txt", self.language, self.split))
        return [(word[:1].upper() + word[1:] if form == "cap" else word, "NATIONALITY")]

    def _secret(self, form, key):
        kind = form or self.rng.choice(sorted(SECRETS))
        return [(SECRETS[kind](self.rng), "SECRET")]

    def _url(self, form, key):
        person, rng = self._subject(key), self.rng
        host = f"https://{rng.choice(['www.', '', 'portal.', 'my.', 'app.'])}{self._domain()}"
        if form == "secret":
            return [
                (
                    f"{host}/{rng.choice(['reset', 'login', 'api/v1', 'share'])}?{rng.choice(['token', 'key', 'access_token', 'sig'])}={SECRETS['hex'](rng)}",
                    "URL",
                )
            ]
        tails = [
            f"/users/{person.part('login')}",
            f"/in/{person.part('dotted').replace('.', '-')}",
            f"/~{person.part('login')}/",
            f"/profile?user={person.part('dotted')}",
            f"/customers?email={person.email('example.com').replace('@', '%40')}",
            f"/{person.part('login')}",
        ]
        return [(host + rng.choice(tails), "URL")]

    def _ui(self, form, key):
        return [(self.rng.choice(pools.shared("interface.txt", self.language)), None)]

    def _product(self, form, key):
        return [(self.rng.choice(pools.shared("interface.txt", "product")), None)]

    def _word(self, form, key):
        return [(self.rng.choice(pools.shared("interface.txt", f"word.{self.language}")), None)]

    def _ident(self, form, key):
        words = [self.rng.choice(pools.shared("interface.txt", "code")) for _ in range(self.rng.randrange(2, 4))]
        shapes = {
            "camel": words[0] + "".join(w.title() for w in words[1:]),
            "pascal": "".join(w.title() for w in words),
            "snake": "_".join(words),
            "const": "_".join(words).upper(),
            "kebab": "-".join(words),
        }
        return [(shapes[form or self.rng.choice(sorted(shapes))], None)]

    def _code(self, form, key):
        return [(self.rng.choice(pools.shared("interface.txt", "code")), None)]

    def _month(self, form, key):
        return [(self.rng.choice(pools.shared("interface.txt", f"month.{self.language}")), None)]

    def _weekday(self, form, key):
        return [(self.rng.choice(pools.shared("interface.txt", f"weekday.{self.language}")), None)]

    def _dob(self, form, key):
        return [(NUMBERS["day"](self.rng, self.language, "1940-2008"), "DATE")]

    def _date(self, form, key):
        return [(NUMBERS["day"](self.rng, self.language, "2015-2026"), "DATE")]

    def _datetext(self, form, key):
        return [(NUMBERS["datetext"](self.rng, self.language, key), "DATE")]

    def _age(self, form, key):
        return [(str(self.rng.randrange(1, 97)), "AGE")]

    def _phone(self, form, key):
        return [(NUMBERS["phone"](self.rng, self.language, key), "PHONE")]

    def _iban(self, form, key):
        return [(NUMBERS["iban"](self.rng, self.language, key), "IBAN")]

    def _card(self, form, key):
        return [(NUMBERS["card"](self.rng, self.language, key), "CARD")]

    def _ip(self, form, key):
        return [(NUMBERS["mac" if form == "mac" else "ip"](self.rng, self.language, key), "IP")]

    def _id(self, form, key):
        return [(NUMBERS["id_" + (form or "national")](self.rng, self.language, key), "ID")]

    def _password(self, form, key):
        return [(SECRETS["password"](self.rng), "SECRET")]

    def _letter(self, form, key):
        return [(self.rng.choice(string.ascii_uppercase), None)]
