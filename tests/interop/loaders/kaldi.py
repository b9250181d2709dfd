"""`kaldi`: kaldi_native_io reads the audio as Kaldi does; the tables are held against every rule that Kaldi's
validate_data_dir.sh and validate_text.pl enforce."""

import json
import os
import re

import kaldi_native_io
import numpy

from common import export_and_expected, more, same, samples_of


def table(folder, name):
    """The table's lines as pairs of key and rest, if it is sorted, unique, and ends as it must."""
    with open(os.path.join(folder, name), "rb") as file:
        content = file.read()
    assert content.endswith(b"\n"), f"{name}: no newline at the end"
    assert b"\r" not in content and b"\0" not in content, f"{name}: bytes that no table has"
    lines = content.split(b"\n")[:-1]
    assert all(lines), f"{name}: a blank line"
    rows = [line.split(b" ", 1) for line in lines]
    keys = [row[0] for row in rows]
    # LC_ALL=C sort -u: by bytes.
    assert keys == sorted(set(keys)), f"{name}: keys are not sorted and unique"
    assert lines == sorted(lines), f"{name}: lines are not sorted"
    assert all(len(row) == 2 and row[1].strip() == row[1] != b"" for row in rows), f"{name}: an empty or padded row"
    return {key.decode("ascii"): rest.decode("utf-8") for key, rest in rows}


def validate(folder, expected):
    """One data folder. Its takes, by utterance."""
    wav, text = table(folder, "wav.scp"), table(folder, "text")
    utt2spk, spk2utt = table(folder, "utt2spk"), table(folder, "spk2utt")
    for name, other in (("text", text), ("utt2spk", utt2spk), ("utt2dur", table(folder, "utt2dur")), ("reco2dur", table(folder, "reco2dur"))):
        same(f"utterances of {name}", list(other), list(wav))
    inverse = {}
    for utterance, speaker in utt2spk.items():
        assert utterance.startswith(speaker + "-"), f"{speaker} is no prefix of {utterance}"
        inverse.setdefault(speaker, []).append(utterance)
    same("spk2utt", {speaker: rest.split(" ") for speaker, rest in spk2utt.items()}, inverse)
    same("speakers in the order of their utterances", list(dict.fromkeys(utt2spk.values())), list(spk2utt))
    for key in list(utt2spk) + list(spk2utt):
        assert re.fullmatch(r"[A-Za-z0-9-]+", key), f"odd characters in {key}"
    for utterance, said in text.items():
        # What Perl's \s and Python's take for a blank, but a space.
        assert not re.search(r"[^\S ]", said), f"odd blank in the text of {utterance}"
        for word in said.split(" "):
            assert word not in ("", "<s>", "</s>", "<eps>") and not re.fullmatch(r"#[0-9]+", word), word
    speakers = {take["speaker"]: take["gender"] for take in expected}
    has_gender = os.path.exists(os.path.join(folder, "spk2gender"))
    same("spk2gender is there", has_gender, all(speakers.values()))
    if has_gender:
        same("genders", sorted(table(folder, "spk2gender").values()), sorted(speakers.values()))
    return text, utt2spk


def takes_of(out):
    with open(os.path.join(out, "takes.tsv"), encoding="utf-8", newline="\n") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return {row[2]: dict(zip(rows[0], row)) for row in rows[1:]}


out, expected = export_and_expected()
takes = takes_of(out)
same("takes", sorted(takes), sorted(take["take_id"] for take in expected))
for split in more().get("splits", [None]):
    folder = os.path.join(out, split) if split else out
    here = [take for take in expected if take.get("split") == split]
    text, utt2spk = validate(folder, here)
    same(f"utterances of {split}", len(text), len(here))
    names = {}
    audio = kaldi_native_io.SequentialWaveReader(f"scp:{folder}/wav.scp")
    # A copy: the reader goes on in the same memory.
    heard = {key: (value.sample_freq, numpy.array(value.data, copy=True)) for key, value in audio}
    durations = table(folder, "utt2dur")
    for take in here:
        row = takes[take["take_id"]]
        utterance = row["id"]
        same("text", text[utterance], " ".join(take["text"].split()))
        if row["exact_text"]:
            same("exact text", json.loads(row["exact_text"]), take["text"])
        else:
            same("exact text", text[utterance], take["text"])
        names.setdefault(take["speaker"], set()).add(utt2spk[utterance])
        rate, samples = heard[utterance]
        same("rate", rate, take["sample_rate_hz"])
        same("duration", float(durations[utterance]), round(take["frames"] / take["sample_rate_hz"], 6))
        same("audio", samples.reshape(-1).astype("<i2").tolist(), samples_of(take["wav"])[1].tolist())
    assert all(len(ids) == 1 for ids in names.values()), names
    same("speakers are told apart", len(set.union(*names.values())), len(names))
