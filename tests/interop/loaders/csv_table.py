"""`csv`: Python's own reader and pandas."""

import csv
import os

import pandas

from common import export_and_expected, same, same_audio

folder, expected = export_and_expected()
with open(os.path.join(folder, "takes.csv"), encoding="utf-8", newline="") as file:
    rows = {row["id"]: row for row in csv.DictReader(file)}
same("takes", sorted(rows), sorted(take["take_id"] for take in expected))
frame = pandas.read_csv(os.path.join(folder, "takes.csv"), keep_default_na=False, dtype=str).set_index("id")
for take in expected:
    row = rows[take["take_id"]]
    same("text", row["text"], take["text"])
    same("text in pandas", frame.loc[take["take_id"], "text"], take["text"])
    for column in ("speaker", "session", "prompt", "language"):
        same(column, row[column], take[column])
    same("label", row["label"], take["label"] or "")
    same_audio(os.path.join(folder, row["file"]), take)
