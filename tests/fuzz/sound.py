"""Readers of media files: containers, their sound and their pictures."""

import struct
from hashlib import sha256

import eightcut as ec
from eightcut.media import audio, frames
from tests.fuzz.mutate import damage
from tests.fuzz.reader import Reader
from tests.media import made

SOUNDS = {
    "a.wav": (), "a.flac": (), "a.mp3": (), "a.ogg": ("-c:a", "libvorbis"), "a.opus": (),
    "a.aiff": (),
    "a.m4a": (), "a.wma": (), "a.ac3": (), "a.aac": (), "a.au": (), "a.caf": (), "a.mka": (),
}  # fmt: skip
FILMS = {
    "a.mp4": ("-c:a", "aac"), "a.mov": ("-c:a", "pcm_s16le"), "a.mkv": ("-c:a", "libopus"),
    "a.avi": ("-c:a", "libmp3lame"), "a.ts": ("-c:a", "aac"), "a.mpg": ("-c:v", "mpeg2video"),
    "a.flv": ("-c:a", "aac"), "a.webm": ("-c:v", "libvpx", "-c:a", "libvorbis"),
}  # fmt: skip
SHORT_S = 0.4


def _sounds(folder):
    tone = made.tone(folder / "tone.wav", SHORT_S, 8000)
    for name, how in SOUNDS.items():
        made.run("-i", tone, *how, folder / name)
    return [(folder / name).read_bytes() for name in SOUNDS]


def _films(folder):
    tone = made.tone(folder / "tone.wav", SHORT_S, 44_100)
    picture = ["-f", "lavfi", "-i", f"testsrc2=s=32x32:r=25:d={SHORT_S}"]
    for name, how in FILMS.items():
        code = () if "-c:v" in how else ("-c:v", "libx264", "-preset", "ultrafast")
        made.run(*picture, "-i", tone, *code, "-pix_fmt", "yuv420p", *how, folder / name)
    return [(folder / name).read_bytes() for name in FILMS]


def _media(suffixes):
    """Add the file with a good one behind it, hear all of it, and look at it."""

    def door(folder):
        good = made.tone(folder / "good.wav", 0.2, 8000)
        ws = ec.Workspace(folder / "ws")

        def read(content):
            suffix = suffixes[sha256(content).digest()[0] % len(suffixes)]
            path = folder / f"given{suffix}"
            path.write_bytes(content)
            try:
                _add(ws, path, good)
                heard = sum(len(block) for block in audio.blocks(path))
                assert heard < 500 * 3600 * audio.RATE_HZ
                assert len(audio.read(path, 0.1, 0.2)) == 3200
                _look(path)
            finally:
                path.unlink()

        return read

    return door


def _add(ws, path, good):
    """A bad file is named and the good one goes on; every file is counted once."""
    added = ws.add_media([path, good])
    assert added[-1].filename == "good.wav"
    assert len(added) + len(added.skipped) == 2
    for _, reason in added.skipped:
        raise ValueError(reason)
    assert added[0].duration is None or 0 <= added[0].duration < float("inf")


def _look(path):
    if audio.probe(path).has_video:
        for _ in frames.at(path, [0.0, 0.2], height=16):
            pass


def _long_headers():
    """Headers that promise a hundred hours."""
    size = 100 * 3600 * 16_000
    fmt = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16_000, 2, 16)
    wav = b"RIFF" + struct.pack("<I", size % 2**32) + b"WAVE" + fmt + b"data"
    return (
        wav + struct.pack("<I", 0xFFFFFFF0) + bytes(1000),
        wav + struct.pack("<I", 0) + bytes(1000),
        b"RIFF" + bytes(4) + b"WAVE" + (b"LIST" + struct.pack("<I", 0)) * 20_000,
        b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
    )


READERS = (
    Reader("sound file", _sounds, damage, _media([*(name[1:] for name in SOUNDS), ".mp4"]),
    bombs=_long_headers),
    Reader("film", _films, damage, _media([name[1:] for name in FILMS])),
)  # fmt: skip
