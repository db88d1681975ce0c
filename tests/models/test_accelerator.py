import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from eightcut.models import accelerator, registry
from tests.models.conftest import noise

on_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no accelerator is here")
MODES = ("HUBERT_BASE", "HUBERT_BASE_ML", "HUBERT_BASE@bf16", "HUBERT_BASE@dense")


class Small:
    """A network on a device that holds only so many items; it remembers what it was given."""

    def __init__(self, holds):
        self.holds, self.given = holds, []

    def __call__(self, part):
        self.given.append(len(part))
        if len(part) > self.holds:
            raise torch.OutOfMemoryError("too many")
        return 2 * part


@given(st.integers(0, 10**12), st.integers(0, 10**11), st.integers(1, 64), st.integers(1, 256))
def test_what_fits_leaves_memory_free(free, taken, items, most):
    found = accelerator.fitting(free, taken, items, most)
    assert 1 <= found <= most
    assert found == 1 or found * (taken // items) <= accelerator.SHARE * free


@given(st.integers(0, 50), st.integers(1, 20), st.integers(1, 64))
def test_every_item_is_answered_once_and_in_order_however_few_fit(number, holds, most):
    batch = torch.arange(float(number))[:, None]
    found = list(accelerator.answers(batch, Small(holds), most))
    assert torch.equal(torch.cat([torch.empty(0, 1), *found]), 2 * batch)


def test_what_did_not_fit_is_halved_and_never_tried_as_large_again():
    network = Small(5)
    list(accelerator.answers(torch.zeros(40, 1), network, 32))
    assert [size for size in network.given if size > 5] == [32, 16, 8]
    assert network.given[3:] == [4] * 10


def test_one_item_that_does_not_fit_is_a_clear_error():
    with pytest.raises(MemoryError, match=r"memory does not hold .* CUDA_VISIBLE_DEVICES="):
        list(accelerator.answers(torch.zeros(3, 1), Small(0), 2))


def test_on_a_processor_nothing_is_copied(monkeypatch):
    batch = torch.zeros(3)
    assert accelerator.moved(batch, "cpu") is batch


@on_gpu
@pytest.mark.parametrize("name", MODES)
def test_an_accelerator_gives_the_vectors_of_the_processor(name, tiny, monkeypatch):
    clips = noise(9, 32_000)
    there = tiny(name).embed(clips)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    here = tiny(name).embed(clips)
    tolerance = 3e-2 if "bf16" in name else 1e-3  # of their size; sums in another order, in TF32
    assert np.abs(there - here).max() <= tolerance * np.abs(here).max()


@on_gpu
@pytest.mark.parametrize("name", MODES)
def test_a_clip_on_an_accelerator_is_the_same_alone_and_among_others(name, tiny):
    clips, embedder = noise(9, 32_000), tiny(name)
    alone, together = embedder.embed(clips[4:5])[0], embedder.embed(clips)[4]
    assert np.abs(alone - together).max() <= 1e-5 * np.abs(alone).max()


@on_gpu
def test_pictures_on_an_accelerator_have_the_vectors_of_the_processor(monkeypatch):
    pictures = np.random.default_rng(0).integers(0, 256, (70, 256, 256, 3), np.uint8)
    there = registry.load("EFFICIENTNET_LITE0", "image").embed(pictures)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    here = registry.load("EFFICIENTNET_LITE0", "image").embed(pictures)
    assert np.abs(there - here).max() <= 1e-2 * np.abs(here).max()
