"""What the sample workspace is made of, as data: packages, film, recordings, and who hears what.

The film is Big Buck Bunny, cut into nine pieces of 66 s. Every piece belongs
to one of three sets (train, review, held out) and so does every recording, so
the sets share neither a second of film nor a recording. They take turns along
the film, because its music changes so much that otherwise a classifier could
tell the sets apart by the film alone.

A video plays two pieces of its set one after the other. The film is too short
for as many videos as a fair test needs, so inside a set a piece comes back in
several videos, with other sounds at other times. Intervals that are drawn
over files therefore understate a little what another film would change.

The sound to find is struck metal: cowbells and metal bars and pots. It comes
as a phrase, one recording struck again and again for a few seconds. Phrases of
other instruments, with the same rhythms and levels, are there to confuse. The
kinds in the review set also occur in the held-out set, in other recordings;
the train set has none of them. They are kinds that a first classifier was seen
to take for metal in the review set; congas and toms, which it hardly did, were
left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from eightcut.fetch import Package

FILM = Package(
    "moviepy", "2.2.1", "c80cb56815ece94e5e3e2d361aa40070eeb30a09d23a24c4e684d03e16deacb1", True
)
FILM_MEMBER = (
    "docs/_static/medias/getting_started/moviepy_10_minutes/moviepy_10_minutes.zip"
    "!moviepy_10_minutes/resources/bbb.mp4"
)
FILM_SHA256 = "475fbbf34c4c367998f80c29ea03b15a743941179b12da3373fc6706e68621d0"
SOUNDS = Package(
    "foxdot", "0.9.0", "f5d21aaab19c62965e5a5465ca646f1bd6274d16afd3392d7e652914194dffb1", True
)
SOUNDS_FOLDER = "FoxDot/snd/"

VERSION = 1  # goes up when the way videos are made changes without a change on this page
SEED = 8
TARGET = "metal"
TRAIN, REVIEW, HELD_OUT = SETS = ("train", "review", "held out")
PIECE_S = 66.0
GAP_S = 13.0  # from the start of one phrase to the start of the next, at least
PHRASE_S = (3.0, 6.0)
BEAT_S = (0.22, 0.5)
STEPS = (0.5, 1.0, 1.0, 1.5)  # beats from one stroke to the next
LEVEL_DB = (-3.0, 9.0)  # of a phrase against the film around it


@dataclass(frozen=True, slots=True)
class Part:
    """One of the three sets.

    Attributes:
        pieces: the pieces of the film that are its own.
        videos: for each video the two pieces it plays, as positions in ``pieces``.
        targets: phrases of the target per video.
        confusers: phrases of anything else per video.
        recordings: label -> its own recordings.
    """

    pieces: tuple[int, ...]
    videos: tuple[tuple[int, int], ...]
    targets: int
    confusers: int
    recordings: Mapping[str, tuple[str, ...]]


PARTS: Mapping[str, Part] = {
    TRAIN: Part(
        pieces=(0, 4, 8),
        videos=((0, 1), (2, 1), (2, 0), (1, 0), (1, 2), (0, 2)),
        targets=4,
        confusers=3,
        recordings={
            TARGET: (
                "t/upper/cowbell_1.wav",
                "e/lower/cb0.wav",
                "r/lower/2_metal.wav",
                "r/lower/4_metal.wav",
                "r/lower/6_metal.wav",
            ),
            "kick drum": ("x/lower/0_kick_drum.wav", "x/lower/3_kick_drum.wav"),
            "snare": ("o/lower/1_snare_drum.wav", "o/lower/3_snare_drum.wav"),
            "voice": ("_/1/one1.wav", "_/2/two1.wav", "_/3/three1.wav"),
        },
    ),
    REVIEW: Part(
        pieces=(2, 6),
        videos=((0, 1), (1, 0)) * 4,
        targets=3,
        confusers=5,
        recordings={
            TARGET: ("t/upper/0_metal_cowbell.wav", "e/lower/cb2.wav", "r/lower/0_metal.wav"),
            "tabla": (
                "p/upper/15-tabla_tun1.wav",
                "p/upper/08-tabla_tas1.wav",
                "p/lower/0_tabla.wav",
            ),
            "bleep": ("y/upper/bleep_0.wav", "y/upper/bleep_4.wav", "b/lower/beep (3).wav"),
            "wood block": ("d/lower/1_wood.wav", "d/lower/3_wood.wav"),
            "finger snap": ("h/lower/snap_.wav", "h/lower/snap_2.wav", "h/lower/snap_4.wav"),
            "clap": ("h/upper/clap_0.wav", "h/upper/clap_2.wav"),
        },
    ),
    HELD_OUT: Part(
        pieces=(1, 3, 5, 7),
        videos=(
            *((0, 1), (2, 3), (1, 2), (3, 0), (0, 2), (3, 1)),
            *((2, 0), (1, 3), (1, 0), (3, 2), (2, 1), (0, 3)),
        ),
        targets=4,
        confusers=5,
        recordings={
            TARGET: (
                "t/upper/cowbell_2.wav",
                "e/lower/cb1.wav",
                "r/lower/1_metal.wav",
                "r/lower/5_metal.wav",
            ),
            "tabla": (
                "p/upper/16-tabla_tun2.wav",
                "p/upper/10-tabla_tas3.wav",
                "p/lower/2_tabla.wav",
            ),
            "bleep": ("y/upper/bleep_1.wav", "b/upper/beep (6).wav", "b/lower/dot (4).wav"),
            "wood block": ("d/lower/0_wood.wav", "d/lower/2_wood.wav"),
            "finger snap": ("h/lower/snap_1.wav", "h/lower/snap_3.wav"),
            "clap": ("h/upper/clap_3.wav", "h/upper/clap_4.wav"),
        },
    ),
}
