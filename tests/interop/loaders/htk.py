"""`htk`: no package has HTK, so this reads the files as the HTK book says: strings (chapter "Strings and names"), master
label files, scripts, dictionaries and configurations; stricter than HTK itself, which takes a malformed line for another."""

import os
import re

from common import export_and_expected, more, same, same_audio


def strings(line):
    """The strings of a line, each with whether it was quoted; bytes in, bytes out."""
    found, at = [], 0
    while True:
        while at < len(line) and line[at : at + 1].isspace():
            at += 1
        if at == len(line):
            return found
        quote = line[at : at + 1] if line[at : at + 1] in (b'"', b"'") else None
        at += 1 if quote else 0
        string = bytearray()
        while True:
            if at == len(line):
                assert quote is None, f"open quote in {line}"
                break
            c = line[at : at + 1]
            if c == quote or (quote is None and c.isspace()):
                at += 1
                break
            if c == b"\\":
                octal = re.match(rb"[0-7]{3}", line[at + 1 :])
                if octal:
                    string.append(int(octal.group(), 8))
                    at += 4
                    continue
                assert line[at + 1 : at + 2] not in b"01234567", f"half an octal number in {line}"
                c, at = line[at + 1 : at + 2], at + 1
            string += c
            at += 1
        found.append((bytes(string), quote is not None))


def is_number(string):
    return re.fullmatch(rb"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", string) is not None


def lines_of(name):
    with open(os.path.join(out, name), "rb") as file:
        content = file.read()
    assert content.endswith(b"\n") and b"\r" not in content, name
    assert all(32 <= byte < 127 or byte == 10 for byte in content), f"{name}: bytes that a C locale does not print"
    return content.split(b"\n")[:-1]


def master_label_file(name):
    lines = lines_of(name)
    same("first line", lines[0], b"#!MLF!#")
    files, at = {}, 1
    while at < len(lines):
        pattern = re.fullmatch(rb'"\*/([A-Za-z0-9-]+)\.lab"', lines[at])
        assert pattern, lines[at]
        words, at = [], at + 1
        while lines[at] != b".":
            found = strings(lines[at])
            same(f"one label in {lines[at]}", len(found), 1)
            word, quoted = found[0]
            # A number that is not quoted is the time at which a label begins.
            assert quoted or not is_number(word), word
            words.append(word.decode("utf-8"))
            at += 1
        files[pattern.group(1).decode()] = words
        at += 1
    return files


out, expected = export_and_expected()
with open(os.path.join(out, "takes.tsv"), encoding="utf-8", newline="\n") as file:
    rows = [line.rstrip("\n").split("\t") for line in file][1:]
ids = {row[2]: row[0] for row in rows}
words, units = master_label_file("words.mlf"), master_label_file("units.mlf")
same("takes", sorted(words), sorted(ids[take["take_id"]] for take in expected))
dictionary = {}
entries = [strings(line) for line in lines_of("dict")]
for (word, quoted), *rest in entries:
    word = word.decode("utf-8")
    if word in ("!ENTER", "!EXIT"):
        same("silence", rest, [(b"[]", False), (b"sil", False)])
        continue
    assert quoted or not (is_number(word.encode()) or word.startswith(("[", "#"))), word
    # The second string would be an output symbol or a probability.
    assert rest and not rest[0][0].startswith(b"[") and (rest[0][1] or not is_number(rest[0][0])), rest
    assert word not in dictionary, f"{word} is in the dictionary twice"
    dictionary[word] = [unit.decode("ascii") for unit, _ in rest]
same("dictionary is sorted", lines_of("dict")[2:], sorted(lines_of("dict")[2:]))
same("word list", [strings(line)[0][0].decode() for line in lines_of("wordlist")], list(dictionary))
inventory = [strings(line)[0][0].decode("ascii") for line in lines_of("units")]
same("units", set(inventory), {unit for of_word in dictionary.values() for unit in of_word} | {"sil"})
# A unit names a model and a file: triphones are written with - and +, states in brackets.
assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", unit) for unit in inventory), inventory
coding = dict(line.decode().split(" ") for line in lines_of("codetrain.scp"))
config = dict(line.decode().split(" = ") for line in lines_of("hcopy.conf"))
same("format", (config["SOURCEFORMAT"], float(config["TARGETRATE"]), float(config["WINDOWSIZE"])), ("WAV", 100000.0, 250000.0))
assert os.path.isdir(os.path.join(out, "mfc"))
for take in expected:
    utterance = ids[take["take_id"]]
    same("words", words[utterance], take["text"].split())
    said = [unit for word in words[utterance] for unit in dictionary[word]]
    same("units", units[utterance], ["sil", *said, "sil"])
    path = f"wav/{utterance}.wav"
    same("coding", coding[path], f"mfc/{utterance}.mfc")
    same_audio(os.path.join(out, path), take)
if more().get("whole_words", True):
    same("words of one unit", {len(of_word) for of_word in dictionary.values()}, {1})
    same("units are told apart", len({of_word[0].lower() for of_word in dictionary.values()}), len(dictionary))
for split in more().get("splits", ["train"]):
    here = [take for take in expected if take.get("split", "train") == split]
    files = sorted(f"mfc/{ids[take['take_id']]}.mfc" for take in here)
    same(split, [line.decode() for line in lines_of(f"{split}.scp")], files)
