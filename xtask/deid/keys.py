"""Secrets of the shapes that services hand out. All are drawn at random and open nothing."""

import string

ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
UPPER = string.ascii_uppercase + string.digits


def run(rng, alphabet, count):
    """So many characters of an alphabet."""
    return "".join(rng.choice(alphabet) for _ in range(count))


def password(rng):
    """A password of the kind that people choose or a manager makes."""
    words = [
        "Summer",
        "Winter",
        "Welcome",
        "Secret",
        "Dragon",
        "Monkey",
        "Berlin",
        "Passwort",
        "Sommer",
        "Hallo",
        "qwertz",
        "football",
        "Sunshine",
        "letmein",
        "Azerty",
        "Schatz",
        "Madrid",
        "Amore",
        "Welkom",
        "Futebol",
    ]
    return rng.choice(
        [
            lambda: rng.choice(words) + str(rng.randrange(1, 2030)) + rng.choice(["", "!", "#", "$"]),
            lambda: run(rng, ALNUM, rng.randrange(10, 20)),
            lambda: run(rng, ALNUM + "!#$%&*+-=?@", rng.randrange(10, 20)),
            lambda: "-".join(run(rng, ALNUM, 6) for _ in range(3)),
            lambda: rng.choice(words).lower()
            + rng.choice(["_", "-", "."])
            + rng.choice(words).lower()
            + str(rng.randrange(10, 99)),
        ]
    )()


def jwt(rng):
    """A JSON web token's three parts."""
    return f"eyJhbGciOiJIUzI1NiJ9.eyJ{run(rng, ALNUM, rng.randrange(30, 70))}.{run(rng, ALNUM + '-_', 43)}"


SECRETS = {
    "aws": lambda rng: "AKIA" + run(rng, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16),
    "awssecret": lambda rng: run(rng, ALNUM + "+/", 40),
    "github": lambda rng: rng.choice(["ghp_", "gho_", "ghs_"]) + run(rng, ALNUM, 36),
    "gitlab": lambda rng: "glpat-" + run(rng, ALNUM + "-_", 20),
    "slack": lambda rng: f"xoxb-{run(rng, string.digits, 12)}-{run(rng, string.digits, 12)}-{run(rng, ALNUM, 24)}",
    "stripe": lambda rng: rng.choice(["sk_live_", "rk_live_", "sk_test_"]) + run(rng, ALNUM, 24),
    "google": lambda rng: "AIza" + run(rng, ALNUM + "-_", 35),
    "npm": lambda rng: "npm_" + run(rng, ALNUM, 36),
    "pypi": lambda rng: "pypi-AgEIcHlwaS5vcmc" + run(rng, ALNUM + "-_", 60),
    "openai": lambda rng: "sk-proj-" + run(rng, ALNUM, 48),
    "anthropic": lambda rng: "sk-ant-api03-" + run(rng, ALNUM + "-_", 93) + "AA",
    "sendgrid": lambda rng: f"SG.{run(rng, ALNUM + '-_', 22)}.{run(rng, ALNUM + '-_', 43)}",
    "twilio": lambda rng: "SK" + run(rng, "0123456789abcdef", 32),
    "telegram": lambda rng: f"{run(rng, '123456789', 9)}:AA{run(rng, ALNUM + '-_', 33)}",
    "jwt": jwt,
    "hex": lambda rng: run(rng, "0123456789abcdef", rng.choice([32, 40, 64])),
    "azure": lambda rng: run(rng, ALNUM + "+/", 86) + "==",
    "digitalocean": lambda rng: "dop_v1_" + run(rng, "0123456789abcdef", 64),
    "hf": lambda rng: "hf_" + run(rng, string.ascii_letters, 34),
    "password": password,
    "pem": lambda rng: "-----BEGIN "
    + rng.choice(["RSA ", "EC ", "OPENSSH ", ""])
    + "PRIVATE KEY-----\n"
    + "\n".join(run(rng, ALNUM + "+/", 64) for _ in range(3))
    + "\n-----END PRIVATE KEY-----",
    "shopify": lambda rng: "shpat_" + run(rng, "0123456789abcdef", 32),
    "dockerhub": lambda rng: "dckr_pat_" + run(rng, ALNUM + "-_", 27),
    "vault": lambda rng: "hvs." + run(rng, ALNUM + "-_", 90),
    "newrelic": lambda rng: "NRAK-" + run(rng, UPPER, 27),
}
