import html.parser
import re

import pytest

import eightcut as ec
from eightcut.jobs.sound_report import write_page
from tests.jobs import sounds
from tests.jobs.test_review_budget import scanned


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sounds")
    ws, _ = sounds.versions(folder)
    with ws:
        yield ec.sound_report(ws, truth=sounds.known(), path=folder / "page.html")


class Page(html.parser.HTMLParser):
    """The tables of a page by class, as rows of cells; of a cell, its text and exact numbers."""

    def __init__(self, text):
        super().__init__()
        self.tables = {}
        self.cell = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        about = dict(attrs)
        if tag == "table":
            self.rows = self.tables.setdefault((about.get("class") or "").split(" ")[-1], [])
        elif tag == "tr":
            self.rows.append([])
        elif tag == "td":
            self.cell = ["", []]
            self.rows[-1].append(self.cell)
        elif tag == "data" and self.cell is not None:
            self.cell[1].append(float(about["value"]))

    def handle_data(self, data):
        if self.cell is not None:
            self.cell[0] += data

    def handle_endtag(self, tag):
        if tag == "td":
            self.cell = None


@pytest.fixture(scope="module")
def page(report):
    return Page(report.path.read_text())


def number(value):
    return [] if value is None else [value]


def test_the_page_needs_nothing_from_elsewhere(report):
    text = report.path.read_text()
    assert re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?([^#])""", text) == []
    assert "<script" not in text
    assert "http" not in text


def test_the_page_prints_the_budget_of_the_api(report, page):
    (one,) = report.classifiers
    rows = [row for row in page.tables["budget"] if row]
    assert len(rows) == len(one.budget.rows)
    for cells, row in zip(rows, one.budget.rows, strict=True):
        exact = [value for _, value in cells]
        told = [row.threshold, row.regions, row.decided, row.left, row.minutes, row.median_s]
        assert exact[:6] == [number(value) for value in told]
        assert exact[6] == number(row.precision.value)
        assert exact[7] == number(row.blind.value)
        assert exact[-1] == number(row.recall.value)
        assert cells[6][0].endswith(f"n={row.precision.n}") or not row.precision.n


def test_the_page_prints_every_figure_of_the_api(report, page):
    (one,) = report.classifiers
    measured = [v.measured for v in reversed(one.versions) if v.measured.figures]
    wanted = [
        (
            name,
            value,
            each.before.get(name),
            each.change.get(name),
            each.trivial["loudness"].get(name),
        )
        for each in measured
        for name, value in each.figures.items()
    ]
    rows = [row for row in page.tables["figures"] if row]
    assert len(rows) == len(wanted)
    for cells, (name, value, before, change, loud) in zip(rows, wanted, strict=True):
        assert cells[0][0] == name
        assert cells[1][1] == number(value.value)
        assert cells[2][1] == number(before and before.value)
        assert cells[3][1] == number(change and change.value)
        assert cells[5][1] == number(loud and loud.value)
        assert value.value is None or cells[1][0].endswith(f"n={value.n}")


def test_the_page_prints_the_frame(report, page):
    rows = [row for row in page.tables["scores"] if row]
    frame = report.frame().iloc[::-1]
    for cells, row in zip(rows, frame.to_dict("records"), strict=True):
        shown = [cells[place][1] for place in (1, 2, 3, 4, 5, 6)]
        names = ("known_ap", "known_ap_change", "held_out_ap", "regions", "regions_per_hour")
        told = [row[name] for name in (*names, "precision")]
        assert shown == [[] if value != value else [value] for value in told]  # noqa: PLR0124


def test_sentences_on_the_page_are_those_of_the_report(report):
    (one,) = report.classifiers
    text = report.path.read_text()
    assert all(f"<p>{sentence}</p>" in text for sentence in one.verdict)


def test_unknown_values_are_not_available(tmp_path):
    with ec.Workspace(tmp_path / "ws") as ws:
        scanned(ws)
        page = Page(ec.sound_report(ws, path=tmp_path / "page.html").path.read_text())
    (row,) = [row for row in page.tables["scores"] if row]
    assert [text for text, _ in row[1:4]] == ["n/a"] * 3
    assert row[6][0] == "n/a"


def test_names_are_escaped_everywhere(tmp_path):
    bad = "<script>alert(1)</script>"
    with ec.Workspace(tmp_path / "ws") as ws:
        scanned(ws, f"{bad}.wav")
        stamp = ws.clips.save_scan_results(f"{bad}.wav", bad, bad, [(0, 8, 0.9)], threshold=0.5,
                                           classifier_version=bad)  # fmt: skip
        ws.clips.note_version(f"{bad}.wav", bad, bad, stamp, bad)
        truth = {f"{bad}.wav": [(1.0, 2.0)]}
        report = ec.sound_report(ws, profile=bad, truth=truth, path=tmp_path / "page.html")
        shown = [report.path.read_text(), report._repr_html_()]
        shown.append(report.classifiers[0].budget._repr_html_())
    assert all("<script" not in text for text in shown)
    assert all("&lt;script" in text for text in shown)


def test_the_same_figures_give_the_same_bytes(report, tmp_path):
    again = write_page(report, tmp_path / "again.html")
    assert again.path.read_bytes() == report.path.read_bytes()


def test_charts_stay_inside_their_frames(report):
    text = report.path.read_text()
    for width, height, drawing in re.findall(
        r'viewBox="0 0 ([\d.]+) ([\d.]+)"(.*?)</svg>', text, re.DOTALL
    ):
        for x, y in re.findall(r'cx="([-\d.]+)" cy="([-\d.]+)"', drawing):
            assert 0 <= float(x) <= float(width)
            assert 0 <= float(y) <= float(height)
    assert text.count("<svg") == 4
