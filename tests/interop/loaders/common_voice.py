"""`common-voice`: the tables are read as loaders of Common Voice do, by tabs alone and without quotes."""

import csv
import os

import datasets
import soundfile

from common import export_and_expected, more, same, samples_of

COLUMNS = "client_id path sentence_id sentence sentence_domain up_votes down_votes age gender accents variant locale segment"


def rows_of(name):
    with open(os.path.join(out, name), encoding="utf-8", newline="\n") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        same("columns", reader.fieldnames, COLUMNS.split(" "))
        return {row["path"]: row for row in reader}


def check(rows, expected):
    same("clips", sorted(rows), sorted(paths[take["take_id"]] for take in expected))
    sentences = {}
    for take in expected:
        row = rows[paths[take["take_id"]]]
        same("sentence", row["sentence"], take["text"])
        same("speaker", row["client_id"], take["speaker"])
        same("locale", row["locale"], take["language"])
        same("gender", row["gender"], {"f": "female_feminine", "m": "male_masculine", None: ""}[take["gender"]])
        sentences.setdefault(row["sentence_id"], set()).add(row["sentence"])
        path = os.path.join(out, "clips", row["path"])
        samples, rate = soundfile.read(path, dtype="int16")
        same("rate", rate, take["sample_rate_hz"])
        same("audio", samples.tolist(), samples_of(take["wav"])[1].tolist())
        same("duration", int(durations[row["path"]]), round(1000 * take["frames"] / rate))
    assert all(len(texts) == 1 for texts in sentences.values())


out, expected = export_and_expected()
with open(os.path.join(out, "takes.tsv"), encoding="utf-8") as file:
    paths = {row["take"]: row["path"] for row in csv.DictReader(file, delimiter="\t")}
with open(os.path.join(out, "clip_durations.tsv"), encoding="utf-8") as file:
    durations = {row["clip"]: row["duration[ms]"] for row in csv.DictReader(file, delimiter="\t")}
check(rows_of("other.tsv"), expected)
for split in more().get("splits", []):
    check(rows_of(f"{split}.tsv"), [take for take in expected if take["split"] == split])
assert not os.path.exists(os.path.join(out, "validated.tsv")), "nobody has validated a clip"
table = datasets.load_dataset("csv", data_files=os.path.join(out, "other.tsv"), delimiter="\t", quoting=csv.QUOTE_NONE, keep_default_na=False, split="train")
same("sentences in datasets", sorted(table["sentence"]), sorted(take["text"] for take in expected))
