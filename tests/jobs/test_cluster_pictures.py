"""Pictures and finished projects over a cluster: the same as without one."""

import numpy as np
import pytest

import eightcut as ec
from eightcut.media import images
from tests.jobs.finished_projects import S1, S2, Finished, stamp
from tests.jobs.pictures import png

pytestmark = pytest.mark.filterwarnings("ignore")  # distributed's own


@pytest.fixture
def pictures(tmp_path):
    paths = [png(tmp_path / f"{number}.png", seed=number) for number in range(7)]
    (tmp_path / "bad.png").write_bytes(b"no picture")
    return [*paths[:3], tmp_path / "bad.png", *paths[3:]]


def test_pictures_have_the_same_vectors_to_the_bit(pictures, client, tmp_path):
    how = {"model": "TECHNICAL_QUALITY", "progress": False}
    with ec.Workspace(tmp_path / "one") as ws:
        alone = ec.embed_pictures(ws, pictures, **how)
    with ec.Workspace(tmp_path / "other") as ws:
        together = ec.embed_pictures(ws, pictures, client=client, **how)
    assert np.array_equal(alone.vectors, together.vectors)
    assert (alone.paths, alone.keys) == (together.paths, together.keys)
    assert [item.path for item in together.skipped] == [str(pictures[3])]


def test_what_the_workers_have_read_is_not_read_again(pictures, client, tmp_path, monkeypatch):
    read = []
    probe = images.probe
    monkeypatch.setattr(images, "probe", lambda path: read.append(path) or probe(path))
    with ec.Workspace(tmp_path / "one") as ws:
        found = ec.embed_pictures(ws, pictures, model="TECHNICAL_QUALITY", client=client)
    assert len(found.paths) == 7
    assert read == [pictures[3]]  # for the reason


def test_projects_are_extracted_to_the_same_bytes(client, tmp_path):
    entries = []
    for name in ("one", "two", "three"):
        made = Finished(tmp_path / name)
        made.make(S1, S2, stamp(1000, 1), stamp(1050, 2))
        made.keep(S2)
        entries.append(
            {
                "name": name,
                "raw_dir": f"{tmp_path}/{name}/raw",
                "final_dir": f"{tmp_path}/{name}/final",
            }
        )
    entries.append({"name": "gone", "raw_dir": str(tmp_path / "no"), "final_dir": str(tmp_path)})
    files = {}
    for folder, how in (("alone", {}), ("together", {"client": client})):
        out = tmp_path / folder / "all.jsonl"
        report = ec.extract_batch({"projects": entries}, out, progress=False, **how)
        assert [one.project for one in report.errors] == ["gone"]
        files[folder] = {p.name: p.read_bytes() for p in out.parent.glob("[!.]*")}
    assert files["alone"] == files["together"]
