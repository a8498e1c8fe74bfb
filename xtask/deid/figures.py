"""Numbers: those that name a person, with valid check digits, and those that only look so."""

import string

from national import modulus_11_10, national

DIGITS = string.digits


def digits(rng, count):
    """So many digits, the first not zero."""
    return rng.choice("123456789") + "".join(rng.choice(DIGITS) for _ in range(count - 1))


def shaped(rng, pattern):
    """A pattern with `#` for a digit, `@` for a capital, `!` for either, the first `#` not zero."""
    out = []
    for mark in pattern:
        out.append(
            rng.choice(DIGITS)
            if mark == "#"
            else (
                rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ")
                if mark == "@"
                else rng.choice(DIGITS + "ABCDEFGHJKLMNPRSTUVWXYZ") if mark == "!" else mark
            )
        )
    return "".join(out)


def luhn(body):
    """The digit that makes the number pass the check of ISO/IEC 7812."""
    total = sum(sum(divmod(int(d) * (2 if i % 2 == 0 else 1), 10)) for i, d in enumerate(reversed(body)))
    return str(-total % 10)


def card(rng, language, key):
    """A payment card number, in groups or not."""
    head, length = rng.choice([("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("34", 15), ("37", 15), ("6011", 16)])
    body = head + "".join(rng.choice(DIGITS) for _ in range(length - 1 - len(head)))
    whole = body + luhn(body)
    if length == 15:
        return rng.choice([whole, f"{whole[:4]} {whole[4:10]} {whole[10:]}"])
    groups = [whole[i : i + 4] for i in range(0, 16, 4)]
    return rng.choice([whole, " ".join(groups), " ".join(groups), "-".join(groups)])


IBAN_BODY = {
    "DE": "##################",
    "FR": "##########!!!!!!!!!!!##",
    "ES": "####################",
    "IT": "@##########!!!!!!!!!!!!",
    "NL": "@@@@##########",
    "PT": "#####################",
    "GB": "@@@@##############",
    "AT": "################",
    "BE": "############",
    "CH": "#####!!!!!!!!!!!!",
    "IE": "@@@@##############",
}
IBAN_HOME = {
    "en": ["GB", "IE", "DE"],
    "de": ["DE", "AT", "CH"],
    "fr": ["FR", "BE", "CH"],
    "es": ["ES"],
    "it": ["IT"],
    "nl": ["NL", "BE"],
    "pt": ["PT"],
}


def iban(rng, language, key):
    """An account number of ISO 13616."""
    country = rng.choice(IBAN_HOME[language])
    body = shaped(rng, IBAN_BODY[country])
    numeric = "".join(str(int(c, 36)) for c in body + country + "00")
    whole = f"{country}{98 - int(numeric) % 97:02d}{body}"
    return whole if rng.random() < 0.4 else " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))


PHONES = {
    "en": [
        "+44 20 7### ####",
        "+44 7### ######",
        "07### ######",
        "020 7### ####",
        "0161 ### ####",
        "(###) ###-####",
        "###-###-####",
        "+1 ### ### ####",
        "+1-###-###-####",
        "1-8##-###-####",
        "+353 8# ### ####",
        "+91 9#### #####",
        "+61 4## ### ###",
        "###.###.####",
        "### ### ####",
        "+44 (0)1### ######",
        "9#########",
        "(###) ###-#### x###",
    ],
    "de": [
        "+49 30 #######",
        "+49 17# #######",
        "+49 (0)89 ######",
        "030/#######",
        "0171 #######",
        "0211-######",
        "089 / ### ## ##",
        "+43 1 #######",
        "+41 44 ### ## ##",
        "0049 40 ######",
        "0152########",
        "+49-221-#######",
    ],
    "fr": [
        "+33 6 ## ## ## ##",
        "06 ## ## ## ##",
        "01 ## ## ## ##",
        "07.##.##.##.##",
        "+33 (0)1 ## ## ## ##",
        "06########",
        "0033 6 ## ## ## ##",
        "+32 4## ## ## ##",
        "04-##-##-##-##",
    ],
    "es": [
        "+34 6## ### ###",
        "6## ### ###",
        "91 ### ## ##",
        "6########",
        "+34 93# ## ## ##",
        "+52 55 #### ####",
        "+54 11 ####-####",
        "9## ## ## ##",
        "+57 3## ### ####",
    ],
    "it": [
        "+39 3## ### ####",
        "3## #######",
        "06 #######",
        "02/########",
        "+39 06 ########",
        "011 ### ####",
        "347-#######",
        "+39 051 ######",
    ],
    "nl": [
        "+31 6 ########",
        "06-########",
        "06 ########",
        "020 ### ####",
        "010-#######",
        "+31 20 ### ####",
        "0031 6 ## ## ## ##",
        "+32 3 ### ## ##",
        "(030) ### ## ##",
    ],
    "pt": [
        "+351 9## ### ###",
        "9## ### ###",
        "21# ### ###",
        "+55 11 9####-####",
        "(11) 9####-####",
        "(21) ####-####",
        "9########",
        "+351 22 ### ## ##",
        "11 9#### ####",
    ],
}


def phone(rng, language, key):
    """A telephone number as people of the language write it."""
    home = PHONES[language] if rng.random() < 0.85 else PHONES[rng.choice(sorted(PHONES))]
    text = shaped(rng, rng.choice(home))
    # No North American area or exchange code starts with 0 or 1.
    return (
        text.replace("(0", "(2", 1).replace("(1", "(3", 1)
        if text.startswith("(") and "-" in text and language == "en"
        else text
    )


POSTCODES = {
    "en": ["#####", "#####", "#####-####", "@@# #@@", "@# #@@", "@@## #@@"],
    "de": ["#####", "#####", "####"],
    "fr": ["#####", "#####", "####"],
    "es": ["#####"],
    "it": ["#####"],
    "nl": ["#### @@", "####@@", "####"],
    "pt": ["####-###", "#####-###"],
}


def ip(rng, language, key):
    """An address of a machine, version 4 or 6."""
    if rng.random() < 0.12:
        return (
            ":".join(f"{rng.randrange(1, 65535):x}" for _ in range(8))
            if rng.random() < 0.5
            else f"2001:db8:{rng.randrange(1, 65535):x}::{rng.randrange(1, 65535):x}"
        )
    first = rng.choice([10, 192, rng.randrange(11, 223), rng.randrange(11, 126)])
    rest = [168] if first == 192 else [rng.randrange(0, 255)]
    return ".".join(str(part) for part in [first, *rest, rng.randrange(0, 255), rng.randrange(1, 254)])


MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(),
    "nl": "januari februari maart april mei juni juli augustus september oktober november december".split(),
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(),
}


def datetext(rng, language, key):
    """A day in words, with or without its year."""
    d, month, year = rng.randrange(1, 29), rng.choice(MONTHS[language]), rng.randrange(1940, 2027)
    if language == "en":
        ordinal = f"{d}{'th' if 10 < d < 20 or d % 10 not in (1, 2, 3) else {1: 'st', 2: 'nd', 3: 'rd'}[d % 10]}"
        return rng.choice(
            [
                f"{d} {month} {year}",
                f"{month} {d}, {year}",
                f"{month} {ordinal}, {year}",
                f"{ordinal} of {month} {year}",
                f"{month} {ordinal}",
                f"{d} {month[:3]} {year}",
                f"{month[:3]} {d}, {year}",
            ]
        )
    join = {
        "de": (f"{d}. {month} {year}", f"{d}. {month}"),
        "es": (f"{d} de {month} de {year}", f"{d} de {month}"),
        "pt": (f"{d} de {month} de {year}", f"{d} de {month}"),
    }
    return rng.choice(join.get(language, (f"{d} {month} {year}", f"{d} {month}")))


def day(rng, language, key):
    """A day in figures or words, between two years."""
    low, high = (int(year) for year in key.split("-"))
    y, m, d = rng.randrange(low, high + 1), rng.randrange(1, 13), rng.randrange(1, 29)
    if rng.random() < 0.3:
        return (
            datetext(rng, language, key).rsplit(" ", 1)[0] + f" {y}"
            if language not in ("en",)
            else f"{d} {MONTHS['en'][m - 1]} {y}"
        )
    home = {
        "en": [
            f"{m:02d}/{d:02d}/{y}",
            f"{d:02d}/{m:02d}/{y}",
            f"{y}-{m:02d}-{d:02d}",
            f"{m}/{d}/{y % 100:02d}",
            f"{d:02d}-{m:02d}-{y}",
        ],
        "de": [f"{d:02d}.{m:02d}.{y}", f"{d}.{m}.{y}", f"{y}-{m:02d}-{d:02d}", f"{d:02d}.{m:02d}.{y % 100:02d}"],
        "nl": [f"{d:02d}-{m:02d}-{y}", f"{d}-{m}-{y}", f"{y}-{m:02d}-{d:02d}"],
    }
    return rng.choice(
        home.get(language, [f"{d:02d}/{m:02d}/{y}", f"{d}/{m}/{y}", f"{d:02d}-{m:02d}-{y}", f"{y}-{m:02d}-{d:02d}"])
    )


def stamp(rng, language, key):
    """A moment as a log writes it."""
    y, m, d, h, mi, s = (
        rng.randrange(2019, 2027),
        rng.randrange(1, 13),
        rng.randrange(1, 29),
        rng.randrange(24),
        rng.randrange(60),
        rng.randrange(60),
    )
    short = MONTHS["en"][m - 1][:3]
    return rng.choice(
        [
            f"{y}-{m:02d}-{d:02d} {h:02d}:{mi:02d}:{s:02d}",
            f"{y}-{m:02d}-{d:02d}T{h:02d}:{mi:02d}:{s:02d}.{rng.randrange(1000):03d}Z",
            f"[{d:02d}/{short}/{y}:{h:02d}:{mi:02d}:{s:02d} +0000]",
            f"{short} {d:2d} {h:02d}:{mi:02d}:{s:02d}",
            f"{y}-{m:02d}-{d:02d}T{h:02d}:{mi:02d}:{s:02d}+02:00",
            f"{h:02d}:{mi:02d}:{s:02d}.{rng.randrange(1000):03d}",
        ]
    )


def money(rng, language, key):
    """An amount."""
    whole, cents = rng.choice(
        [rng.randrange(1, 90), rng.randrange(90, 9999), rng.randrange(10000, 900000)]
    ), rng.randrange(100)
    grouped = f"{whole:,}"
    if language == "en":
        return f"{rng.choice(['$', '£', '€'])}{grouped}.{cents:02d}"
    return f"{grouped.replace(',', '.')},{cents:02d} {rng.choice(['€', '€', 'EUR'])}"


def lot(rng, language, key):
    """A number of so many digits, or a small one."""
    return (
        digits(rng, int(key))
        if key
        else str(rng.choice([rng.randrange(0, 12), rng.randrange(1, 100), rng.randrange(1, 5000)]))
    )


def pick(*patterns):
    """Draws one of the patterns and fills it."""
    return lambda rng, language, key: shaped(rng, rng.choice(patterns))


def tax(rng, language, key):
    """A number under which a person or a firm pays tax."""
    if language == "de":
        body = digits(rng, 8)
        return rng.choice([f"DE{body}{modulus_11_10(body)}", shaped(rng, "##/###/#####"), "ATU" + digits(rng, 8)])
    if language == "it":
        body = digits(rng, 10)
        return rng.choice(["IT", ""]) + body + luhn(body)
    if language in ("pt", "es", "nl", "fr"):
        shape = {"pt": "PT#########", "es": "B########", "nl": "NL#########B01", "fr": "FR## #########"}[language]
        return national(rng, language, key) if language == "pt" else shaped(rng, shape)
    return rng.choice([shaped(rng, "##-#######"), "GB" + digits(rng, 9)])


def hexed(length):
    """So many hexadecimal digits."""
    return lambda rng, language, key: "".join(rng.choice("0123456789abcdef") for _ in range(int(key or length)))


def uuid(rng, language, key):
    """A version 4 UUID."""
    text = hexed(32)(rng, language, "")
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


NUMBERS = {
    "card": card,
    "iban": iban,
    "phone": phone,
    "ip": ip,
    "day": day,
    "datetext": datetext,
    "stamp": stamp,
    "money": money,
    "num": lot,
    "postcode": lambda rng, language, key: shaped(rng, rng.choice(POSTCODES[language])),
    "mac": lambda rng, language, key: rng.choice([":", "-"]).join(f"{rng.randrange(256):02x}" for _ in range(6)),
    "id_national": national,
    "id_passport": pick("@########", "#########", "@@#######", "C@##!#!##", "@@@######"),
    "id_licence": pick("@####-#####-#####", "@@@@@######@@#@@", "@########", "B###!!!!!##", "@#######"),
    "id_customer": pick("########", "C-######", "CUST-#####", "KD-######", "K#######", "######-##", "@@#######"),
    "id_employee": pick("E#####", "EMP-####", "P######", "#######", "MA-#####"),
    "id_patient": pick("MRN-#######", "########", "P-######", "@######", "#######"),
    "id_policy": pick("POL-########", "@@-###-####-#", "#########-##", "@##########"),
    "id_account": pick("########", "##########", "####-######", "############"),
    "id_tax": tax,
    "id_plate": pick("@@## @@@", "@-@@ ####", "@@-###-@@", "####@@@", "@@@-####", "@@ ### @@"),
    "version": lambda rng, language, key: rng.choice(
        [
            f"{rng.randrange(0, 140)}.{rng.randrange(0, 30)}.{rng.randrange(0, 20)}",
            f"v{rng.randrange(0, 20)}.{rng.randrange(0, 30)}",
            f"{rng.randrange(1, 20)}.{rng.randrange(0, 10)}.{rng.randrange(0, 10)}-rc{rng.randrange(1, 9)}",
            f"{rng.randrange(10, 25)}.0{rng.choice([4, 1])}",
        ]
    ),
    "hash": hexed(8),
    "sha": hexed(40),
    "uuid": uuid,
    "size": lambda rng, language, key: f"{rng.choice([rng.randrange(1, 999), round(rng.random() * 100, 1)])}{rng.choice([' KB', ' MB', ' GB', 'K', 'M', ' KiB', ' bytes'])}",
    "ms": lambda rng, language, key: f"{rng.choice([rng.randrange(1, 5000), round(rng.random() * 30, 2)])}{rng.choice(['ms', ' ms', 's', 'us', ' s'])}",
    "percent": lambda rng, language, key: f"{rng.randrange(0, 101)}{rng.choice(['%', ' %', '.5%'])}",
    "time": lambda rng, language, key: f"{rng.randrange(0, 24):02d}:{rng.randrange(60):02d}",
    "order": pick(
        "#####",
        "ORD-######",
        "#-####",
        "PO######",
        "INV-####-###",
        "RE-#####",
        "SO-#####",
        "A######",
        "2026-####",
        "T-####",
    ),
    "year": lambda rng, language, key: str(rng.randrange(1998, 2031)),
    "hex": lambda rng, language, key: f"0x{rng.randrange(16 ** 8):08x}",
    "port": lambda rng, language, key: str(rng.choice([22, 80, 443, 3000, 5432, 6379, 8080, 8443, 9090, 27017])),
    "key": lambda rng, language, key: rng.choice(
        ["Ctrl+S", "Ctrl+Shift+P", "Alt+F4", "F5", "Cmd+K", "Esc", "Ctrl+Alt+Entf", "Shift+Tab"]
    ),
    "ext": lambda rng, language, key: rng.choice("txt csv pdf docx xlsx png py rs json log yaml md html zip".split()),
    "pixels": lambda rng, language, key: f"{rng.randrange(100, 4000)}{rng.choice(['x', ' x ', '×'])}{rng.randrange(100, 2400)}",
    "status": lambda rng, language, key: str(
        rng.choice([200, 201, 204, 301, 304, 400, 401, 403, 404, 409, 429, 500, 502, 503])
    ),
}
