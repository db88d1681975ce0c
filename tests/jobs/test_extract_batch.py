import json
import shutil

import pytest

import eightcut as ec
from eightcut.jobs.extract_discover import as_config
from tests.jobs.finished_projects import S1, S2, Finished, stamp


def project(folder, winner=S2):
    made = Finished(folder)
    made.make(S1, S2, stamp(1000, 1), stamp(1050, 2))
    made.keep(winner)
    return made


def entry(name, folder=None):
    return {
        "name": name,
        "raw_dir": f"{folder or name}/raw",
        "final_dir": f"{folder or name}/final",
    }


@pytest.fixture
def config(tmp_path):
    for name in ("mojo-1", "Aiko_raw"):
        project(tmp_path / name)
    return write(tmp_path, entry("mojo-1"), entry("Aiko_raw"))


def write(folder, *entries):
    path = folder / "project_paths.json"
    path.write_text(json.dumps({"projects": entries}))
    return path


def batch(config, **how):
    out = config.parent / "out/historical_all.jsonl"
    report = ec.extract_batch(config, out, progress=False, **how)
    return report, {path.name: path.read_bytes() for path in out.parent.iterdir()}


def test_all_projects_of_a_config_are_extracted_wherever_one_stands(config, monkeypatch):
    monkeypatch.chdir("/")
    report, files = batch(config)
    assert [one.project for one in report.projects] == ["Aiko_raw", "mojo-1"]
    assert (report.total_selections, report.errors) == (2, ())
    lines = [json.loads(line) for line in files["historical_all.jsonl"].splitlines()]
    assert [line["project"] for line in lines] == ["Aiko_raw"] * 2 + ["mojo-1"] * 2


def test_a_missing_folder_is_the_error_of_its_project_and_the_others_go_on(config):  # case 73
    shutil.rmtree(config.parent / "Aiko_raw/raw")
    report, files = batch(config)
    told = json.loads(files["extraction_report.json"])
    assert [one.project for one in report.errors] == ["Aiko_raw"]
    assert "not a folder" in told["errors"][0]["error"]
    assert told["total_selections"] == sum(one["selections"] for one in told["projects"]) == 1
    assert (told["projects_processed"], len(told["projects"])) == (1, 2)


def test_a_second_run_gives_the_same_bytes(config):  # case 73
    assert batch(config)[1] == batch(config)[1]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"name": "x"}, "lacks raw_dir, final_dir"),
        ("x", "lacks name, raw_dir, final_dir"),
        ({"name": "x", "raw_dir": "mojo-1/raw", "final_dir": "mojo-1/raw"}, "two folders"),
        ({"name": "x", "raw_dir": "mojo-1", "final_dir": "mojo-1/final"}, "lies inside"),
        ({"name": "x", "raw_dir": 3, "final_dir": "mojo-1/final"}, "lacks raw_dir"),
    ],
)
def test_an_entry_that_is_no_project_is_an_error_of_its_own(config, bad, said):
    report, _ = batch(write(config.parent, bad, entry("mojo-1")))
    (failed,) = report.errors
    assert said in failed.error
    assert report.total_selections == 1


def test_two_projects_of_one_name_are_one_error(config):
    report, _ = batch(write(config.parent, entry("x", "mojo-1"), entry("x", "Aiko_raw")))
    assert [one.error for one in report.projects] == ["2 entries of the config have this name"]


@pytest.mark.parametrize("content", ["", "[]", '{"projects": []}', '{"projects": {}}', "{"])
def test_what_is_no_config_is_refused(tmp_path, content):
    (tmp_path / "c.json").write_text(content)
    with pytest.raises(ValueError, match=r"c\.json"):
        ec.extract_batch(tmp_path / "c.json", tmp_path / "out.jsonl")


def test_a_config_can_be_a_mapping(config, monkeypatch):
    monkeypatch.chdir(config.parent)
    report = ec.extract_batch({"projects": [entry("mojo-1")]}, "out/h.jsonl", progress=False)
    assert report.total_selections == 1


@pytest.mark.parametrize(
    ("raw", "final"),
    [
        ("mojo1_raw", "mojo1_final"),
        ("mojo1", "mojo1_final"),
        ("mojo1_raw", "mojo1"),
        ("archives/mojo1_raw", "mojo1"),
        ("Mojo1-RAW", "mojo1 final"),
        ("mojo1_raw", "mojo1_raw_final"),
        ("mojo1_raw_incoming", "mojo1_raw_final"),
    ],
)
def test_pairs_of_folders_are_proposed(tmp_path, raw, final):
    made = project(tmp_path / "made")
    for source, name in ((made.raw, raw), (made.final, final)):
        shutil.copytree(source, tmp_path / "all" / name)
    (proposal,) = ec.discover_projects(tmp_path / "all")
    assert (proposal.raw_dir, proposal.final_dir) == (
        str(tmp_path / "all" / raw),
        str(tmp_path / "all" / final),
    )
    assert proposal.name.casefold() == "mojo1"
    assert (proposal.raw_images, proposal.final_images, proposal.shared) == (4, 1, 1)
    assert "1 of 1 finals" in proposal.reason


def test_folders_without_a_partner_or_pictures_are_not_proposed(tmp_path):
    made = project(tmp_path / "made")
    for name in ("Eleni_raw", "Kiara_final", ".hidden_raw"):
        shutil.copytree(made.raw, tmp_path / "all" / name)
    for name in ("empty_raw", "empty_final"):
        (tmp_path / "all" / name).mkdir()
    (tmp_path / "all/Eleni_final").symlink_to(tmp_path / "all")
    assert ec.discover_projects(tmp_path / "all") == []


def test_a_pair_that_shares_no_names_is_proposed_last(tmp_path):
    made, other = project(tmp_path / "made"), Finished(tmp_path / "other")
    other.make("x.png")
    for source, name in (
        (made.raw, "b_raw"), (made.final, "b_final"), (made.raw, "a_raw"), (other.raw, "a_final"),
    ):  # fmt: skip
        shutil.copytree(source, tmp_path / "all" / name)
    assert [(one.name, one.shared) for one in ec.discover_projects(tmp_path / "all")] == [
        ("b", 1),
        ("a", 0),
    ]


def test_proposals_become_a_config(tmp_path):
    made = project(tmp_path / "all/made")
    made.raw.rename(tmp_path / "all/m_raw")
    made.final.rename(tmp_path / "all/m_final")
    config = as_config(ec.discover_projects(tmp_path / "all"))
    assert ec.extract_batch(config, tmp_path / "h.jsonl", progress=False).total_selections == 1
