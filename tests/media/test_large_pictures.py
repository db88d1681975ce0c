"""Large pictures take little memory: what Pillow alone would need is never held at once."""

import subprocess
import sys

import pytest
import pyvips

from eightcut.media import images

SIZE = 9000, 9000  # 81 megapixels; 324 MB in Pillow, and as much again for the crop
MOST_MB = 300

MEASURED = """
import sys
from eightcut.media import images

source, target = sys.argv[1:]
images.crop(source, target, (1, 1, 8999, 8990)) if target else images.preview(source)
status = open("/proc/self/status").read()
print(int(status.split("VmHWM:")[1].split()[0]) // 1000)
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A smooth picture in several formats, made when it is asked for."""
    folder = tmp_path_factory.mktemp("large")

    def large(name):
        if not (folder / name).exists():
            plane = pyvips.Image.xyz(*SIZE)
            planes = [(plane[at] * rate).sin() * 90 + 128 for at, rate in ((0, 0.01), (1, 0.013))]
            image = planes[0].bandjoin([planes[1], 40]).cast("uchar").copy(interpretation="srgb")
            options = {"compression": 1, "filter": "sub"} if name.endswith("png") else {}
            image.write_to_file(str(folder / name), **options)
        return folder / name

    return large


def peak_mb(source, target=""):
    """The most memory that a process of its own takes to crop, or to look at, a picture."""
    command = [sys.executable, "-c", MEASURED, str(source), str(target)]
    return int(subprocess.run(command, capture_output=True, check=True, timeout=300).stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_nearly_the_whole_of_a_large_picture_is_cropped_in_little_memory(name, large, tmp_path):
    assert peak_mb(large(name), tmp_path / name) < MOST_MB
    assert images.probe(tmp_path / name)[:2] == (8998, 8989)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
def test_a_large_picture_is_looked_at_in_little_memory(name, large):
    assert peak_mb(large(name)) < MOST_MB


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_the_crop_of_a_large_picture_is_its_very_pixels(name, large, tmp_path):
    target = tmp_path / name
    images.crop(large(name), target, (4000, 8000, 4600, 8990))
    whole = pyvips.Image.new_from_file(str(large(name)), access="sequential")
    expected = whole.crop(4000, 8000, 600, 990).numpy()
    assert (pyvips.Image.new_from_file(str(target)).numpy() == expected).all()


def test_what_would_take_too_much_memory_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    pyvips.Image.black(2000, 2000).pngsave(str(path), interlace=True)
    monkeypatch.setattr("eightcut.media.picture_crop._MOST_MEMORY", 4e6)
    with pytest.raises(images.BadImage, match=r"a\.png is progressive, interlaced or WebP"):
        images.crop(path, tmp_path / "b.png", (1, 1, 1999, 1999))
