import pytest

from eightcut.images.groups import group_images
from eightcut.jobs.sample_history import FATES, sample_history
from eightcut.media import listing


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return sample_history(tmp_path_factory.mktemp("one"), size=(64, 48))


def test_the_truth_names_every_file(made):
    raws = {raw for group in made.groups for raw in group.raws} | {"IMG_0001.png"}
    assert set(listing.pictures(made.raw_dir).paths) == raws
    finals = {one.path for one in made.finals} | set(made.strays)
    assert set(listing.pictures(made.final_dir).paths) == finals


def test_groups_are_what_their_names_say(made):
    found = group_images(listing.pictures(made.raw_dir).paths)
    assert set(found.groups) == {one.raws for one in made.groups if len(one.raws) > 1}


def test_everything_happens_that_happens_to_finals(made):
    assert {group.fate for group in made.groups} == set(FATES)


def test_the_same_arguments_make_the_same_pictures(made, tmp_path):
    again = sample_history(tmp_path, size=(64, 48))
    for one, other in ((made.raw_dir, again.raw_dir), (made.final_dir, again.final_dir)):
        for path in listing.pictures(one).paths:
            assert (one / path).read_bytes() == (other / path).read_bytes()


def test_folders_that_are_there_are_left_alone(made):
    with pytest.raises(FileExistsError):
        sample_history(made.raw_dir.parent)
