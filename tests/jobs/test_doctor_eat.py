import sys

import pytest

from eightcut.jobs import doctor


def finding():
    return next(item for item in doctor.examine().findings if item.subject == "EAT")


@pytest.fixture
def timm(tmp_path, monkeypatch):
    """Writes a package of that name, in place of the real one."""
    monkeypatch.delitem(sys.modules, "timm", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(text):
        (tmp_path / "timm.py").write_text(text)

    yield write
    sys.modules.pop("timm", None)


def test_a_timm_whose_torchvision_does_not_fit_is_explained(timm):
    timm("raise RuntimeError('operator torchvision::nms does not exist')")
    found = finding()
    assert not found.is_well
    assert "torchvision::nms does not exist" in found.message
    assert "install the torchvision that PyTorch offers for the same version" in found.message


def test_a_timm_that_loads_is_well(timm):
    timm("")
    assert finding() == ("EAT", True, "timm loads", None)
