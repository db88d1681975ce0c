from itertools import combinations

import numpy as np
import pytest

from eightcut.audio import labels
from eightcut.audio.windows import Grid, count
from eightcut.jobs import sample_recipe as recipe
from eightcut.jobs.sample_plan import CLIP_S, LENGTH_S, digest, plan
from eightcut.jobs.sample_recipe import PARTS, TARGET

FILM_S = 596.4
SETS = ("train", "review", "held out")


def videos(part, seed=recipe.SEED):
    return [video for video in plan(seed) if video.part == part]


def phrases(part, *, target):
    return [p for video in videos(part) for p in video.phrases if (p.label == TARGET) is target]


def recordings(part):
    return {p.recording for video in videos(part) for p in video.phrases}


@pytest.mark.parametrize(("one", "other"), list(combinations(SETS, 2)))
def test_two_sets_share_no_recording_and_no_second_of_film(one, other):
    assert not recordings(one) & recordings(other)
    assert not set(PARTS[one].pieces) & set(PARTS[other].pieces)


def test_a_video_plays_only_film_of_its_own_set():
    assert all(set(video.pieces) <= set(PARTS[video.part].pieces) for video in plan())


def test_every_piece_lies_within_the_film():
    last = max(piece for part in PARTS.values() for piece in part.pieces)
    assert (last + 1) * recipe.PIECE_S <= FILM_S


def test_at_least_twelve_videos_of_one_to_three_minutes():
    assert len(plan()) >= 12
    assert 60 <= LENGTH_S <= 180


@pytest.mark.parametrize("target", [True, False])
def test_target_and_confusers_each_come_from_six_recordings_or_more(target):
    heard = {p.recording for part in SETS for p in phrases(part, target=target)}
    assert len(heard) >= 6


def test_the_held_out_set_is_large_enough_to_judge_by():
    assert len(videos("held out")) >= 5
    assert len(phrases("held out", target=True)) >= 30
    assert len(phrases("held out", target=False)) >= 40


def test_what_confuses_in_review_confuses_in_held_out_and_is_unheard_in_train():
    kinds = {part: {p.label for p in phrases(part, target=False)} for part in SETS}
    assert kinds["review"] == kinds["held out"]
    assert not kinds["train"] & kinds["review"]


def test_a_user_has_cut_only_some_of_the_train_phrases():
    clips = sum(len(video.clips) for video in plan())
    assert 8 <= clips <= 14
    assert clips < len(phrases("train", target=True))


def test_every_clip_holds_most_of_a_phrase_of_the_target():
    for video in videos("train"):
        middles = [p.start + p.hits[-1].at / 2 for p in video.phrases if p.label == TARGET]
        for start in video.clips:
            assert min(abs(start + CLIP_S / 2 - middle) for middle in middles) <= 1.1


@pytest.mark.parametrize("seed", range(5))
def test_no_unmarked_phrase_lies_in_what_training_takes_for_background(seed):
    grid = Grid(8.0, 1.0)
    for video in videos("train", seed):
        far = labels.background(count(LENGTH_S, grid), grid, video.clips, 30.0)
        heard = np.zeros(LENGTH_S.__ceil__(), bool)
        for start in np.flatnonzero(far):
            heard[start : start + 8] = True
        for phrase in video.phrases:
            if phrase.label == TARGET:
                assert not heard[
                    int(phrase.start) : int(phrase.start + phrase.hits[-1].at + 1.5)
                ].any()


@pytest.mark.parametrize("seed", range(5))
def test_phrases_of_a_video_never_overlap_and_end_before_it_does(seed):
    for video in plan(seed):
        ends = [p.start + p.hits[-1].at + 1.5 for p in video.phrases]
        begins = [p.start for p in video.phrases[1:]] + [LENGTH_S]
        assert all(end < begin for end, begin in zip(ends, begins, strict=True))


def test_the_same_seed_gives_the_same_plan_and_another_seed_another():
    assert digest(plan(1)) == digest(plan(1)) != digest(plan(2))
