"""Which recordings are of which kind, and on which side: training and test share none.

Names are members of FoxDot's sound folder; those under ``animals`` of another package.
"""

from collections.abc import Mapping
from typing import NamedTuple

Side = tuple[str, ...]


class Kind(NamedTuple):
    """The recordings of one kind of sound, of both sides."""

    train: Side
    test: Side


TARGETS: Mapping[str, Kind] = {
    "finger snap": Kind(
        ("h/lower/snap_.wav", "h/lower/snap_0.wav", "h/lower/snap_1.wav"),
        ("h/lower/snap_2.wav", "h/lower/snap_3.wav", "h/lower/snap_4.wav"),
    ),
    "clap": Kind(
        (
            "h/upper/clap_0.wav",
            "h/upper/clap_2.wav",
            "_/asterix/0_clap.wav",
            "_/asterix/2_clap.wav",
            "_/asterix/5_clap.wav",
        ),
        (
            "h/upper/clap_1.wav",
            "h/upper/clap_3.wav",
            "h/upper/clap_4.wav",
            "_/asterix/1_clap.wav",
            "_/asterix/4_clap.wav",
            "_/asterix/6_clap.wav",
        ),
    ),
    "struck metal": Kind(
        (
            "t/upper/cowbell_1.wav",
            "e/lower/cb0.wav",
            "r/lower/2_metal.wav",
            "r/lower/4_metal.wav",
            "r/lower/6_metal.wav",
        ),
        (
            "t/upper/cowbell_2.wav",
            "t/upper/0_metal_cowbell.wav",
            "e/lower/cb1.wav",
            "e/lower/cb2.wav",
            "r/lower/1_metal.wav",
            "r/lower/5_metal.wav",
        ),
    ),
    "trumpet stab": Kind(
        ("f/upper/Stab 7.wav", "f/upper/horn swipe.wav", "f/upper/z_airhorn.wav"),
        ("f/upper/brand new.wav", "f/upper/flared funk1.wav"),
    ),
    "tabla": Kind(
        (
            "p/lower/0_tabla.wav",
            "p/lower/2_tabla.wav",
            "p/lower/11-tabla_te1.wav",
            "p/upper/08-tabla_tas1.wav",
            "p/upper/10-tabla_tas3.wav",
            "p/upper/15-tabla_tun1.wav",
        ),
        (
            "p/lower/1_tabla.wav",
            "p/lower/3_tabla.wav",
            "p/lower/12-tabla_te2.wav",
            "p/upper/09-tabla_tas2.wav",
            "p/upper/16-tabla_tun2.wav",
            "p/upper/17-tabla_tun3.wav",
        ),
    ),
    "shout": Kind(
        ("_/exclamation/ayy_0.wav", "_/exclamation/yeah_0.wav", "_/exclamation/yeah_3.wav"),
        ("_/exclamation/ayy_1.wav", "_/exclamation/yeah_1.wav", "_/exclamation/yeah_4.wav"),
    ),
}

CONFUSERS: Mapping[str, Kind] = {
    "kick drum": Kind(("x/lower/0_kick_drum.wav",), ("x/lower/3_kick_drum.wav",)),
    "snare": Kind(
        ("o/lower/1_snare_drum.wav", "i/lower/0_jungle_snare.wav"),
        ("o/lower/3_snare_drum.wav", "i/lower/3_jungle_snare.wav"),
    ),
    "hi-hat": Kind(
        ("n/lower/Closedhat02.wav", "n/upper/Openhat01.wav"),
        ("n/lower/Closedhat06.wav", "n/upper/Openhat09.wav"),
    ),
    "tom": Kind(
        ("m/lower/0_tom.wav", "m/upper/tom (1).wav"), ("m/lower/2_tom.wav", "m/upper/tom (4).wav")
    ),
    "bleep": Kind(
        ("y/upper/bleep_0.wav", "b/lower/beep (3).wav"),
        ("y/upper/bleep_1.wav", "b/lower/dot (4).wav"),
    ),
    "wood block": Kind(
        ("d/lower/1_wood.wav", "d/lower/3_wood.wav"), ("d/lower/0_wood.wav", "d/lower/2_wood.wav")
    ),
    "scratch": Kind(("z/lower/0_scratch.wav",), ("z/lower/2_scratch.wav",)),
    "shaker": Kind(
        ("s/lower/0_shaker.wav", "s/upper/0_tamborine.wav"),
        ("s/lower/2_shaker.wav", "s/upper/2_tamborine.wav"),
    ),
    "rimshot": Kind(("t/lower/rimshot_01.wav",), ("t/lower/rimshot_02.wav",)),
    "voice": Kind(("c/upper/voice_1.wav",), ("c/upper/voice_4.wav",)),
    "animal": Kind(
        tuple(f"animals/{name}.mp3" for name in ("cat", "cow", "frog", "horse", "owl")),
        tuple(f"animals/{name}.mp3" for name in ("dog", "duck", "pig", "rooster", "sheep")),
    ),
}
