"""Numbers that states give to persons, with valid check digits: a rule that checks them must have something to find."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# Values of the odd places of an Italian fiscal code (decree of 23 December 1976), for 0-9 and A-Z.
ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]


def digits(rng, count):
    """So many digits, the first not zero."""
    return str(rng.randrange(1, 10)) + "".join(str(rng.randrange(10)) for _ in range(count - 1))


def weighed(body, weights):
    """The sum of the digits times their weights."""
    return sum(int(digit) * weight for digit, weight in zip(body, weights))


def american(rng):
    """A social security number of the United States."""
    area = rng.choice([rng.randrange(1, 666), rng.randrange(667, 900)])
    return f"{area:03d}-{rng.randrange(1, 100):02d}-{rng.randrange(1, 10000):04d}"


def insurance(rng):
    """A national insurance number of the United Kingdom."""
    pair = rng.choice("ABCEGHJKLMNPRSTWXYZ") + rng.choice("ABCEGHJKLMPRSTWXYZ")
    number, last = f"{rng.randrange(10**6):06d}", rng.choice("ABCD")
    return rng.choice([f"{pair}{number}{last}", f"{pair} {number[:2]} {number[2:4]} {number[4:]} {last}"])


def health(rng):
    """A number of the National Health Service, modulus 11."""
    while True:
        body = digits(rng, 9)
        check = -weighed(body, range(10, 1, -1)) % 11
        if check < 10:
            return f"{body[:3]} {body[3:6]} {body[6:]}{check}"


def modulus_11_10(body):
    """The check digit of ISO/IEC 7064, MOD 11,10."""
    product = 10
    for digit in body:
        product = (2 * ((int(digit) + product) % 10 or 10)) % 11
    return str((11 - product) % 10)


def german(rng):
    """A tax identification number: of the first ten digits one comes twice."""
    chosen = rng.sample("0123456789", 9)
    chosen.append(chosen[rng.randrange(9)])
    while True:
        rng.shuffle(chosen)
        if chosen[0] != "0":
            whole = "".join(chosen) + modulus_11_10(chosen)
            return rng.choice([whole, f"{whole[:2]} {whole[2:5]} {whole[5:8]} {whole[8:]}"])


def french(rng):
    """A number of the national register (NIR) with its key."""
    parts = [
        rng.choice("12"),
        f"{rng.randrange(100):02d}",
        f"{rng.randrange(1, 13):02d}",
        f"{rng.randrange(1, 96):02d}",
        f"{rng.randrange(1, 990):03d}",
        f"{rng.randrange(1, 999):03d}",
    ]
    key = f"{97 - int(''.join(parts)) % 97:02d}"
    return rng.choice([" ".join([*parts, key]), "".join([*parts, key])])


def spanish(rng):
    """A DNI, or the NIE of a foreigner."""
    number = rng.randrange(10**6, 10**8)
    if rng.random() < 0.25:
        head, body = rng.randrange(3), number % 10**7
        return f"{'XYZ'[head]}{body:07d}{'TRWAGMYFPDXBNJZSQVHLCKE'[(head * 10**7 + body) % 23]}"
    return f"{number:08d}{rng.choice(['', '', '-'])}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def italian(rng):
    """A fiscal code."""
    name = "".join(rng.choice("BCDFGLMNPRSTVZ") for _ in range(6))
    day = rng.randrange(1, 29) + rng.choice([0, 40])
    body = f"{name}{rng.randrange(100):02d}{rng.choice('ABCDEHLMPRST')}{day:02d}{rng.choice('ABCDEFGHILZ')}{rng.randrange(1, 1000):03d}"
    total = 0
    for place, mark in enumerate(body):
        value = int(mark) if mark.isdigit() else LETTERS.index(mark)
        total += (ODD[value]) if place % 2 == 0 else value
    return body + LETTERS[total % 26]


def dutch(rng):
    """A citizen service number that passes the test of eleven."""
    while True:
        body = digits(rng, 8)
        check = weighed(body, range(9, 1, -1)) % 11
        if check < 10:
            return f"{body}{check}"


def portuguese(rng):
    """A Portuguese NIF or a Brazilian CPF."""
    if rng.random() < 0.5:
        body = rng.choice("12356") + digits(rng, 7)
        return body + str((-weighed(body, range(9, 1, -1)) % 11) % 10)
    body = digits(rng, 9)
    for length in (9, 10):
        body += str((-weighed(body, range(length + 1, 1, -1)) % 11) % 10)
    return rng.choice([body, f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"])


BY_LANGUAGE = {
    "en": [american, insurance, health],
    "de": [german],
    "fr": [french],
    "es": [spanish],
    "it": [italian],
    "nl": [dutch],
    "pt": [portuguese],
}


def national(rng, language, key):
    """A number of a country where the language is spoken."""
    return rng.choice(BY_LANGUAGE[language])(rng)
