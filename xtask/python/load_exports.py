#!/usr/bin/env python3
"""Loads a dataset that Candor wrote with the tools that trainers use, and holds what they read against its manifest.

    python load_exports.py DATASET_DIR

Prints one line per check and exits with 0, or with 1 if a check fails, or with 2 if it is called wrongly. It reads
the folder only: no network, and no Candor code. What it needs stands in requirements.txt.
"""

import ast
import hashlib
import json
import os
import sys
import tempfile

# Read by the libraries when they are imported: nothing may be looked up on a hub.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"

import datasets  # noqa: E402
import pyarrow.parquet  # noqa: E402
from PIL import Image  # noqa: E402

SPLITS = ("train", "validation", "test")


class Mismatch(Exception):
    """What was read is not what the dataset says."""


def require(condition, message):
    if not condition:
        raise Mismatch(message)


class Dataset:
    """A dataset folder, with its manifest, steps and lineage."""

    def __init__(self, root):
        self.root = root
        with open(self.path("manifest.json"), encoding="utf-8") as file:
            self.manifest = json.load(file)
        with open(self.path("steps.jsonl"), encoding="utf-8") as file:
            self.steps = [json.loads(line) for line in file.read().splitlines()]
        self.lineage = pyarrow.parquet.read_table(self.path("lineage.parquet")).to_pylist()
        self.files = {file["path"]: file for file in self.manifest["files"]}

    def path(self, relative):
        return os.path.join(self.root, *relative.split("/"))

    def parquet(self, split):
        return f"data/{split}-00000-of-00001.parquet"

    def splits(self):
        return [split for split in SPLITS if self.parquet(split) in self.files]

    def trajectories(self):
        for split in SPLITS:
            path = self.path(f"agentnet/{split}.jsonl")
            if os.path.exists(path):
                with open(path, encoding="utf-8") as file:
                    for line in file:
                        yield split, os.path.dirname(path), json.loads(line)


def check_files(dataset):
    found = set()
    for folder, _, names in os.walk(dataset.root):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), dataset.root)
            found.add(path.replace(os.sep, "/"))
    found.discard("manifest.json")
    require(found == set(dataset.files), f"files differ from the manifest: {sorted(found ^ set(dataset.files))[:5]}")
    for path, listed in dataset.files.items():
        with open(dataset.path(path), "rb") as file:
            content = file.read()
        require(len(content) == listed["bytes"], f"{path} has {len(content)} bytes")
        require(hashlib.sha256(content).hexdigest() == listed["sha256"], f"{path} has another SHA-256")
    return f"{len(found)} files have the listed SHA-256"


def check_counts(dataset):
    steps, sessions = dataset.manifest["steps"], dataset.manifest["sessions"]
    require(len(dataset.steps) == steps, f"{len(dataset.steps)} lines of steps.jsonl, {steps} in the manifest")
    found = len({row["session"] for row in dataset.lineage})
    require(found == sessions, f"{found} sessions in the lineage, {sessions} in the manifest")
    return f"{steps} steps of {sessions} sessions"


def check_lineage(dataset):
    records = [row["record"] for row in dataset.lineage]
    require(records == list(range(len(dataset.steps))), "the rows of the lineage are not the records")
    ordinals = [row["ordinal"] for row in dataset.lineage]
    require(ordinals == [step["ordinal"] for step in dataset.steps], "an ordinal differs from its step")
    order = [(row["session"], row["ordinal"]) for row in dataset.lineage]
    require(order == sorted(set(order)), "records are not sorted by session and ordinal")
    return f"{len(records)} rows, one per record"


def check_images(dataset):
    opened = 0
    for record, step in enumerate(dataset.steps):
        path = dataset.path(f"images/{record:06}.png")
        require(os.path.exists(path) == ("frame" in step), f"image of record {record}")
        if "frame" in step:
            with Image.open(path) as image:
                image.load()
                check_size(record, image, step)
            opened += 1
    return f"{opened} images decode to the size of their screen"


