"""`speech-commands`: read as its loaders do (folders are words, the lists are what is not for training), by soundfile and
by `datasets`."""

import csv
import glob
import hashlib
import os
import re

import datasets
import numpy
import soundfile

from common import export_and_expected, more, same, samples_of

out, expected = export_and_expected()
with open(os.path.join(out, "takes.tsv"), encoding="utf-8") as file:
    takes = {row["take"]: row for row in csv.DictReader(file, delimiter="\t")}
same("takes", sorted(takes), sorted(take["take_id"] for take in expected))
walked = sorted(os.path.relpath(path, out) for path in glob.glob(os.path.join(glob.escape(out), "*", "*.wav")))
same("files", walked, sorted(row["file"] for row in takes.values()))


def lines_of(name):
    with open(os.path.join(out, name), encoding="utf-8") as file:
        return file.read().splitlines()


def by_hash(path):
    """The rule of the data set's README, for 10 % each."""
    most = 2**27 - 1
    speaker = re.sub(r"_nohash_.*$", "", os.path.basename(path))
    digest = int(hashlib.sha1(speaker.encode()).hexdigest(), 16)
    percent = (digest % (most + 1)) * (100.0 / most)
    return "validation" if percent < 10 else "testing" if percent < 20 else "training"


lists = {"validation": set(lines_of("validation_list.txt")), "testing": set(lines_of("testing_list.txt"))}
names = {"dev": "validation", "test": "testing", "train": "training"}
speakers = {}
for take in expected:
    path = takes[take["take_id"]]["file"]
    label, name = path.split("/")
    same("label", label, take["label"])
    match = re.fullmatch(r"([0-9a-f]{8})_nohash_([0-9]+)\.wav", name)
    assert match, name
    speakers.setdefault(take["speaker"], set()).add(match.group(1))
    wanted = names[take["split"]] if "split" in take else by_hash(path)
    found = [which for which, files in lists.items() if path in files] or ["training"]
    same(f"list of {path}", found, [wanted])
    samples, rate = soundfile.read(os.path.join(out, path), dtype="int16", always_2d=True)
    same("rate, frames, channels", (rate, *samples.shape), (16000, 16000, 1))
    start, end = take["speech"]
    source = samples_of(take["wav"])[1]
    # The speech's middle is the window's; there is silence where the take has nothing.
    begin = (start + end) // 2 - 8000
    window = numpy.zeros(16000, dtype="int16")
    first, last = max(begin, 0), min(begin + 16000, len(source))
    window[first - begin : last - begin] = source[first:last]
    same("audio", samples[:, 0].tolist(), window.tolist())
assert all(len(digits) == 1 for digits in speakers.values()), speakers
same("speakers are told apart", len(set.union(*speakers.values())), len(speakers))
table = datasets.load_dataset("audiofolder", data_files={"train": os.path.join(glob.escape(out), "*", "*.wav")}, drop_labels=False, split="train")
labels = table.features["label"]
same("labels in datasets", sorted(labels.int2str(table["label"][:])), sorted(take["label"] for take in expected))
print(f"{len(expected)} words of {len(speakers)} speakers")
