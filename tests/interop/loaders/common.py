"""What loaders share: the facts of the corpus, and the comparison of audio."""

import json
import sys
import wave

import numpy


def export_and_expected():
    """The export's folder, and the list of what was recorded."""
    with open(sys.argv[2], encoding="utf-8") as file:
        return sys.argv[1], json.load(file)["utterances"]


def more():
    """What else the test tells."""
    with open(sys.argv[2], encoding="utf-8") as file:
        return json.load(file)["more"]


def same(what, found, expected):
    """Ends with an error unless both are equal."""
    if found != expected:
        sys.exit(f"{what}: found {repr(found)[:500]}, expected {repr(expected)[:500]}")


def samples_of(path):
    """Rate and 16-bit samples of a WAV of one channel, by Python's own reader."""
    with wave.open(str(path)) as file:
        same(f"channels of {path}", file.getnchannels(), 1)
        same(f"bytes per sample of {path}", file.getsampwidth(), 2)
        return file.getframerate(), numpy.frombuffer(file.readframes(file.getnframes()), "<i2")


def same_audio(path, utterance):
    """The WAV has every sample of the take, and no other."""
    rate, samples = samples_of(path)
    same(f"rate of {path}", rate, utterance["sample_rate_hz"])
    same(f"frames of {path}", len(samples), utterance["frames"])
    if not numpy.array_equal(samples, samples_of(utterance["wav"])[1]):
        sys.exit(f"{path} does not sound like {utterance['name']}")
