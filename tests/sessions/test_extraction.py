"""The screen for finished projects, without a browser."""

from collections import Counter

import pytest
from PIL import Image

import eightcut as ec
from eightcut.jobs.lifecycle import start_project
from eightcut.jobs.sample_history import sample_history
from eightcut.sessions.extraction import ExtractionSession
from eightcut.sessions.extraction_found import FILTERS
from eightcut.sessions.pictures import Previews, Wanted


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return sample_history(tmp_path_factory.mktemp("history"), size=(240, 180))


@pytest.fixture(scope="module")
def extracted(sample, tmp_path_factory):
    """A session that has extracted, to look through."""
    with ec.Workspace(tmp_path_factory.mktemp("extracted") / "ws") as ws:
        session = ran(ExtractionSession(ws), sample)
        yield session
        session.close()


@pytest.fixture
def session(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        made = ExtractionSession(ws)
        yield made
        made.close()
        made.wait()


def ran(session, sample, **options):
    session.choose(raw_dir=str(sample.raw_dir), final_dir=str(sample.final_dir), project="mojo")
    session.choose(**options)
    session.extract()
    session.wait()
    assert not session.is_problem, session.message
    return session


def importing(session, sample, project_id="mojo"):
    """The session after asking what an import would do."""
    start_project(session.workspace, project_id, sample.raw_dir)
    ran(session, sample)
    session.ask_import(project_id)
    session.wait()
    return session.workspace.project(project_id).decisions


def files(folder):
    return {str(path) for path in folder.rglob("*") if path.is_file()}


def labels(session, name):
    session.show_only(name)
    return [one.label for one in session.found]


def test_pairs_are_proposed_and_none_is_taken(session, sample):
    session.propose(str(sample.raw_dir.parent))
    session.wait()
    (proposal,) = session.proposals
    assert (proposal.name, proposal.raw_images) == ("mojo", len(files(sample.raw_dir)))
    assert (session.proposal, session.raw_dir, session.project) == (-1, "", "")
    assert session.below(proposal.raw_dir) == "mojo_raw"


def test_taking_a_proposal_fills_in_the_folders(session, sample):
    session.propose(str(sample.raw_dir.parent))
    session.wait()
    session.take(0)
    assert session.project == "mojo"
    assert (session.raw_dir, session.final_dir) == (str(sample.raw_dir), str(sample.final_dir))


def test_a_folder_without_pairs_says_so(session, tmp_path):
    session.propose(str(tmp_path))
    session.wait()
    assert session.message.startswith("No pairs such as mojo_raw and mojo_final under")


def test_a_folder_that_is_not_there_is_a_sentence(session):
    session.propose("/nowhere/at/all")
    session.wait()
    assert (session.message, session.is_problem) == ("/nowhere/at/all is not a folder", True)


def test_what_is_extracted_is_what_the_job_gives(extracted, sample):
    expected = ec.extract_project(sample.raw_dir, sample.final_dir, "mojo", progress=False)
    assert extracted.extraction == expected
    assert extracted.message.startswith("mojo: ")


def test_options_are_those_of_the_extraction(session, sample):
    ran(session, sample, grouping="timestamp", locate=False)
    assert session.extraction.entries == ()
    assert labels(session, "unparsed") != []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "name the RAW folder first"),
        ({"raw_dir": "x"}, "name the FINAL folder first"),
        ({"raw_dir": "x", "final_dir": "y", "project": " "}, "give the project a name first"),
    ],
)
def test_what_is_missing_is_named_before_anything_runs(session, options, said):
    session.choose(**options)
    with pytest.raises(LookupError, match=said):
        session.extract()


def test_a_missing_folder_ends_the_run_with_a_sentence(session, tmp_path):
    session.choose(raw_dir=str(tmp_path / "gone"), final_dir=str(tmp_path), project="mojo")
    session.extract()
    session.wait()
    assert session.is_problem
    assert "gone" in session.message
    assert (session.running, session.extraction) == (False, None)


def test_a_failed_run_leaves_what_was_found_before(session, sample):
    before = ran(session, sample, locate=False).extraction
    session.choose(final_dir="/nowhere")
    session.extract()
    session.wait()
    assert session.is_problem
    assert session.extraction is before


