import numpy as np
import pytest

from eightcut.audio import metrics
from eightcut.models import calibration, heads, mil
from eightcut.models.bags import Bags, joined
from eightcut.models.classifier import fit

WIDTH, FRAMES = 12, 16
SOUND = np.ones(WIDTH) / WIDTH**0.5


def clips(files=6, per_file=12, *, seed=0, separation=5.0):
    """Bags of 16 frames, every third with the sound in one frame; each file sounds its own."""
    chance = np.random.default_rng(seed)
    number = files * per_file
    truth = np.arange(number) % 3 == 0
    groups = np.repeat([f"film {file}" for file in range(files)], per_file)
    rooms = np.repeat(chance.normal(0, 0.5, (files, WIDTH)), per_file * FRAMES, axis=0)
    frames = chance.normal(size=(number * FRAMES, WIDTH)) + rooms
    at = np.arange(number) * FRAMES
    where = at[truth] + chance.integers(FRAMES, size=truth.sum())
    frames[where] += separation * SOUND
    return Bags(frames.astype(np.float32), at, at + FRAMES), truth, list(groups), where


@pytest.fixture(autouse=True)
def quicker_fits(monkeypatch):
    monkeypatch.setattr(mil, "ROUNDS", 4)


def holds(scores, where):
    """The share of the sounds whose frame is the best of its clip."""
    return np.mean([scores[at] == scores[at - at % FRAMES :][:FRAMES].max() for at in where])


def test_it_finds_which_frame_of_a_clip_holds_the_sound():
    bags, truth, groups, _ = clips()
    head = fit(bags, truth, groups, head="mil").head
    new, _, _, where = clips(seed=1)
    assert holds(head.scores(new.frames), where) > 0.9


def test_it_beats_a_head_on_the_mean_of_the_frames():
    bags, truth, groups, _ = clips(separation=4.0)
    new, answer, _, _ = clips(seed=1, separation=4.0)
    mean = [some.frames.reshape(-1, FRAMES, WIDTH).mean(axis=1) for some in (bags, new)]
    on_frames = fit(bags, truth, groups, head="mil").head.scores(new)
    on_means = fit(mean[0], truth, groups, head="logistic").head.scores(mean[1])
    right, wrong = (metrics.auroc(answer, scores) for scores in (on_frames, on_means))
    assert right > wrong


def test_two_fits_give_the_same_bytes():
    bags, truth, groups, _ = clips()
    first, second = (fit(bags, truth, groups, head="mil") for _ in range(2))
    assert all(np.array_equal(v, second.head.tensors[k]) for k, v in first.head.tensors.items())
    assert first.platt == second.platt


def test_a_bag_scores_as_its_best_frame():
    bags, truth, groups, _ = clips()
    head = fit(bags, truth, groups, head="mil").head
    frames = head.scores(bags.frames).reshape(-1, FRAMES)
    assert np.allclose(head.scores(bags), frames.max(axis=1), atol=1e-5)


def test_a_sound_that_fills_its_clips_is_learned_too():
    bags, truth, groups, _ = clips(separation=0.0)
    filled = np.repeat(truth, FRAMES)
    bags.frames[filled] += np.float32(3.0) * SOUND.astype(np.float32)
    head = fit(bags, truth, groups, head="mil").head
    assert metrics.auroc(filled, head.scores(bags.frames)) > 0.95


def test_windows_round_a_clip_teach_the_clip_alone():
    bags, truth, _, _ = clips()
    whole = np.stack([bags.first, bags.last], axis=1)[truth]
    shifted = Bags(
        bags.frames,
        np.where(truth, np.maximum(bags.first - 6, 0), bags.first),
        np.where(truth, bags.last - 6, bags.last),
        whole,
    )
    aligned = Bags(bags.frames, bags.first, bags.last, whole)
    found = shifted.positives(truth)
    assert np.array_equal(found.first, aligned.positives(truth).first)


