import numpy as np
import pytest

from eightcut.models import fake, registry
from eightcut.models.contract import check_embedder


class Good(fake.Fake):
    pass


def broken(**parts):
    return type("Broken", (fake.Fake,), parts)()


def test_every_embedder_of_ours_keeps_the_contract(embedder):
    assert check_embedder(embedder) == ()


def test_it_can_be_asked_by_its_name():
    registry.register("MINE", Good)
    assert check_embedder("MINE") == ()


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"embed": lambda self, clips: np.ones((len(clips), 16))}, "finite float32 vectors"),
        (
            {"embed": lambda self, clips: np.full((len(clips), 16), np.nan, np.float32)},
            "finite float32 vectors",
        ),
        (
            {"embed": lambda self, clips: fake.Fake().embed(clips / np.abs(clips).max())},
            "alone and beside others",
        ),
        (
            {"embed": lambda self, clips: np.ones((len(clips), 16), np.float32)},
            "different sounds must have different vectors",
        ),
        (
            {
                "embed": lambda self, clips: (
                    fake.Fake().embed(clips) + np.float32(np.random.default_rng().random())
                )
            },
            "the same vectors twice",
        ),
        (
            {"embed": lambda self, clips: fake.Fake().embed(np.multiply(clips, 2, out=clips))},
            "read-only clips must be taken",
        ),
        ({"grid": lambda self, window: window._replace(length=9.0)}, "no longer than the windows"),
        ({"width": 0}, "width must be a whole number, not 0"),
        ({"revision": None}, "revision must be text, not None"),
        ({"embed": None}, "it has no method embed"),
    ],
)
def test_a_broken_promise_is_named(parts, told):
    assert any(told in problem for problem in check_embedder(broken(**parts)))


def test_what_it_raises_is_told():
    def refuse(self, clips):
        raise RuntimeError("no such kernel")

    assert "it raised RuntimeError: no such kernel" in check_embedder(broken(embed=refuse))[0]
