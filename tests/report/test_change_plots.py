import math

from eightcut.audio.comparison import compare
from eightcut.audio.regions import Region
from eightcut.report import plots

DIFF = compare([Region(0, 8, 0.5), Region(20, 28, 0.5)], [Region(0, 8, 0.6), Region(40, 48, 0.7)])


def legend(axes):
    (found,) = axes.figure.legends
    return found.get_title().get_text(), [text.get_text() for text in found.texts]


def test_lanes_count_each_kind_and_tell_the_thresholds():
    title, kinds = legend(plots.lanes(DIFF, title="a.wav", thresholds=(0.5, 0.625)))
    assert title == "thresholds: old 0.5, new 0.625"
    assert kinds == ["1 kept", "0 shifted", "1 gained", "1 lost"]


def test_an_unknown_threshold_and_one_above_all_scores_are_said():
    title, _ = legend(plots.lanes(DIFF, title="a.wav", thresholds=(None, math.inf)))
    assert title == "thresholds: old unknown, new above its best score"


def test_every_kind_of_change_has_a_colour_of_its_own():
    assert len(set(plots.CHANGES.values())) == 4


def test_the_most_changed_files_come_first_and_the_rest_are_counted():
    calm, wild = ({"kept": 9, "shifted": 0, "gained": n, "lost": 0} for n in (0, 5))
    counts = {f"{n}.wav": calm for n in range(50)} | {"wild.wav": wild}
    axes = plots.stacks(counts, title="v1 to v2")
    assert axes.get_yticklabels()[0].get_text() == "wild.wav"
    assert "40 most changed of 51" in axes.get_xlabel()


def test_a_dollar_in_a_name_is_no_formula():
    axes = plots.lanes(DIFF, title="$x_$.wav")
    assert axes.figure._repr_png_().startswith(b"\x89PNG")
