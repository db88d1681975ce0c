"""Nearest vectors: exactly what a full sort would give, in bounded memory."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eightcut.models import sketch
from eightcut.models.nearest import Nearest, unit
from eightcut.models.sketch import Directions, Questions

WIDTH = 160


class Arrays:
    """A source of vectors that lie in memory."""

    def __init__(self, arrays):
        self.arrays = arrays

    def count(self, key):
        return len(self.arrays[key])

    def chunks(self, key):
        for begin in range(0, self.count(key), 50):
            yield unit(self.arrays[key][begin : begin + 50])

    def rows(self, key, rows):
        return unit(self.arrays[key][rows])


def vectors(number, seed=0, *, flat=False):
    """Half-precision vectors; unless flat, near a few directions, as embeddings are."""
    generator = np.random.default_rng(seed)
    noise = generator.normal(size=(number, WIDTH))
    axes = np.random.default_rng(99).normal(size=(6, WIDTH))
    made = noise if flat else generator.normal(size=(number, 6)) @ axes + 0.02 * noise
    return made.astype(np.float16)


def sorted_fully(source, keys, examples, k, against=None):
    """What every vector compared with every example gives."""
    every = [(key, row) for key in keys for row in range(source.count(key))]
    table = np.array([source.rows(key, np.array([row]))[0] for key, row in every], np.float64)
    table = table.reshape(-1, WIDTH)
    score = (table @ examples.T).max(axis=1) if len(table) else np.empty(0)
    if against is not None and len(table):
        score = score - (table @ against.T).max(axis=1)
    order = np.lexsort((np.arange(len(every)), -np.round(score, 12)))[:k]
    return [(*every[place], score[place]) for place in order]


def assert_same(found, wanted):
    assert [(one.key, one.row) for one in found] == [(key, row) for key, row, _ in wanted]
    assert np.allclose([one.similarity for one in found], [score for *_, score in wanted])


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 130), min_size=1, max_size=4),
    k=st.integers(1, 200),
    flat=st.booleans(),
    limit=st.sampled_from([0, 20_000, 1 << 30]),
    seed=st.integers(0, 9),
    negatives=st.integers(0, 2),
)
def test_a_search_gives_what_a_full_sort_gives(sizes, k, flat, limit, seed, negatives):
    source = Arrays({f"k{i}": vectors(n, seed + i, flat=flat) for i, n in enumerate(sizes)})
    keys = list(source.arrays)
    examples, others = unit(vectors(2, seed)), unit(vectors(2, 55)[:negatives])
    against = others if negatives else None
    found = Nearest(WIDTH, limit=limit).search(keys, examples, k, source, against=against)
    assert_same(found, sorted_fully(source, keys, examples, k, against))


@pytest.mark.parametrize("flat", [False, True])
def test_equal_vectors_come_in_the_order_of_entry_and_number(flat):
    same = vectors(3, flat=flat)
    source = Arrays({"b": same, "a": np.concatenate([same, same])})
    found = Nearest(WIDTH).search(["b", "a"], unit(same[1:2]), 3, source)
    assert [(one.key, one.row) for one in found] == [("b", 1), ("a", 1), ("a", 4)]
    assert len({one.similarity for one in found}) == 1


def test_more_than_there_are_gives_all():
    source = Arrays({"a": vectors(5)})
    assert len(Nearest(WIDTH).search(["a"], unit(vectors(1)), 50, source)) == 5


def test_nothing_to_search_gives_nothing():
    assert Nearest(WIDTH).search([], unit(vectors(1)), 5, Arrays({})) == []


def test_silence_is_like_nothing():
    source = Arrays({"a": np.zeros((3, WIDTH), np.float16)})
    found = Nearest(WIDTH).search(["a"], unit(vectors(1)), 3, source)
    assert [one.similarity for one in found] == [0.0, 0.0, 0.0]


def test_what_is_left_out_does_not_come_back():
    source = Arrays({"a": vectors(20)})
    found = Nearest(WIDTH).search(
        ["a"], unit(vectors(1)), 20, source, without={"a": np.array([0, 7])}
    )
    assert {one.row for one in found} == set(range(20)) - {0, 7}


def test_only_the_entries_asked_for_are_searched():
    source = Arrays({"a": vectors(30, 1), "b": vectors(30, 2)})
    nearest = Nearest(WIDTH)
    nearest.search(["a", "b"], unit(vectors(1)), 5, source)
    assert {one.key for one in nearest.search(["b"], unit(vectors(1)), 50, source)} == {"b"}


def test_read_only_memory_maps_are_read_without_a_warning(tmp_path):
    path = tmp_path / "frames.f16"
    vectors(200).tofile(path)
    source = Arrays({"a": np.memmap(path, np.float16, "r", shape=(200, WIDTH))})
    found = Nearest(WIDTH).search(["a"], unit(vectors(200)[7:8]), 1, source)
    assert found[0].row == 7


def test_memory_stays_below_the_limit_and_the_answer_the_same():
    source = Arrays({f"k{i}": vectors(400, i) for i in range(6)})
    small, large = Nearest(WIDTH, limit=200_000), Nearest(WIDTH)
    answers = [
        one.search(list(source.arrays), unit(vectors(1)), 30, source) for one in (small, large)
    ]
    assert answers[0] == answers[1]
    assert small.bytes <= 200_000 < large.bytes


def test_an_entry_that_cannot_be_read_leaves_nothing_behind():
    class Torn(Arrays):
        def chunks(self, key):
            yield from super().chunks(key)
            if key == "torn":
                raise OSError("torn")

    arrays = {"a": vectors(40), "torn": vectors(40, 1)}
    nearest = Nearest(WIDTH)
    with pytest.raises(OSError, match="torn"):
        nearest.search(["a", "torn"], unit(vectors(1)), 5, Torn(arrays))
    assert nearest.bytes == 0
    assert len(nearest.search(["a", "torn"], unit(vectors(1)), 5, Arrays(arrays))) == 5


def test_each_entry_is_told_once_when_it_is_new():
    source, told = Arrays({"a": vectors(5), "b": vectors(5, 1)}), []
    nearest = Nearest(WIDTH)
    nearest.take_in(["a"], source, told.append)
    nearest.take_in(["a", "b"], source, told.append)
    assert told == ["a", "b"]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 99), flat=st.booleans(), negatives=st.integers(0, 3))
def test_no_similarity_is_further_off_than_the_bound_says(seed, flat, negatives):
    rows = unit(vectors(300, seed, flat=flat))
    asked = Questions(unit(vectors(2, seed + 1, flat=flat)), unit(vectors(3, 7))[:negatives])
    directions = Directions(rows[:100])
    about, doubt = directions.similarities(directions.sketch(rows), asked)
    exact = asked.fold(asked.vectors.astype(float) @ rows.T.astype(float))
    assert (np.abs(about - exact) <= doubt).all()


def test_vectors_near_a_few_directions_are_held_in_few_numbers():
    assert Directions(unit(vectors(500))).number == sketch.STEP
    assert Directions(unit(vectors(500, flat=True))).number is None
