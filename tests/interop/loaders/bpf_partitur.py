"""`bpf`: a strict reader of BAS Partitur files, by the published rules of header and tiers."""

import os
import re

from common import export_and_expected, same, same_audio

MANDATORY = ["LHD", "REP", "SNB", "SAM", "SBF", "SSB", "NCH", "SPN", "LBD"]

folder, expected = export_and_expected()
for take in expected:
    stem = os.path.join(folder, take["speaker"], f"{take['speaker']}-{take['take_id']}")
    same_audio(f"{stem}.wav", take)
    with open(f"{stem}.par", encoding="utf-8", newline="") as file:
        lines = file.read().split("\n")
    same("end of the last line", lines.pop(), "")
    parsed = []
    for line in lines:
        match = re.fullmatch(r"([A-Z]{3}):(?: ([^\x00-\x1f\x7f]*))?", line)
        if match is None:
            raise SystemExit(f"{stem}.par: {line!r} is no line of a Partitur file")
        parsed.append(match.groups())
    head = [key for key, _ in parsed[: len(MANDATORY)]]
    same("header", head, MANDATORY)
    values = dict(parsed[: len(MANDATORY)])
    same("LHD", values["LHD"], "Partitur 1.3")
    same("rate", int(values["SAM"]), take["sample_rate_hz"])
    same("bytes and bits", (values["SNB"], values["SSB"], values["SBF"]), ("2", "16", "01"))
    same("channels", int(values["NCH"]), take["channels"])
    same("speaker", values["SPN"], take["speaker"])
    body = parsed[len(MANDATORY) :]
    words = [value.split(" ", 1) for key, value in body if key == "ORT"]
    same("numbers", [int(number) for number, _ in words], list(range(len(words))))
    same("words", [word for _, word in words], take["text"].split())
    [turn] = [value for key, value in body if key == "TRN"]
    begin, duration, numbers, text = turn.split(" ", 3)
    same("speech", [int(begin), int(begin) + int(duration) + 1], take["speech"])
    same("links", numbers, ",".join(number for number, _ in words))
    same("text", text.split(" "), take["text"].split())
    same("tiers", {key for key, _ in body}, {"ORT", "TRN"})
