"""Records takes the way most scripts do: `start` and `stop FILE` come as lines.

Design `open`: one stream stays open and a flag in its callback says whether to keep the block.
Design `per-take`: every take opens a stream and closes it.
"""

import sys
import wave

import pyaudio

design, rate = sys.argv[1], int(sys.argv[2])
audio = pyaudio.PyAudio()
blocks = []
recording = design == "per-take"


def callback(data, frame_count, time_info, status):
    if recording:
        blocks.append(data)
    return None, pyaudio.paContinue


def open_stream():
    return audio.open(
        format=pyaudio.paInt16, channels=1, rate=rate, input=True, frames_per_buffer=1024, stream_callback=callback
    )


stream = open_stream() if design == "open" else None
print("ready", flush=True)
for line in sys.stdin:
    command, _, path = line.strip().partition(" ")
    if command == "start":
        blocks.clear()
        if design == "open":
            recording = True
        else:
            stream = open_stream()
    else:
        if design == "open":
            recording = False
        else:
            stream.stop_stream()
            stream.close()
        with wave.open(path, "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(rate)
            wav.writeframes(b"".join(blocks))
        print("saved", flush=True)
