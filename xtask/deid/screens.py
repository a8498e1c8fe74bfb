#!/usr/bin/env python3
"""Renders screens with planted personal data, redacts them with `candor redact image`, and looks at what is left.

    python3 screens.py check [--count 2000] [--candor PATH] [--jobs 2] [--log FILE]
    python3 screens.py render FOLDER [--count 42] [--seed 1]
    python3 screens.py score FOLDER [--candor PATH] [--profile standard] [--no-reader]

`check` renders one screen after the other, redacts and scores it, keeps none of them, and ends with 3 if a floor does not
hold: no planted text that Tesseract, the independent reader, can read in a stored screen; recall of planted items; and the area
that is masked, as a multiple of the area of what was planted. A planted item of which more than a tenth of the ink is not
painted was missed. `render` and `score` do the same for a folder that stays: NNNN.png, and NNNN.json with kind, text and
rectangles of each planted item, from the DOM.

Needs Chromium, Tesseract with its English model, and the packages `faker`, `pillow` and `numpy` (xtask/python/requirements.txt).
"""

import argparse
import difflib
import html
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

LOCALES = ["en_US", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pt_PT"]
FONTS = ["DejaVu Sans", "Liberation Sans", "Roboto", "Open Sans", "Noto Sans", "Liberation Serif", "FreeSans"]
MONO = ["DejaVu Sans Mono", "Liberation Mono", "JetBrains Mono", "Noto Sans Mono"]
SCALES = [1, 1.25, 1.5, 2]
FILL = (0x40, 0x40, 0x40)
SCREEN_PX = (1920, 1080)
BATCH = 12
"""Screens of one start of the browser: two of each layout, at one scale."""
LEFT_MAX = 0.1
"""Share of an item's ink that may stay: a dot or the foot of a letter at its edge."""
READ_MIN = 0.8
"""Share of an item's letters and digits that must be read in one piece for it to have leaked."""
LETTERS_MIN = 5
"""An item with fewer letters and digits is found by chance, and only looked for by its ink."""
RAW_EVERY = 10
"""Of so many screens one is read raw too: a reader that cannot read would find nothing."""

SENTENCES = {
    "en": [
        "Please call {name} on {phone} before noon.",
        "The invoice for {name} goes to {email}.",
        "We moved to {address} last week.",
        "Pay into {iban} and write to {email} when it is done.",
        "{name} asked for the slides again, the old ones do not open.",
        "The card {card} was refused twice.",
        "The meeting starts at ten and the room is booked for an hour.",
    ],
    "de": [
        "Bitte ruf {name} unter {phone} an.",
        "Die Rechnung an {name} geht an {email}.",
        "Wir wohnen jetzt in der {address}.",
        "Bitte auf {iban} überweisen, danach an {email} schreiben.",
        "Die Sitzung beginnt um zehn, der Raum ist für eine Stunde gebucht.",
    ],
    "fr": [
        "Merci d'appeler {name} au {phone}.",
        "La facture de {name} part à {email}.",
        "Nous habitons au {address}.",
        "Le virement part de {iban} demain.",
        "La réunion commence à dix heures et la salle est réservée.",
    ],
    "es": [
        "Llama a {name} al {phone}, por favor.",
        "La factura de {name} va a {email}.",
        "Ahora vivimos en {address}.",
        "Paga en {iban} esta semana.",
    ],
    "it": [
        "Chiama {name} al {phone} per favore.",
        "La fattura di {name} va a {email}.",
        "Ora abitiamo in {address}.",
        "Il bonifico parte da {iban}.",
    ],
    "nl": [
        "Bel {name} op {phone} voor de middag.",
        "De factuur van {name} gaat naar {email}.",
        "Wij wonen nu op {address}.",
        "Betaal op {iban} deze week.",
    ],
    "pt": [
        "Ligue para {name} no {phone}, por favor.",
        "A fatura de {name} vai para {email}.",
        "Agora moramos na {address}.",
        "Pague para {iban} esta semana.",
    ],
}


class Planter:
    """Makes planted items, each in a marked span. Cards have a generator of their own: not every locale knows every issuer."""

    def __init__(self, locale, rng):
        from faker import Faker

        seed = rng.randrange(1 << 30)
        self.fake, self.cards = Faker(locale), Faker("en_US")
        self.fake.seed_instance(seed)
        self.cards.seed_instance(seed)
        self.rng = rng
        self.language = locale[:2]

    def raw(self, kind):
        fake = self.fake
        return {
            "name": lambda: f"{fake.first_name()} {fake.last_name()}",
            "email": lambda: fake.email(),
            "phone": lambda: fake.phone_number(),
            "iban": lambda: re.sub(r"(.{4})", r"\1 ", fake.iban()).strip(),
            "card": lambda: re.sub(r"(.{4})", r"\1 ", self.cards.credit_card_number("visa16")).strip(),
            "address": lambda: fake.street_address().replace("\n", ", "),
            "ip": lambda: fake.ipv4_public(),
            "token": lambda: "ghp_"
            + "".join(self.rng.choices("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=36)),
            "key": lambda: "AKIA" + "".join(self.rng.choices("ABCDEFGHJKLMNPQRSTUVWXYZ234567", k=16)),
        }[kind]()

    def one(self, kind):
        return f'<span class="planted" data-kind="{kind}">{html.escape(self.raw(kind))}</span>'

    def sentence(self):
        text = self.rng.choice(SENTENCES[self.language])
        return re.sub(r"\{(\w+)\}", lambda m: self.one(m.group(1)), text)

    def paragraph(self, sentences):
        return "<p>" + " ".join(self.sentence() for _ in range(sentences)) + "</p>"


def mail(p):
    items = "".join(
        f"<div class=row><b>{p.one('name')}</b><i>{h:02}:{p.rng.randrange(60):02}</i><div class=cut>{t}</div></div>"
        for h, t in zip(range(8, 24), ["Meeting moved", "Invoice", "Re: Slides", "Order", "Question", "Hello"] * 3)
    )
    body = "".join(p.paragraph(3) for _ in range(5))
    return f"""<div class=bar>File Edit View Message Tools Help</div><div class=cols><div class=side>Inbox<br>Drafts<br>Sent<br>
    Archive<br>Junk<br>Trash</div><div class=list>{items}</div><div class=body><h2>Invoice</h2>From: {p.one('name')} &lt;{p.one('email')}&gt;<br>
    To: {p.one('email')}<hr>{body}<p>{p.one('name')}<br>{p.one('address')}<br>Tel. {p.one('phone')}</p></div></div>"""


def sheet(p):
    heads = ["Name", "E-mail", "Phone", "Street", "IBAN", "Amount", "Status"]
    kinds = ["name", "email", "phone", "address", "iban"]
    row = (
        lambda: "".join(f"<td>{p.one(k)}</td>" for k in kinds)
        + f"<td>{p.rng.randrange(10, 999)}.00</td><td>{p.rng.choice(['Open', 'Paid', 'Closed'])}</td>"
    )
    rows = "".join(f"<tr><th>{i}</th>{row()}</tr>" for i in range(1, 24))
    return f"<div class=bar>File Edit View Insert Format Data Tools Help</div><table><tr><th></th>{''.join(f'<th>{h}</th>' for h in heads)}</tr>{rows}</table>"


def terminal(p):
    lines = [
        "$ ls -l",
        "total 48",
        "-rw-r--r-- 1 root root 2211 Makefile",
        "$ make test",
        "running 12 tests",
        "test result: ok. 12 passed; 0 failed",
    ]
    for _ in range(14):
        lines += [
            f"ssh: connect to host {p.one('ip')} port 22: Connection refused",
            f"export GITHUB_TOKEN={p.one('token')}",
            f"Author: {p.one('name')} &lt;{p.one('email')}&gt;",
            "    fix the build on arm",
            f"aws_access_key_id = {p.one('key')}",
        ][p.rng.randrange(3) :]
    return "<pre>" + "\n".join(lines) + "</pre>"


def chat(p):
    turns = "".join(
        f"<div class=turn><b>{p.one('name')}</b> <i>{9 + i // 6}:{(7 * i) % 60:02}</i><br>{p.sentence()}</div>"
        for i in range(14)
    )
    return f"<div class=bar>Channels Threads Files</div><div class=cols><div class=side># general<br># random<br>{'<br>'.join(p.one('name') for _ in range(9))}</div><div class=body>{turns}</div></div>"


def form(p):
    fields = [
        ("Name", "name"),
        ("E-mail", "email"),
        ("Phone", "phone"),
        ("Address", "address"),
        ("IBAN", "iban"),
        ("Card number", "card"),
        ("Contact person", "name"),
    ]
    rows = "".join(f"<label>{l}</label><div class=field>{p.one(k)}</div>" for l, k in fields)
    return f"<div class=bar>Account Settings Help</div><div class=form><h2>Customer details</h2>{rows}<button>Save</button> <button>Cancel</button></div>"


def ticket(p):
    comments = "".join(f"<div class=turn><b>{p.one('name')}</b> commented<br>{p.paragraph(2)}</div>" for _ in range(5))
    return f"<div class=bar>Board Backlog Reports</div><div class=body><h1>Login fails after update</h1><div>Assignee: {p.one('name')} &nbsp; Reporter: {p.one('name')} &nbsp; Status: Open</div>{comments}</div>"


LAYOUTS = [mail, sheet, terminal, chat, form, ticket]

STYLE = """
* { box-sizing: border-box } body { margin: 0; font: %(size)spx "%(font)s"; background: %(back)s; color: %(ink)s }
pre { font: %(size)spx "%(mono)s"; margin: 8px; white-space: pre-wrap; word-break: break-all } .bar { padding: 8px; background: %(bar)s }
.cols { display: flex } .side { width: 180px; padding: 10px; line-height: 1.8 } .list { width: 330px; border-right: 1px solid #8888 }
.row { padding: 8px; border-bottom: 1px solid #8884; color: %(soft)s } .row i { float: right; font-style: normal } .cut { font-size: 90%% }
.body { flex: 1; padding: 14px; max-width: 1000px; line-height: 1.45 } .turn { padding: 6px 0 } table { border-collapse: collapse; margin: 6px }
td, th { border: 1px solid #8886; padding: 3px 7px; font-weight: normal; text-align: left; white-space: nowrap } .form { padding: 30px; width: 620px }
label { display: block; margin-top: 12px; color: %(soft)s } .field { border: 1px solid #888; padding: 6px; border-radius: 4px } button { margin-top: 18px; font: inherit }
"""

SHEET_SCRIPT = """
addEventListener('load', () => { const truth = [...document.querySelectorAll('iframe')].map(f => [...f.contentDocument.querySelectorAll('.planted')].map(e => ({
  kind: e.dataset.kind, text: e.textContent, rects: [...e.getClientRects()].map(r => [r.left, r.top, r.right, r.bottom].map(v => v * devicePixelRatio)) })));
  const out = document.createElement('script'); out.type = 'application/json'; out.id = 'truth'; out.textContent = JSON.stringify(truth); document.body.append(out); });
"""


def page(layout, rng):
    dark = rng.random() < 0.5
    colours = (
        dict(back="#1e1f22", ink="#dcdcdc", bar="#2b2d30", soft="#a8adb5")
        if dark
        else dict(back="#ffffff", ink="#202124", bar="#eceff1", soft="#5f6368")
    )
    style = STYLE % dict(colours, size=rng.choice([12, 13, 14, 16]), font=rng.choice(FONTS), mono=rng.choice(MONO))
    body = layout(Planter(rng.choice(LOCALES), rng))
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{body}</body>"


def sheet_of(pages, scale):
    """One page with a screen below the other: a start of the browser costs more than a screen."""
    width, height = (side / scale for side in SCREEN_PX)
    frames = "".join(f'<iframe width={width} height={height} srcdoc="{html.escape(page)}"></iframe>' for page in pages)
    style = "body { margin: 0 } iframe { border: 0; display: block }"
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><script>{SHEET_SCRIPT}</script><body>{frames}</body>"


def chromium(scale, lcd, count, picture, url):
    """The picture of `count` screens, and the page as it is after its script."""
    width, height = SCREEN_PX
    with tempfile.TemporaryDirectory() as profile:
        command = [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--window-size={round(width / scale)},{round(height * count / scale)}",
            f"--force-device-scale-factor={scale}",
            "--enable-lcd-text" if lcd else "--disable-lcd-text",
            f"--user-data-dir={profile}",
            f"--screenshot={picture}",
            "--dump-dom",
            url,
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def render_batch(folder, first, seed):
    """Writes the screens of a batch and their truths; returns the files of the truths."""
    from PIL import Image

    numbers = range(first, first + BATCH)
    batch = first // BATCH
    scale, lcd = SCALES[batch % len(SCALES)], batch % 3 == 0
    layouts = [LAYOUTS[number % len(LAYOUTS)] for number in numbers]
    pages = [page(layout, random.Random(f"{seed}-{number}")) for layout, number in zip(layouts, numbers)]
    sheet_file, picture = folder / f"{first:04}.html", folder / f"{first:04}.sheet.png"
    sheet_file.write_text(sheet_of(pages, scale), encoding="utf-8")
    dom = chromium(scale, lcd, BATCH, picture, sheet_file.resolve().as_uri())
    found = re.search(r'<script type="application/json" id="truth">(.*?)</script>', dom, re.S)
    truths = json.loads(html.unescape(found[1]))
    whole = Image.open(picture).convert("RGB")
    written = [write(folder, n, layout, scale, truth, whole, n - first) for n, layout, truth in zip(numbers, layouts, truths)]
    sheet_file.unlink()
    picture.unlink()
    return written


def write(folder, number, layout, scale, truth, whole, place):
    width, height = SCREEN_PX
    whole.crop((0, place * height, width, (place + 1) * height)).save(folder / f"{number:04}.png", compress_level=1)
    on_screen = lambda l, t, r, b: 0 <= l < r <= width and 0 <= t < b <= height
    seen = [item for item in truth if item["rects"] and all(on_screen(*rect) for rect in item["rects"])]
    truth_file = folder / f"{number:04}.json"
    told = {"layout": layout.__name__, "scale": scale, "planted": seen}
    truth_file.write_text(json.dumps(told, ensure_ascii=False))
    return truth_file


def render(folder, count, seed):
    folder.mkdir(parents=True, exist_ok=True)
    for first in range(0, count, BATCH):
        render_batch(folder, first, seed)


def flat(text):
    return "".join(c for c in text.lower() if c.isalnum())


def zooms(scale):
    """Letters of a screen that is enlarged already are as large as the reader wants them."""
    return (1, 2) if scale < 1.5 else (1,)


def tesseract(image, zooms):
    """All that the reader sees, at the size of the screen and twice as large."""
    texts = []
    for zoom in zooms:
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            image.resize((image.width * zoom, image.height * zoom)).save(file.name, compress_level=1)
            run = subprocess.run(
                ["tesseract", file.name, "-", "--psm", "11"],
                capture_output=True,
                text=True,
                check=True,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},
            )
            texts.append(flat(run.stdout))
    return " ".join(texts)


def readable(text, seen):
    """Whether an item, or nearly all of it, is in what the reader saw."""
    text = flat(text)
    if len(text) < LETTERS_MIN:
        return False
    if text in seen:
        return True
    if len(text) < 8:
        return False
    longest = difflib.SequenceMatcher(None, text, seen, autojunk=False).find_longest_match().size
    return longest >= READ_MIN * len(text)


def ink_left(before, after, rects):
    """Share of an item's ink pixels in the raw screen that are not painted in the stored one."""
    import numpy

    ink = left = 0
    for l, t, r, b in rects:
        old, new = (picture[int(t) : int(b + 1), int(l) : int(r + 1)].reshape(-1, 3) for picture in (before, after))
        colours, counts = numpy.unique(old, axis=0, return_counts=True)
        ground = colours[counts.argmax()].astype(int)
        is_ink = numpy.abs(old - ground).sum(axis=1) > 120
        ink += is_ink.sum()
        left += (is_ink & (new != FILL).any(axis=1)).sum()
    return left / max(ink, 1)


def redact(candor, source, stored, profile):
    command = [candor, "redact", "image", source, stored, "--profile", profile]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "RTEN_NUM_THREADS": "1"})


def score_one(truth_file, profile, reader, raw):
    """What a stored screen still shows."""
    import numpy
    from PIL import Image

    truth = json.loads(truth_file.read_text())
    open_rgb = lambda path: Image.open(path).convert("RGB")
    source, stored = open_rgb(truth_file.with_suffix(".png")), open_rgb(truth_file.with_suffix(f".{profile}.png"))
    before, after = (numpy.asarray(picture).astype(int) for picture in (source, stored))
    seen_raw, seen = (tesseract(source, (1,)) if raw else ""), (tesseract(stored, zooms(truth["scale"])) if reader else "")
    kept = dict(frames=1, items=0, planted=0.0, read=0, looked=0, missed=[], leaked=[])
    kept["masked"] = int((after == FILL).all(axis=2).sum() - (before == FILL).all(axis=2).sum())
    for item in truth["planted"]:
        what = f"{truth_file.stem} {truth['layout']} x{truth['scale']} {item['kind']} {item['text']!r}"
        kept["items"] += 1
        kept["planted"] += sum((r - l) * (b - t) for l, t, r, b in item["rects"])
        left = ink_left(before, after, item["rects"])
        if left > LEFT_MAX:
            kept["missed"].append(f"{what}: {left:.2f} left")
        if raw:
            kept["looked"] += 1
            kept["read"] += readable(item["text"], seen_raw)
        if reader and readable(item["text"], seen):
            kept["leaked"].append(f"{what}: readable")
    return kept


def added(total, kept):
    return {key: total[key] + kept[key] for key in kept} if total else kept


def told(total):
    """The figures, and what does not hold."""
    items, looked = max(total["items"], 1), total["looked"]
    figures = {key: total[key] for key in ("frames", "items")}
    figures["recall"] = round(1 - len(total["missed"]) / items, 4)
    figures["leaked"] = len(total["leaked"])
    figures["area"] = round(total["masked"] / max(total["planted"], 1), 2)
    figures["raw_read"] = round(total["read"] / looked, 2) if looked else None
    return figures


def broken(figures, arguments):
    faults = []
    if figures["leaked"] > arguments.leaked_max:
        faults.append(f"{figures['leaked']} planted texts are readable, {arguments.leaked_max} may be")
    if figures["recall"] < arguments.recall_min:
        faults.append(f"recall is {figures['recall']}, not {arguments.recall_min}")
    if figures["area"] > arguments.area_max:
        faults.append(f"{figures['area']} times the area of planted items is masked, not {arguments.area_max}")
    if figures["raw_read"] is not None and figures["raw_read"] < arguments.raw_min:
        faults.append(f"the reader reads {figures['raw_read']} of raw items, not {arguments.raw_min}: it is no witness")
    return faults


def check(arguments):
    def some(first):
        with tempfile.TemporaryDirectory() as folder:
            return [one(truth_file) for truth_file in render_batch(Path(folder), first, arguments.seed)]

    def one(truth_file):
        source = truth_file.with_suffix(".png")
        redact(arguments.candor, source, source.with_suffix(f".{arguments.profile}.png"), arguments.profile)
        return score_one(truth_file, arguments.profile, True, int(truth_file.stem) % RAW_EVERY == 0)

    total, log = None, arguments.log.open("a") if arguments.log else sys.stderr
    starts = range(arguments.first, arguments.first + arguments.count, BATCH)
    with ThreadPoolExecutor(arguments.jobs) as pool:
        for batch in pool.map(some, starts):
            for kept in batch:
                total = added(total, kept)
                print(*kept["missed"], *kept["leaked"], sep="\n", end="\n" * bool(kept["missed"] + kept["leaked"]), file=log)
            print(json.dumps(told(total)), file=log, flush=True)
    figures = told(total)
    faults = broken(figures, arguments)
    print(json.dumps({**figures, "faults": faults}))
    sys.exit(3 if faults else 0)


def score(arguments):
    total = None
    for truth_file in sorted(arguments.folder.glob("[0-9]*.json")):
        source = truth_file.with_suffix(".png")
        if arguments.candor:
            redact(arguments.candor, source, source.with_suffix(f".{arguments.profile}.png"), arguments.profile)
        kept = score_one(truth_file, arguments.profile, arguments.reader, arguments.reader)
        total = added(total, kept)
        for line in kept["missed"] + kept["leaked"]:
            print(line, flush=True)
    print(json.dumps(told(total)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("render")
    make.add_argument("folder", type=Path)
    make.add_argument("--count", type=int, default=42)
    make.add_argument("--seed", default="1")
    measure = commands.add_parser("score")
    measure.add_argument("folder", type=Path)
    measure.add_argument("--candor", default="candor", help="the program; empty: look at what was stored before")
    measure.add_argument("--profile", default="standard")
    measure.add_argument("--no-reader", dest="reader", action="store_false")
    hold = commands.add_parser("check")
    hold.add_argument("--count", type=int, default=2000)
    hold.add_argument("--first", type=int, default=0)
    hold.add_argument("--seed", default="check")
    hold.add_argument("--candor", default="candor")
    hold.add_argument("--profile", default="standard")
    hold.add_argument("--jobs", type=int, default=1)
    hold.add_argument("--log", type=Path, help="where each miss and leak is told; else standard error")
    hold.add_argument("--leaked-max", type=int, default=0)
    hold.add_argument("--recall-min", type=float, default=0.98)
    hold.add_argument("--area-max", type=float, default=2.0)
    hold.add_argument("--raw-min", type=float, default=0.6)
    arguments = parser.parse_args()
    if arguments.command == "render":
        render(arguments.folder, arguments.count, arguments.seed)
    elif arguments.command == "check":
        check(arguments)
    else:
        score(arguments)


if __name__ == "__main__":
    main()
