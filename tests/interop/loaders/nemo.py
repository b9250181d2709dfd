"""`nemo`: a manifest is read as NeMo does, and by `datasets`; the audio by soundfile."""

import json
import os

import datasets
import soundfile

from common import export_and_expected, more, same, samples_of

out, expected = export_and_expected()
for split in more().get("splits", [None]):
    manifest = os.path.join(out, f"{split}_manifest.json" if split else "manifest.json")
    here = {take["take_id"]: take for take in expected if take.get("split") == split}
    with open(manifest, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    same("takes", sorted(line["take"] for line in lines), sorted(here))
    for line in lines:
        take = here[line["take"]]
        same("text", line["text"], take["text"])
        same("speaker", line["speaker"], take["speaker"])
        same("lang", line.get("lang"), take["language"])
        same("label", line.get("label"), take["label"])
        # NeMo looks beside the manifest for what is no absolute path.
        samples, rate = soundfile.read(os.path.join(out, line["audio_filepath"]), dtype="int16")
        same("rate", rate, take["sample_rate_hz"])
        same("duration", line["duration"], take["frames"] / take["sample_rate_hz"])
        same("audio", samples.tolist(), samples_of(take["wav"])[1].tolist())
    table = datasets.load_dataset("json", data_files=manifest, split="train")
    same("texts in datasets", sorted(table["text"]), sorted(take["text"] for take in here.values()))