def test_a_negative_time_gap_is_refused(session):
    with pytest.raises(ValueError, match="0 or more, not -1"):
        session.choose(time_gap=-1.0)


def test_every_file_of_both_folders_can_be_looked_at(extracted, sample):
    extracted.show_only("all")
    seen = {picture.path for one in extracted.found for picture in one.pictures}
    finals = {entry.final_path for entry in extracted.extraction.entries}  # also of whole pictures
    skipped = {image.final_path for image in extracted.extraction.images if image.final_path}
    assert seen | finals | skipped == files(sample.raw_dir) | files(sample.final_dir)


def test_each_raw_picture_is_in_one_place_among_groups_and_single_files(extracted):
    extracted.show_only("all")
    shown = Counter(
        picture.path
        for one in extracted.found
        if one.kind in {"won", "rejected", "skipped", "unparsed"}
        for picture in one.pictures
        if picture.role != "final"
    )
    assert set(shown.values()) == {1}
    assert len(shown) == extracted.extraction.report.raw_images


def test_the_filters_count_what_the_report_counts(extracted):
    report, counts = extracted.extraction.report, extracted.counts
    assert counts["won"] == report.groups["with_winner"]
    assert counts["several"] == report.multi_winner_groups
    assert counts["rejected"] == report.rejected
    assert counts["anomaly"] <= report.anomalies  # of several winners, each is one
    assert counts["unmatched"] == report.unmatched_finals
    assert counts["duplicate"] == report.finals["duplicates"]
    assert counts["unparsed"] == report.raw["unparsed"]
    assert counts["won"] + counts["rejected"] + counts["skipped"] == report.groups["found"]


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_shows_as_many_as_it_says(extracted, name):
    assert len(labels(extracted, name)) == extracted.counts[name]


def test_cropped_winners_carry_the_located_box(extracted):
    extracted.show_only("cropped")
    boxes = {entry.chosen_path: entry.crop_box for entry in extracted.extraction.entries}
    for one in extracted.found:
        (winner,) = one.winners
        assert winner.box == boxes[winner.path] is not None
        assert winner.said.startswith("cropped to ")
        assert one.pictures[-1].role == "final"


def test_a_large_group_shows_its_winner_first(session, tmp_path):
    for folder, stages in (("raw", range(1, 11)), ("final", [10])):
        (tmp_path / folder).mkdir()
        for stage in stages:
            name = f"20250101_0000{stage:02d}_stage{stage}_made.png"
            Image.new("RGB", (32, 24), (20 * stage, 0, 0)).save(tmp_path / folder / name)
    session.choose(raw_dir=str(tmp_path / "raw"), final_dir=str(tmp_path / "final"), project="x")
    session.extract()
    session.wait()
    assert [picture.stage for picture in session.current.pictures] == [10, *range(1, 10)]


def test_what_is_no_part_of_its_raw_has_no_box(extracted):
    extracted.show_only("edited")
    told = [(winner.said, winner.box) for one in extracted.found for winner in one.winners]
    assert told == [("resized or edited", None)] * len(told) != []


def test_a_stray_final_stands_alone(extracted):
    assert labels(extracted, "unmatched") == ["a stray.png"]
    assert extracted.current.directory == "FINAL/notes"


def test_one_goes_on_and_stops_at_the_ends(extracted):
    extracted.show_only("won")
    extracted.act("first")
    extracted.act("previous")
    assert extracted.position == 0
    extracted.act("next")
    assert extracted.position == 1
    extracted.act("last")
    extracted.act("next")
    assert extracted.position == len(extracted.found) - 1


def test_a_filter_keeps_what_was_looked_at_if_it_fits(extracted):
    extracted.show_only("won")
    extracted.go(3)
    here = extracted.current
    extracted.show_only("all")
    assert extracted.current is here


def test_a_filter_that_nothing_fits_shows_nothing(extracted):
    extracted.show_only("left_out")
    extracted.act("next")
    assert (extracted.found, extracted.position, extracted.current) == ((), -1, None)


