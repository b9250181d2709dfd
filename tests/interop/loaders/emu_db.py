"""`emu`: the database by the rules that emuR checks it with when it loads one (there is no reader of it for Python)."""

import json
import os
import re

from common import export_and_expected, same, same_audio

folder, expected = export_and_expected()
takes = {f"{take['speaker']}-{take['take_id']}": take for take in expected}


def keys(what, found, needed, allowed=()):
    """An object has these keys, and no others but those allowed."""
    same(f"keys of {what}", sorted(set(found) - set(allowed)), sorted(needed))


def read(*path):
    with open(os.path.join(folder, *path), encoding="utf-8") as file:
        return json.load(file)


[database] = [name for name in os.listdir(folder) if name.endswith("_emuDB")]
name = database[: -len("_emuDB")]
config = read(database, f"{name}_DBconfig.json")
keys("DBconfig", config, ["name", "UUID", "mediafileExtension", "ssffTrackDefinitions", "levelDefinitions", "linkDefinitions", "EMUwebAppConfig"])
same("name", config["name"], name)
same("media files", config["mediafileExtension"], "wav")
if not re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", config["UUID"]):
    raise SystemExit(f"{config['UUID']} is no UUID")
levels = {}
for level in config["levelDefinitions"]:
    keys("level", level, ["name", "type", "attributeDefinitions"])
    for attribute in level["attributeDefinitions"]:
        keys("attribute", attribute, ["name", "type"])
        same("type of an attribute", attribute["type"], "STRING")
    same("first attribute", level["attributeDefinitions"][0]["name"], level["name"])
    levels[level["name"]] = level
links = set()
for link in config["linkDefinitions"]:
    keys("link", link, ["type", "superlevelName", "sublevelName"])
    if link["type"] not in ("ONE_TO_ONE", "ONE_TO_MANY", "MANY_TO_MANY"):
        raise SystemExit(f"no such link: {link}")
    links.add((link["superlevelName"], link["sublevelName"]))
    same("levels of a link", {link["superlevelName"], link["sublevelName"]} <= set(levels), True)
app = config["EMUwebAppConfig"]
keys("EMUwebAppConfig", app, ["perspectives", "restrictions", "activeButtons"])
for perspective in app["perspectives"]:
    keys("perspective", perspective, ["name", "signalCanvases", "levelCanvases", "twoDimCanvases"])
    keys("signalCanvases", perspective["signalCanvases"], ["order", "assign", "contourLims"])
    for level in perspective["levelCanvases"]["order"]:
        same("a level with times is shown", levels[level]["type"] in ("SEGMENT", "EVENT"), True)

found = set()
for session in os.listdir(os.path.join(folder, database)):
    if session == f"{name}_DBconfig.json":
        continue
    same("ending of a session", session[-4:], "_ses")
    for bundle in os.listdir(os.path.join(folder, database, session)):
        same("ending of a bundle", bundle[-5:], "_bndl")
        id = bundle[:-5]
        take = takes[id]
        found.add(id)
        same("session", session, f"{take['speaker']}_{take['session']}_ses")
        same("files", sorted(os.listdir(os.path.join(folder, database, session, bundle))), [f"{id}.wav", f"{id}_annot.json"])
        same_audio(os.path.join(folder, database, session, bundle, f"{id}.wav"), take)
        annotation = read(database, session, bundle, f"{id}_annot.json")
        keys("annotation", annotation, ["name", "annotates", "sampleRate", "levels", "links"])
        same("heads", (annotation["name"], annotation["annotates"], annotation["sampleRate"]), (id, f"{id}.wav", take["sample_rate_hz"]))
        same("levels", [level["name"] for level in annotation["levels"]], list(levels))
        level_of = {}
        for level in annotation["levels"]:
            defined = levels[level["name"]]
            keys("level", level, ["name", "type", "items"])
            same("type", level["type"], defined["type"])
            end = -1
            for item in level["items"]:
                times = ["sampleStart", "sampleDur"] if level["type"] == "SEGMENT" else []
                keys("item", item, ["id", "labels", *times])
                same("ids are unique", item["id"] in level_of, False)
                level_of[item["id"]] = level["name"]
                same("labels", [label["name"] for label in item["labels"]], [a["name"] for a in defined["attributeDefinitions"]])
                for label in item["labels"]:
                    keys("label", label, ["name", "value"])
                if times:
                    same("segments do not overlap", item["sampleStart"] > end, True)
                    end = item["sampleStart"] + item["sampleDur"]
                    same("segments end within the audio", end < take["frames"], True)
                    same("speech", [item["sampleStart"], end + 1], take["speech"])
        for link in annotation["links"]:
            keys("link", link, ["fromID", "toID"])
            same("link is defined", (level_of[link["fromID"]], level_of[link["toID"]]) in links, True)
        [item] = annotation["levels"][0]["items"]
        labels = {label["name"]: label["value"] for label in item["labels"]}
        same("text", labels["utterance"], take["text"])
        same("label", labels["label"], take["label"] or "")
        same("speaker", labels["speaker"], take["speaker"])
same("takes", found, set(takes))
