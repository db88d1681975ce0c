"""What the sample picture projects are made of, as data: which film, which moments, which looks.

The pictures are frames of Big Buck Bunny. The film between its titles is cut
into pieces that take turns, so that projects share no second of it and yet all
see every scene. A group is a burst: neighbouring moments of one shot, each with
a look of its own. Names, stages and the seconds between stages are like those of
a real tool; looks are drawn without regard to the stage, so no stage is always
the sharpest or best exposed.
"""

from typing import NamedTuple

VERSION = 1  # goes up when pictures are made in another way without a change on this page
SEED = 21
BEGIN_S, END_S, PIECE_S = 14.0, 482.0, 18.0  # of the film without titles and credits
EDGE_S = 1.6  # a burst begins this long before its piece of film ends, at the latest
CUTS_S = (
    15.75, 23.04, 47.71, 56.08, 60.67, 63.79, 69.0, 69.42, 71.29, 73.46, 75.54, 79.96, 89.75,
    91.42, 99.75, 103.92, 112.67, 117.96, 120.88, 123.46, 126.88, 146.38, 149.08, 156.0, 160.83,
    162.29, 163.29, 166.21, 168.0, 169.54, 176.12, 177.75, 180.5, 185.96, 189.33, 192.17, 194.67,
    195.71, 196.92, 199.83, 204.17, 205.92, 207.46, 208.88, 211.62, 213.79, 220.5, 221.12, 223.79,
    226.25, 229.92, 232.46, 242.04, 243.5, 250.75, 252.0, 253.67, 255.33, 257.0, 258.67, 259.5,
    261.17, 262.83, 264.5, 266.17, 270.33, 275.96, 277.92, 279.71, 281.38, 284.71, 292.21, 295.17,
    295.54, 297.12, 305.21, 308.33, 312.5, 314.42, 317.21, 319.21, 320.62, 322.17, 323.71, 331.38,
    334.33, 336.88, 337.08, 337.12, 339.75, 346.5, 351.54, 355.58, 371.29, 372.71, 375.38, 378.33,
    381.17, 390.79, 392.5, 394.5, 396.12, 398.96, 399.33, 399.71, 404.96, 408.12, 410.42, 412.12,
    416.12, 417.33, 420.04, 420.71, 421.0, 421.88, 424.33, 426.42, 427.5, 429.29, 430.79, 433.71,
    435.54, 436.08, 436.17, 440.58, 442.17, 442.21, 443.21, 444.92, 451.75, 458.29, 460.71,
    471.33, 472.88, 480.17, 481.67,
)  # fmt: skip
"""Where one shot of the film ends and the next begins."""
DARK_S = ((298.7, 300.6),)  # fades through black
CLEAR_S = 0.06  # bursts keep this far from them
STEP_S = (0.08, 0.4)  # from one alternative to the next in the film

NAMES = {
    1.0: "stage1_generated",
    1.5: "stage1.5_face_swapped",
    2.0: "stage2_upscaled",
    2.5: "stage2.5_relit",
    3.0: "stage3_enhanced",
}
STAGES = (  # of a burst, and how many bursts of a hundred have them
    ((1.0, 1.5, 2.0), 60),
    ((1.0, 2.0), 16),
    ((1.0, 2.0, 3.0), 8),
    ((1.0, 1.5, 2.0, 3.0), 12),
    ((2.0, 3.0), 4),
)
GAPS_S = {  # between two stages: the middle and how far around it, as measured on a real project
    (1.0, 1.5): (15, 3.5, 22),
    (1.5, 2.0): (72, 18.0, 107),
    (1.0, 2.0): (102, 12.0, 140),
    (2.0, 3.0): (105, 12.0, 128),
    (2.0, 2.5): (60, 10.0, 90),
    (2.5, 3.0): (60, 10.0, 90),
}
BETWEEN_S = (20.0, 120.0)  # from the last stage of a burst to the next burst
APART_S = 700.0  # around a picture that belongs to no group

BLURS_PX = (0.0, 0.0, 0.5, 0.9, 1.6)  # in a picture 360 high
NOISES = (0.0, 0.0, 0.0, 3.0, 7.0)
STOPS = 0.45  # standard deviation of exposure, at most twice as much

CREDIT = (
    "Frame of Big Buck Bunny, (c) 2008 Blender Foundation, www.bigbuckbunny.org, "
    "CC BY 3.0 (https://creativecommons.org/licenses/by/3.0/); cut out and changed"
)


class Part(NamedTuple):
    """One project of the samples.

    Attributes:
        name: of the project, unless the user gives another.
        title: for people to read.
        first: its first piece of film; every fourth one follows.
        groups: how many bursts.
        height: of the pictures in pixels.
        suffix: of their names.
        begins: the stamp in the first name.
        has_extras: whether there are pictures without a group, names that tell no stage,
            a group of five and a picture lying on its side.
    """

    name: str
    title: str
    first: int
    groups: int
    height: int
    suffix: str
    begins: str
    has_extras: bool = False


BUNNY = Part("bunny", "Big Buck Bunny", 0, 70, 360, ".png", "20250708_060711", has_extras=True)
DECIDED = (
    Part("squirrel", "Flying squirrel", 1, 120, 256, ".jpg", "20250721_081502"),
    Part("chinchilla", "Chinchilla", 2, 110, 256, ".jpg", "20250804_072233"),
    Part("butterfly", "Butterfly", 3, 110, 256, ".jpg", "20250818_064148"),
)
EVERY = 1 + len(DECIDED)
