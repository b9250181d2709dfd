"""`huggingface`: `datasets` reads the card's splits and, where it can find them itself, the bare folder."""

import io
import os

import datasets
import soundfile
import yaml

from common import export_and_expected, more, same, same_audio

folder, expected = export_and_expected()
splits = more().get("splits", ["train"])
takes = {f"{take['speaker']}-{take['take_id']}": take for take in expected}

with open(os.path.join(folder, "README.md"), encoding="utf-8") as file:
    same("first line of the card", file.readline(), "---\n")
    head, card = file.read().split("\n---\n", 1)
facts = yaml.safe_load(head)
same("licence", facts["license"], "unknown")
same("languages", facts["language"], ["en"])
same("size", facts["size_categories"], ["n<1K"])
if "automatic-speech-recognition" not in facts["task_categories"] or not card.strip().startswith("# "):
    raise SystemExit(f"the card says too little: {facts}, {card!r}")


def check(dataset):
    same("splits", sorted(dataset), sorted(splits))
    found = set()
    for split in dataset:
        for row in dataset[split].cast_column("audio", datasets.Audio(decode=False)):
            take = takes[row["id"]]
            found.add(row["id"])
            same("split", split, take.get("split", "train"))
            same("text", row["text"], take["text"])
            same("label", row["label"], take["label"] or "")
            same("speaker", row["speaker"], take["speaker"])
            same("seconds", row["seconds"], take["frames"] / take["sample_rate_hz"])
            path = row["audio"]["path"]
            same_audio(path, take)
            with open(path, "rb") as file:
                same("frames", soundfile.info(io.BytesIO(file.read())).frames, take["frames"])
    same("takes", found, set(takes))


check(datasets.load_dataset(folder))
if set(splits) <= {"train", "test", "dev", "validation"}:
    bare = datasets.load_dataset("audiofolder", data_dir=os.path.join(folder, "data"))
    names = {"validation": "dev"} if "dev" in splits else {}
    check({names.get(split, split): bare[split] for split in bare})
