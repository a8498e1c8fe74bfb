#!/usr/bin/env python3
"""Makes models/ocr out of the package faster-paddle 1.0.4: PP-OCRv6 tiny, with a head of Latin characters only.

    python3 -m pip download --no-deps --only-binary :all: --platform manylinux_2_34_x86_64 -d DOWNLOAD faster-paddle==1.0.4
    python3 cut.py DOWNLOAD/faster_paddle-1.0.4-*.whl ../../../models/ocr

Needs `onnx` and `numpy`. The package carries the ONNX files of PaddleOCR (Apache-2.0) uncompressed inside its extension
module. Detection is taken as it is. Recognition ends in a layer of one row for each of 6,904 characters; the rows of the
characters that our languages and interfaces use are kept, the others dropped, so that it is half as large and cannot
read a Chinese character into a Latin text. No weight is changed.
"""

import hashlib
import json
import re
import sys
import zipfile
from pathlib import Path

import numpy
import onnx
from onnx import numpy_helper

DET_SHA256 = "1130258b70c53bfd"
REC_SHA256 = "63e9e23c26f77daf"
CHARACTERS = 6904
"""Characters of the full dictionary; its classes are these, the blank before them and the space after them."""

LATIN_END = 0x250
"""One past Latin Extended-B: every letter of en, de, fr, es, it, nl, pt and most other Latin alphabets."""
SIGNS = "‘’‚“”„–—―…•·€£¥¢₣₤₩₽™©®°№→←↑↓↔⇒×÷±≈≠≤≥√∞✓✔✗✘★☆●○■□▲▼►◄◆◇♥✕✖"
"""Signs of prices, prose and interfaces, as far as the dictionary has them."""

ONNX_HEADER = rb"\x08\x08\x12\x00\x1a\x00\x3a"
"""How these ONNX files begin: version 8 of the format, an empty producer, a graph."""


def main() -> None:
    module = extension_module(Path(sys.argv[1]))
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    models = embedded_models(module)
    detection = by_digest(models, DET_SHA256)
    recognition, kept = latin_only(by_digest(models, REC_SHA256), dictionary(module))
    for name, content in [
        ("det.onnx", detection),
        ("rec.onnx", recognition),
        ("characters.txt", ("\n".join(kept) + "\n").encode()),
    ]:
        (folder / name).write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()}  {name}  {len(content)} bytes")
    print(f"{len(kept)} characters")


def extension_module(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as archive:
        return archive.read("faster_paddle/faster_paddle.abi3.so")


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def embedded_models(module: bytes) -> list[bytes]:
    """Every ONNX file in the module: header, graph of the length it says, then the imports of operator sets."""
    models = []
    for match in re.finditer(ONNX_HEADER, module):
        length, start = varint(module, match.end())
        if not 100_000 < length <= len(module) - start:
            continue
        end = start + length
        while module[end] == 0x42 and module[end + 1] < 40:
            end += 2 + module[end + 1]
        models.append(module[match.start() : end])
    return models


def by_digest(models: list[bytes], prefix: str) -> bytes:
    return next(model for model in models if hashlib.sha256(model).hexdigest().startswith(prefix))


def dictionary(module: bytes) -> list[str]:
    for match in re.finditer(rb'\["!", "\\"", "#"', module):
        end = match.start()
        while True:
            end = module.index(b'"]', end) + 2
            try:
                characters = json.loads(module[match.start() : end])
                break
            except ValueError:
                continue
        if len(characters) == CHARACTERS:
            return characters
    raise SystemExit("the dictionary is not in the module")


def is_kept(character: str) -> bool:
    return len(character) == 1 and (ord(character) < LATIN_END or character in SIGNS)


def latin_only(recognition: bytes, characters: list[str]) -> tuple[bytes, list[str]]:
    classes = len(characters) + 2
    kept = [0] + [i + 1 for i, c in enumerate(characters) if is_kept(c)] + [classes - 1]
    model = onnx.load_from_string(recognition)
    for tensor in model.graph.initializer:
        if classes in tensor.dims:
            axis = list(tensor.dims).index(classes)
            rows = numpy.take(numpy_helper.to_array(tensor), kept, axis=axis)
            tensor.CopyFrom(numpy_helper.from_array(numpy.ascontiguousarray(rows), tensor.name))
    for value in list(model.graph.output) + list(model.graph.value_info):
        for dimension in value.type.tensor_type.shape.dim:
            if dimension.dim_value == classes:
                dimension.dim_value = len(kept)
    onnx.checker.check_model(model)
    return model.SerializeToString(), [characters[i - 1] for i in kept[1:-1]]


if __name__ == "__main__":
    main()