def test_of_a_refused_stretch_nothing_is_known_but_the_stretch():
    bags, truth, _, _ = clips()
    bags = Bags(bags.frames, bags.first, bags.last, refused=np.array([[18, 20]]))
    known = bags.without(truth)
    assert known[18:20].all()
    assert known[16:32].sum() == 2
    assert known[32:48].all()


def test_frames_of_clips_never_count_as_without_the_sound():
    bags, truth, _, _ = clips()
    overlapping = Bags(bags.frames, bags.first, np.minimum(bags.last + 3, len(bags.frames)))
    assert not (overlapping.without(truth) & (overlapping[truth].coverage() > 0)).any()


def test_clips_that_share_frames_are_held_out_together():
    first = np.array([0, 8, 100, 200, 208])
    bags = Bags(np.zeros((300, 2), np.float32), first, first + 16)
    fold = mil._folds(bags, np.random.default_rng(0))
    assert fold[0] == fold[1]
    assert fold[3] == fold[4]


def test_one_clip_can_be_learned_from():
    bags, truth, _, _ = clips()
    used = ~truth
    used[0] = True
    head = heads.fit(bags[used], truth[used], np.ones(used.sum()), kind="mil", seed=0)
    scores = head.scores(bags[used])
    assert scores[0] > np.median(scores)


def test_where_all_frames_lie_in_clips_there_is_nothing_to_tell_them_from():
    frames = np.random.default_rng(0).normal(size=(20, 4)).astype(np.float32)
    bags = Bags(frames, np.array([0, 0]), np.array([20, 10]))
    with pytest.raises(ValueError, match="every one lies in a clip"):
        heads.fit(bags, np.array([True, False]), np.ones(2), kind="mil", seed=0)


def test_a_head_on_windows_refuses_bags():
    bags, truth, groups, _ = clips()
    with pytest.raises(ValueError, match="reads windows, not bags"):
        fit(bags, truth, groups, head="logistic")


def test_its_probabilities_are_those_of_clips_not_of_frames():
    bags, truth, groups, _ = clips(files=20, separation=4.0)
    fitted = fit(bags, truth, groups, head="mil")
    new, answer, _, _ = clips(files=20, seed=1, separation=4.0)
    chance = fitted.platt.probabilities(fitted.head.scores(new))
    assert abs(chance.mean() - answer.mean()) < 0.08


def test_an_example_that_stands_for_several_counts_as_often_in_calibration():
    chance = np.random.default_rng(0)
    scores, truth = chance.normal(size=200).astype(np.float32), chance.random(200) < 0.5
    scores[truth] += 1
    weights = chance.integers(1, 4, 200)
    repeated = calibration.platt(np.repeat(scores, weights), np.repeat(truth, weights))
    assert np.allclose(calibration.platt(scores, truth, weights), repeated, atol=1e-6)


def test_joined_recordings_keep_their_own_frames():
    bags, truth, _, _ = clips()
    bags = Bags(bags.frames, bags.first, bags.last, np.array([[0, 16]]), np.array([[18, 20]]))
    both = joined([bags, bags])
    scores = np.arange(len(both.frames), dtype=np.float32)
    assert len(both) == 2 * len(truth)
    assert np.array_equal(both.highest(scores), both.last - 1)
    assert both.clips.tolist() == [[0, 16], [len(bags.frames), len(bags.frames) + 16]]


def test_frames_that_no_bag_holds_are_let_go():
    bags, _, _, _ = clips()
    some = bags[np.arange(len(bags)) % 2 == 0]
    small = some.compact()
    assert len(small.frames) == len(some) * FRAMES
    assert np.array_equal(small.frames[small.first], some.frames[some.first])


def test_a_stretch_shared_by_two_bags_counts_half_for_each():
    bags = Bags(np.zeros((12, 2)), np.array([0, 4]), np.array([8, 12]))
    assert bags.shares().tolist() == [0.75, 0.75]
