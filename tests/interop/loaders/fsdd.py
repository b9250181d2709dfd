"""`fsdd`: a file's name is all that is read of it, as the data set's own tools do."""

import csv
import os

import soundfile

from common import export_and_expected, more, same, samples_of

out, expected = export_and_expected()
with open(os.path.join(out, "takes.tsv"), encoding="utf-8") as file:
    takes = {row["take"]: row["file"] for row in csv.DictReader(file, delimiter="\t")}
meant = {}
if os.path.exists(os.path.join(out, "name_map.tsv")):
    with open(os.path.join(out, "name_map.tsv"), encoding="utf-8") as file:
        meant = {row["written"]: row["meant"] for row in csv.DictReader(file, delimiter="\t")}
same("files", sorted("recordings/" + name for name in os.listdir(os.path.join(out, "recordings"))), sorted(takes.values()))
same("takes", sorted(takes), sorted(take["take_id"] for take in expected))
indices = {}
for take in expected:
    path = takes[take["take_id"]]
    label, speaker, index = os.path.basename(path)[: -len(".wav")].split("_")
    same("label", meant.get(label, label), take["label"])
    same("speaker", meant.get(speaker, speaker), take["speaker"])
    indices.setdefault((label, speaker), []).append(int(index))
    samples, rate = soundfile.read(os.path.join(out, path), dtype="int16")
    if more()["rate_hz"] == take["sample_rate_hz"]:
        same("audio", samples.tolist(), samples_of(take["wav"])[1].tolist())
    same("rate", rate, more()["rate_hz"])
    same("frames", len(samples), round(take["frames"] * rate / take["sample_rate_hz"]))
for key, found in indices.items():
    same(f"indices of {key}", sorted(found), list(range(len(found))))
for split in more().get("splits", []):
    with open(os.path.join(out, f"{split}.txt"), encoding="utf-8") as file:
        listed = sorted(file.read().splitlines())
    same(split, listed, sorted(takes[take["take_id"]] for take in expected if take["split"] == split))
