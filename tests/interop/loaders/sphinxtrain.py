"""`sphinxtrain`: the files are held against each other; then SphinxTrain trains models on the split `train`, and
PocketSphinx recognises the split `test` with them."""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

from common import export_and_expected, more, same, same_audio

out, expected = export_and_expected()
name = os.path.basename(out)


def lines_of(suffix):
    with open(os.path.join(out, "etc", name + suffix), encoding="utf-8", newline="\n") as file:
        content = file.read()
    assert content.endswith("\n") and "\r" not in content, suffix
    return content[:-1].split("\n")


with open(os.path.join(out, "takes.tsv"), encoding="utf-8", newline="\n") as file:
    rows = [line.rstrip("\n").split("\t") for line in file][1:]
ids = {row[2]: row[0] for row in rows}
said = {ids[take["take_id"]]: " ".join(take["text"].split()) for take in expected}
dictionary = dict(line.split(" ", 1) for line in lines_of(".dic"))
same("dictionary has each word once", len(dictionary), len(lines_of(".dic")))
phones = lines_of(".phone")
same("phones", sorted({phone for word in dictionary.values() for phone in word.split(" ")} | {"SIL"}), sorted(phones))
same("phones differ without case", len({phone.lower() for phone in phones}), len(phones))
same("fillers", lines_of(".filler"), ["<s> SIL", "</s> SIL", "<sil> SIL"])
splits = more().get("splits", ["train"])
found = []
for split in splits:
    for fileid, line in zip(lines_of(f"_{split}.fileids"), lines_of(f"_{split}.transcription"), strict=True):
        match = re.fullmatch(r"<s> (.+) </s> \(([A-Za-z0-9-]+)\)", line)
        assert match, line
        same("id", match.group(2), fileid)
        same("words", match.group(1), said[fileid])
        assert all(word in dictionary for word in match.group(1).split(" "))
        found.append(fileid)
same("takes", sorted(found), sorted(said))
for take in expected:
    if take["sample_rate_hz"] == 16000:
        same_audio(os.path.join(out, "wav", ids[take["take_id"]] + ".wav"), take)
if "train" not in splits or "test" not in splits:
    sys.exit(0)

work = tempfile.mkdtemp()
task = os.path.join(work, name)
shutil.copytree(out, task)
environment = {**os.environ, "PERL_USE_UNSAFE_INC": "1", "LC_ALL": "C"}


def run(*command):
    done = subprocess.run(command, cwd=task, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=500)
    told = done.stdout.decode("utf-8", "replace")
    if done.returncode != 0 or "FATAL" in told or re.search(r"\bERROR\b.*(Failed|failed|mismatch|missing)", told):
        sys.exit(f"{command}: {told[-3000:]}")
    return told


# Debian has the scripts, the programs and the front end in three folders, and its `sphinxtrain` finds one of them alone.
base = next(path for path in [*glob.glob("/usr/lib/*/sphinxtrain"), "/usr/lib/sphinxtrain"] if os.path.isdir(path + "/scripts"))
programs = os.path.join(work, "bin")
os.mkdir(programs)
for program in [*glob.glob("/usr/lib/sphinxtrain/*"), shutil.which("sphinx_fe")]:
    os.symlink(program, os.path.join(programs, os.path.basename(program)))
with open(base + "/etc/sphinx_train.cfg", encoding="utf-8") as file:
    config = file.read()
for gap, value in {"DB_NAME": name, "BASE_DIR": task, "SPHINXTRAIN_DIR": base, "SPHINXTRAIN_BIN_DIR": programs}.items():
    config = config.replace(f"___{gap}___", value)
shutil.copy(base + "/etc/feat.params", os.path.join(task, "etc", "feat.params"))
for setting, value in {
    "CFG_WAVFILE_EXTENSION": "'wav'",
    "CFG_WAVFILE_TYPE": "'mswav'",
    "CFG_HMM_TYPE": "'.cont.'",
    "CFG_STATESPERHMM": "5",
    "CFG_INITIAL_NUM_DENSITIES": "1",
    "CFG_FINAL_NUM_DENSITIES": "1",
    "CFG_CD_TRAIN": "'no'",
    "CFG_NPART": "1",
}.items():
    config, changed = re.subn(rf"(?m)^\s*\${setting}\s*=.*;.*$", f"${setting} = {value};", config)
    assert changed, setting
with open(os.path.join(task, "etc", "sphinx_train.cfg"), "w", encoding="utf-8") as file:
    file.write(config)
told = ""
for stage in ("000.comp_feat/slave_feat.pl", "00.verify/verify_all.pl", "20.ci_hmm/slave_convg.pl"):
    told += run("perl", f"{base}/scripts/{stage}")
model = os.path.join(task, "model_parameters", f"{name}.ci_cont")
assert os.path.exists(os.path.join(model, "means")), told[-3000:]

grammar = os.path.join(task, "words.gram")
with open(grammar, "w", encoding="utf-8") as file:
    file.write("#JSGF V1.0;\ngrammar words;\npublic <word> = " + " | ".join(sorted(dictionary)) + ";\n")
run(
    "pocketsphinx_batch", "-hmm", model, "-jsgf", grammar, "-dict", os.path.join(task, "etc", f"{name}.dic"),
    "-cepdir", os.path.join(task, "feat"), "-ctl", os.path.join(task, "etc", f"{name}_test.fileids"), "-hyp", "heard.txt",
)
heard = {}
with open(os.path.join(task, "heard.txt"), encoding="utf-8") as file:
    for line in file:
        match = re.match(r"(.*?) ?\((\S+) -?\d+\)$", line.rstrip("\n"))
        heard[match.group(2)] = match.group(1).strip()
test = lines_of("_test.fileids")
right = sum(heard.get(fileid) == said[fileid] for fileid in test)
print(f"SphinxTrain and PocketSphinx: {right} of {len(test)} words of held-out voices are right ({100 * right / len(test):.0f} %)")
shutil.rmtree(work)
# One in ten would be chance.
assert right >= 0.8 * len(test), "too few"
