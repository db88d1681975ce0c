from hypothesis import given
from hypothesis import strategies as st

from eightcut.images.matching import (
    NOTHING,
    Claim,
    at_the_same_path,
    by_name,
    by_path,
    settle,
)


def claims(raws, finals, how=by_name):
    return [(claim.by, [raws[i] for i in claim.raws]) for claim in how(raws, finals)]


def test_a_name_is_found_in_any_folder():  # case 70
    assert claims(["x/a.png", "b.png"], ["deep/er/a.png"]) == [("name", ["x/a.png"])]


def test_a_name_is_found_whatever_the_case_and_then_whatever_the_suffix():
    raws = ["a.png", "A.PNG", "b.png"]
    assert claims(raws, ["A.PNG", "B.png", "b.JPG", "c.png"]) == [
        ("name", ["A.PNG"]),
        ("name", ["b.png"]),
        ("name", ["b.png"]),
        ("nothing", []),
    ]


def test_one_name_in_two_folders_is_told_apart_by_the_folders_above_it():  # case 70
    raws = ["one/a.png", "two/a.png"]
    finals = ["sorted/Two/a.png", "one/a.png", "three/a.png", "a.png"]
    assert claims(raws, finals) == [
        ("path", ["two/a.png"]),
        ("path", ["one/a.png"]),
        ("name", raws),
        ("name", raws),
    ]


def test_the_longest_common_way_up_decides():
    raws = ["x/one/a.png", "y/one/a.png"]
    assert claims(raws, ["z/y/one/a.png", "one/a.png"]) == [
        ("path", ["y/one/a.png"]),
        ("path", raws),
    ]


def test_by_path_only_the_very_path_counts():
    raws = ["x/a.png", "y/a.png"]
    assert claims(raws, ["x/a.png", "Y/A.jpg", "a.png"], by_path) == [
        ("path", ["x/a.png"]),
        ("path", ["y/a.png"]),
        ("nothing", []),
    ]


def test_a_claim_can_be_narrowed_to_the_same_path():
    claim = Claim((0, 1), "name")
    assert at_the_same_path(["a.png", "x/a.png"], "a.png", claim) == Claim((0,), "path")
    assert at_the_same_path(["y/a.png", "x/a.png"], "a.png", claim) == claim


def test_a_second_final_of_a_raw_is_a_duplicate():
    settled = settle([Claim((7,), "name"), NOTHING, Claim((7,), "name"), Claim((1, 2), "name")])
    assert settled.final_of == {7: 0}
    assert settled.duplicates == {2: 0}
    assert settled.undecided == {3: (1, 2)}
    assert settled.unmatched == (1,)


def test_the_surer_way_of_matching_is_the_one_that_counts():
    settled = settle([Claim((7,), "likeness"), Claim((7,), "bytes"), Claim((7,), "path")])
    assert (settled.final_of, settled.duplicates) == ({7: 2}, {0: 2, 1: 2})


PATHS = st.lists(
    st.lists(st.sampled_from(["a", "B", "b", "c"]), min_size=1, max_size=3).map(
        lambda parts: "/".join(parts) + ".png"
    ),
    unique=True,
    max_size=12,
)


@given(raws=PATHS, finals=PATHS)
def test_every_final_is_in_exactly_one_place(raws, finals):
    settled = settle(by_name(raws, finals))
    places = [
        *settled.final_of.values(),
        *settled.duplicates,
        *settled.undecided,
        *settled.unmatched,
    ]
    assert sorted(places) == list(range(len(finals)))


@given(raws=PATHS, finals=PATHS)
def test_a_final_never_claims_a_raw_of_another_name(raws, finals):
    def name(path):
        return path.rsplit("/", 1)[-1].casefold()

    for final, claim in zip(finals, by_name(raws, finals), strict=True):
        assert {name(raws[i]) for i in claim.raws} <= {name(final)}
        assert bool(claim.raws) == (name(final) in set(map(name, raws)))


@given(paths=PATHS)
def test_a_folder_matches_itself(paths):
    assert settle(by_path(paths, paths)).final_of == {i: i for i in range(len(paths))}
    assert all(i in claim.raws for i, claim in enumerate(by_name(paths, paths)))