def test_a_picture_is_found_by_its_key_until_the_filter_changes(extracted):
    extracted.show_only("won")
    key = extracted.key(1)
    assert str(extracted.image(key, 0)) == extracted.found[1].pictures[0].path
    assert extracted.image(key, 99) is None
    extracted.show_only("rejected")
    assert extracted.image(key, 0) is None


@pytest.mark.parametrize("suffix", [".jp2", ".tga", ".ppm"])
@pytest.mark.parametrize("edge", [16, None])
def test_formats_that_are_only_looked_at_can_be_seen(tmp_path, suffix, edge):
    path = tmp_path / f"picture{suffix}"
    Image.new("RGB", (64, 48), "red").save(path)
    made = Previews().make(Wanted(path, edge))
    assert (made.problem, made.jpeg[:2]) == ("", b"\xff\xd8")
    assert made.own_px == (None if edge else 64)


def test_a_cancelled_run_keeps_what_was_seen_and_the_next_goes_on(session, sample):
    session.choose(raw_dir=str(sample.raw_dir), final_dir=str(sample.final_dir), project="mojo")

    def stop(_change):
        if session.progress.fraction > 0:
            session.cancel()

    session.observe(stop, "progress")
    session.extract()
    session.wait()
    session.unobserve(stop, "progress")
    assert (session.message[:9], session.extraction) == ("Cancelled", None)
    session.extract()
    session.wait()
    assert len(session.extraction.entries) > 0


def test_four_files_are_written_and_the_same_again(session, sample):
    ran(session, sample)
    session.save()
    session.wait()
    folder = session.workspace.path / "data" / "training"
    names = ["extraction_report.json", "historical_projects.csv", "historical_projects.jsonl"]
    before = {name: (folder / name).read_bytes() for name in [*names, "project_images.jsonl"]}
    assert "historical_projects.csv" in session.message
    session.save()
    session.wait()
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_a_file_that_holds_something_else_is_left_alone(session, sample, tmp_path):
    (tmp_path / "mine.jsonl").write_text("a diary\n")
    ran(session, sample, locate=False)
    session.save(str(tmp_path / "mine.jsonl"))
    session.wait()
    assert session.is_problem
    assert "holds other lines" in session.message
    assert (tmp_path / "mine.jsonl").read_text() == "a diary\n"


@pytest.mark.parametrize("what", ["save", "ask_import"])
def test_there_must_be_something_to_keep(session, what):
    with pytest.raises(LookupError, match="extract a project first"):
        session.act(what)


def test_an_import_asks_first_and_says_what_stays_out(session, sample):
    decisions = importing(session, sample)
    assert decisions.decisions() == []
    assert session.question.startswith("Import mojo into the decisions of mojo? ")
    assert "1 refused" in session.question
    assert [one.reason for one in session.refused] == ["it has 2 winners, and a decision has one"]


def test_yes_imports_winners_and_rejected_groups_as_history(session, sample):
    decisions = importing(session, sample)
    session.answer(confirmed=True)
    session.wait()
    rows = decisions.decisions()
    assert {row.provenance for row in rows} == {"historical"}
    assert len(rows) == session.counts["won"] - 1 + session.counts["rejected"]
    assert "The database from before is kept as" in session.message


def test_no_imports_nothing(session, sample):
    decisions = importing(session, sample)
    session.answer(confirmed=False)
    session.wait()
    assert (decisions.decisions(), session.question) == ([], "")


def test_a_second_import_finds_nothing_new(session, sample):
    importing(session, sample)
    session.answer(confirmed=True)
    session.wait()
    session.ask_import("mojo")
    session.wait()
    assert session.question == ""
    assert session.message.startswith("There is nothing new to import into mojo")


def test_history_of_another_name_goes_where_the_person_says(session, sample):
    decisions = importing(session, sample, "other")
    session.answer(confirmed=True)
    session.wait()
    assert {row.project_id for row in decisions.decisions()} == {"other"}


def test_choosing_another_project_takes_the_question_back(session, sample):
    importing(session, sample)
    session.aim("")
    session.answer(confirmed=True)
    session.wait()
    assert session.workspace.project("mojo").decisions.decisions() == []
    with pytest.raises(LookupError, match="choose the project"):
        session.ask_import()