def check_size(record, image, step):
    screen = (step["screen"]["width"], step["screen"]["height"])
    require(image.size == screen, f"image of record {record} is {image.size}, its screen is {screen}")


def check_parquet(dataset):
    splits = dataset.splits()
    if not splits:
        return "none asked for"
    with tempfile.TemporaryDirectory() as cache:
        loaded = datasets.load_dataset(dataset.root, cache_dir=cache)
        require(sorted(loaded) == sorted(splits), f"splits {sorted(loaded)} instead of {sorted(splits)}")
        rows = sum(check_split(dataset, split, loaded[split]) for split in splits)
    require(rows == len(dataset.steps), f"{rows} rows for {len(dataset.steps)} steps")
    return f"{rows} rows in {len(splits)} splits load with decoded images"


def check_split(dataset, split, rows):
    require(isinstance(rows.features["image"], datasets.Image), f"{split}: image is {rows.features['image']}")
    expected = [r for r in dataset.lineage if r["split"] == split]
    require(len(rows) == len(expected), f"{split}: {len(rows)} rows, {len(expected)} in the lineage")
    for number, (row, place) in enumerate(zip(rows, expected)):
        step = dataset.steps[place["record"]]
        require(place["file"] == dataset.parquet(split) and place["row"] == number, f"{split} row {number}: lineage")
        for column in ("record", "session", "ordinal"):
            require(row[column] == place[column], f"{split} row {number}: {column}")
        require(json.loads(row["step"]) == step, f"{split} row {number}: the step differs from steps.jsonl")
        require((row["image"] is not None) == ("frame" in step), f"{split} row {number}: image")
        if row["image"] is not None:
            check_size(place["record"], row["image"], step)
    return len(rows)


def check_agentnet(dataset):
    turns = images = without_code = 0
    tasks = set()
    for split, folder, trajectory in dataset.trajectories():
        task = trajectory["task_id"]
        require(task not in tasks, f"task {task} stands twice")
        tasks.add(task)
        records = [r for r in dataset.lineage if r["session"] == task]
        require({r["split"] for r in records} == {split}, f"task {task} stands in {split}, its records elsewhere")
        turns += check_turns(task, trajectory["traj"], len(records))
        for turn in trajectory["traj"]:
            images += check_image_of(folder, turn)
            without_code += not turn["value"]["code"]
            ast.parse(turn["value"]["code"])
    if not tasks:
        return "none asked for"
    require(tasks == {r["session"] for r in dataset.lineage}, "a session has no trajectory")
    frames = sum("frame" in step for step in dataset.steps)
    require(images == frames, f"{images} images in trajectories, {frames} records with a frame")
    return f"{len(tasks)} trajectories, {turns} turns, {images} images open, code parses ({without_code} without code)"


def check_turns(task, turns, records):
    require([t["index"] for t in turns] == list(range(len(turns))), f"task {task}: indices")
    ends = ["computer.terminate(" in t["value"]["code"] for t in turns]
    require(not any(ends[:-1]), f"task {task} goes on after its end")
    require(len(turns) - ends[-1] == records, f"task {task} has {len(turns)} turns for {records} records")
    return len(turns)


def check_image_of(folder, turn):
    if "image" not in turn:
        return 0
    with Image.open(os.path.join(folder, turn["image"])) as image:
        image.load()
    return 1


CHECKS = {
    "files": check_files,
    "counts": check_counts,
    "lineage": check_lineage,
    "images": check_images,
    "parquet": check_parquet,
    "agentnet": check_agentnet,
}


def main(arguments):
    if len(arguments) != 1 or not os.path.isdir(arguments[0]):
        print("usage: load_exports.py DATASET_DIR", file=sys.stderr)
        return 2
    datasets.disable_progress_bars()
    failed = 0
    try:
        dataset = Dataset(arguments[0])
    except Exception as error:  # Whatever is wrong with the folder is the answer.
        print(f"failed open: {error!r}")
        return 1
    for name, check in CHECKS.items():
        try:
            print(f"ok {name}: {check(dataset)}")
        except Exception as error:  # A check that cannot run has failed.
            print(f"failed {name}: {error!r}")
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
