"""`lhotse`: the manifests are read, validated with their audio, made into cuts, and checked by its command line."""

import glob
import os
import subprocess
import sys
import warnings

warnings.filterwarnings("ignore")

import lhotse
import numpy
from lhotse.qa import validate_recordings_and_supervisions

from common import export_and_expected, more, same, samples_of

folder, expected = export_and_expected()
splits = more().get("splits", ["all"])
takes = {f"{take['speaker']}-{take['take_id']}": take for take in expected}
os.chdir(folder)  # sources are relative to it
same("manifests", len(glob.glob("*.jsonl.gz")), 2 * len(splits))
found = set()
for split in splits:
    [recordings_file] = glob.glob(f"*_recordings_{split}.jsonl.gz")
    [supervisions_file] = glob.glob(f"*_supervisions_{split}.jsonl.gz")
    recordings = lhotse.RecordingSet.from_file(recordings_file)
    supervisions = lhotse.SupervisionSet.from_file(supervisions_file)
    validate_recordings_and_supervisions(recordings, supervisions, read_data=True)
    for cut in lhotse.CutSet.from_manifests(recordings=recordings, supervisions=supervisions):
        [supervision] = cut.supervisions
        take = takes[supervision.id]
        found.add(supervision.id)
        same("split", split, take.get("split", "all"))
        same("text", supervision.text, take["text"])
        same("speaker", supervision.speaker, take["speaker"])
        same("gender", supervision.gender, {"f": "female", "m": "male", None: None}[take["gender"]])
        same("language", supervision.language, take["language"])
        same("label", supervision.custom.get("label"), take["label"])
        same("speech", [round(supervision.custom[key] * take["sample_rate_hz"]) for key in ("speech_start", "speech_end")], take["speech"])
        same("duration", (cut.duration, cut.num_samples), (take["frames"] / take["sample_rate_hz"], take["frames"]))
        audio = cut.load_audio()
        if not numpy.array_equal(audio[0] * 32768, samples_of(take["wav"])[1]):
            sys.exit(f"{supervision.id} does not sound like {take['name']}")
    for file in (recordings_file, supervisions_file):
        # It ends with 0 even where it finds something.
        said = subprocess.run([sys.executable, "-W", "ignore", "-m", "lhotse.bin.lhotse", "validate", file], capture_output=True, text=True)
        if said.returncode != 0 or "Validation failed" in said.stdout + said.stderr:
            sys.exit(f"lhotse validate {file}: {said.stdout}{said.stderr}")
same("takes", found, set(takes))
