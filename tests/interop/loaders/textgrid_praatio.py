"""`textgrid`: praatio reads each TextGrid; its times are those of the audio and of the speech."""

import os

from praatio import textgrid

from common import export_and_expected, same, same_audio

folder, expected = export_and_expected()
for take in expected:
    stem = os.path.join(folder, take["speaker"], f"{take['speaker']}-{take['take_id']}")
    same_audio(f"{stem}.wav", take)
    rate = take["sample_rate_hz"]
    grid = textgrid.openTextgrid(f"{stem}.TextGrid", includeEmptyIntervals=True, reportingMode="error")
    same("ends", (grid.minTimestamp, grid.maxTimestamp), (0, take["frames"] / rate))
    same("tiers", grid.tierNames, ("text",))
    start, end = (frame / rate for frame in take["speech"])
    # praatio takes the blanks at the ends of a text away; that the file has them, the file itself says.
    intervals = [(0, start, ""), (start, end, take["text"].strip()), (end, take["frames"] / rate, "")]
    same("intervals", [tuple(entry) for entry in grid.getTier("text").entries], intervals)
    with open(f"{stem}.TextGrid", encoding="utf-8", newline="") as file:
        if f'text = "{take["text"].replace(chr(34), chr(34) * 2)}" \n' not in file.read():
            raise SystemExit(f"{stem}.TextGrid has not exactly {take['text']!r}")
files = [name for _, _, names in os.walk(folder) for name in names if name.endswith(".TextGrid")]
same("TextGrids", len(files), len(expected))
