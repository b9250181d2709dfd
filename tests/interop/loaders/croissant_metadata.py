"""`croissant`: mlcroissant validates the description, and iterates the records."""

import hashlib
import json
import logging
import os

import mlcroissant
import pandas
from absl import logging as absl_logging

from common import export_and_expected, same, same_audio

folder, expected = export_and_expected()
takes = {f"{take['speaker']}-{take['take_id']}": take for take in expected}
path = os.path.join(folder, "metadata.json")
with open(path, encoding="utf-8") as file:
    described = json.load(file)
warned = []


class Listener(logging.Handler):
    def emit(self, record):
        warned.append(record.getMessage())


absl_logging.get_absl_logger().addHandler(Listener())
logging.getLogger().addHandler(Listener())
dataset = mlcroissant.Dataset(path)
same("errors", list(dataset.metadata.ctx.issues.errors), [])
print(sorted(dataset.metadata.ctx.issues.warnings), warned)


def text(value):
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return None if pandas.isna(value) else value


found = set()
for record in dataset.records("takes"):
    id = text(record["takes/id"])
    take = takes[id]
    found.add(id)
    for field in ("text", "speaker", "session", "prompt", "language", "label"):
        same(field, text(record[f"takes/{field}"]), take[field])
    same("seconds", record["takes/seconds"], take["frames"] / take["sample_rate_hz"])
    file = os.path.join(folder, text(record["takes/file"]))
    same_audio(file, take)
    with open(file, "rb") as audio:
        same("SHA-256", hashlib.sha256(audio.read()).hexdigest(), text(record["takes/sha256"]))
same("takes", found, set(takes))
[audio] = [entry for entry in described["distribution"] if entry["@type"] == "cr:FileSet"]
import glob

same("files in the set", len(glob.glob(audio["includes"], root_dir=folder)), len(takes))
