"""Previews made aside: in order, once, and only as long as somebody waits."""

import threading

from eightcut.sessions.pictures import Previews, Wanted
from tests.jobs.pictures import png


def test_a_picture_is_made_once_as_long_as_it_is_unchanged(tmp_path):
    wish = Wanted(png(tmp_path / "a.png"), 32)
    previews = Previews()
    assert previews.make(wish) is previews.make(wish)


def test_a_picture_that_has_changed_is_made_again(tmp_path):
    wish = Wanted(png(tmp_path / "a.png"), 32)
    previews = Previews()
    before = previews.make(wish)
    png(tmp_path / "a.png", seed=1, size=(65, 48))
    assert previews.make(wish).jpeg != before.jpeg


def test_what_no_longer_fits_is_forgotten_oldest_first(tmp_path):
    wishes = [Wanted(png(tmp_path / f"{seed}.png", seed), 32) for seed in range(3)]
    previews = Previews(kept_bytes=1)
    made = [previews.make(wish) for wish in wishes]
    assert previews.make(wishes[2]) is made[2]
    assert previews.make(wishes[0]) is not made[0]


def test_a_newer_wish_takes_the_place_of_what_is_not_begun(tmp_path):
    old = [Wanted(png(tmp_path / f"{seed}.png", seed), 32) for seed in range(4)]
    new = [Wanted(png(tmp_path / "new.png", 9), 32)]
    began, go_on, seen = threading.Event(), threading.Event(), []

    def deliver(wish, _made):
        seen.append(wish)
        began.set()
        go_on.wait(10)

    previews = Previews()
    previews.want(old, deliver)
    began.wait(10)
    previews.want(new, deliver)
    go_on.set()
    previews.wait()
    assert seen == [old[0], *new]


def test_a_missing_picture_is_a_sentence(tmp_path):
    made = Previews().make(Wanted(tmp_path / "gone.png", 32))
    assert (made.jpeg, made.problem) == (b"", f"gone.png is no longer in {tmp_path}")
