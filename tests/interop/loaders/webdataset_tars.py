"""`webdataset`: its own pipeline reads every archive."""

import glob
import io
import json
import os

import soundfile
import webdataset

from common import export_and_expected, more, same, samples_of

folder, expected = export_and_expected()
splits = more().get("splits", ["all"])
ending = more().get("ending", "wav")
takes = {f"{take['speaker']}-{take['take_id']}": take for take in expected}
classes = []
if any(take["label"] for take in expected):
    with open(os.path.join(folder, "classes.json"), encoding="utf-8") as file:
        classes = json.load(file)
with open(os.path.join(folder, "sizes.json"), encoding="utf-8") as file:
    sizes = json.load(file)
archives = sorted(os.path.basename(path) for path in glob.glob(os.path.join(folder, "*.tar")))
same("archives", archives, sorted(sizes))
found = set()
for archive in archives:
    split = archive.rsplit("-", 1)[0]
    read = 0
    for sample in webdataset.WebDataset(os.path.join(folder, archive), shardshuffle=False, empty_check=False):
        take = takes[sample["__key__"]]
        found.add(sample["__key__"])
        read += 1
        same("split", split, take.get("split", "all"))
        same("text", sample["txt"].decode("utf-8"), take["text"])
        facts = json.loads(sample["json"])
        same("text in the facts", facts["text"], take["text"])
        same("label", facts.get("label"), take["label"])
        if take["label"] is None:
            same("class", sample.get("cls"), None)
        else:
            same("class", classes[int(sample["cls"])], take["label"])
        audio, rate = soundfile.read(io.BytesIO(sample[ending]), dtype="int16")
        same("rate", rate, take["sample_rate_hz"])
        same("audio", audio.tolist(), samples_of(take["wav"])[1].tolist())
    same(f"samples in {archive}", read, sizes[archive])
same("splits", sorted({archive.rsplit("-", 1)[0] for archive in archives}), sorted(splits))
same("takes", found, set(takes))
