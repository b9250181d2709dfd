"""`ljspeech`: as trainers read it (each line parted at `|`), by `datasets` as CSV without quotes, and by soundfile."""

import os

import datasets
import soundfile

from common import export_and_expected, more, same, same_audio

folder, expected = export_and_expected()
takes = {f"{take['speaker']}-{take['take_id']}": take for take in expected}
splits = more().get("splits", [])


def table(name):
    with open(os.path.join(folder, f"{name}.csv"), encoding="utf-8") as file:
        return [line.rstrip("\n").split("|") for line in file]


rows = table("metadata")
same("takes", [row[0] for row in rows], sorted(takes))
for row in rows:
    take = takes[row[0]]
    same(f"fields of {row[0]}", len(row), 3)
    same("text", row[2], take["text"])
    path = os.path.join(folder, "wavs", f"{row[0]}.wav")
    same_audio(path, take)
    same("frames that soundfile finds", soundfile.info(path).frames, take["frames"])
for split in splits:
    of_split = sorted(id for id, take in takes.items() if take["split"] == split)
    same(f"takes in {split}", [row[0] for row in table(split)], of_split)
same("tables", sorted(f for f in os.listdir(folder) if f.endswith(".csv")), sorted(f"{t}.csv" for t in [*splits, "metadata"]))
same("audio files", len(os.listdir(os.path.join(folder, "wavs"))), len(takes))

columns = ["id", "shown", "said"]
read = datasets.load_dataset(
    "csv",
    data_files=os.path.join(folder, "metadata.csv"),
    split="train",
    sep="|",
    quoting=3,
    column_names=columns,
    keep_default_na=False,
    features=datasets.Features({column: datasets.Value("string") for column in columns}),
)
same("texts in datasets", {row["id"]: row["said"] for row in read}, {id: take["text"] for id, take in takes.items()})
