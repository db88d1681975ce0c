"""The audio database: whether it is whole, and whether its rows lead somewhere."""

from collections.abc import Iterator, Sequence

from eightcut.db import MediaFile
from eightcut.db.holdings import HeldScan, Mark
from eightcut.jobs.checkup_tally import Aside, Kind, Subject, Tally
from eightcut.workspace import Workspace

SLACK = 1.0  # seconds that a mark may reach beyond what a file's header says
_OF_INDEXES = ("missing from index", "wrong # of entries in index", "non-unique entry in index")

_CHANGED = Kind(
    "made of other content than the file has now",
    "The file was replaced; scan it again.",
)
_UNKNOWN = Kind(
    "their file is not registered",
    "add_media the file, so that it can be played, exported and scanned again.",
)
_BEYOND = Kind(
    "beyond the end of their file",
    "Look at them in the grid or the review, and delete those that are wrong.",
)


def subjects(ws: Workspace) -> Iterator[Subject]:
    """The file itself, its scans, marks and edits."""
    yield _file(ws)
    media = {one.filename: one for one in ws.clips.list_media()}
    yield _scans(ws, media)
    yield _marks(ws, media)
    yield _edits(ws)


def _file(ws: Workspace) -> Subject:
    """Three questions: is the file whole, do references lead somewhere, is its shape ours?"""
    tally = Tally("checks of the database")
    broken = [text for text in ws.clips.problems() if "points to nothing" not in text]
    dangling = {table: rows for table, rows in ws.clips.dangling().items() if rows}
    shape = ws.clips.shape()
    if broken:
        tally.find(_damage(ws, broken), broken[0])
    else:
        tally.fine()
    if dangling:
        told = ", ".join(f"{len(rows)} {table}" for table, rows in dangling.items())
        tally.find(_dangling(), told)
    else:
        tally.fine()
    if shape.missing or shape.strange:
        names = [f"{name} missing" for name in shape.missing]
        tally.find(_shape(), ", ".join([*names, *(f"{name} strange" for name in shape.strange)]))
    else:
        tally.fine()
    return tally.subject()


def _damage(ws: Workspace, broken: list[str]) -> Kind:
    what = f"{len(broken)} problems that SQLite finds"
    if all(any(words in text for words in _OF_INDEXES) for text in broken):

        def rebuild(_items: Sequence[str], aside: Aside) -> None:
            aside.ws.clips.back_up()
            aside.ws.clips.restore_shape()

        advice = "Only indexes are damaged; every row is there."
        return Kind(what, advice, "copy the file aside and build the indexes anew", rebuild)
    copies = sorted(ws.path.glob("eightcut.db.bak-*"))
    newest = f"the newest copy is {copies[-1].name}" if copies else "there is no copy of it here"
    return Kind(what, f"Copy the whole workspace before anything else; {newest}.")


def _dangling() -> Kind:
    def take_out(_items: Sequence[str], aside: Aside) -> None:
        aside.ws.clips.back_up()
        aside.note("dangling-rows.json", aside.ws.clips.dangling())
        aside.ws.clips.take_out(dangling_rows=True)

    return Kind(
        "rows that point to a scan that is gone",
        "Nothing shows them any more.",
        "copy the database aside, write the rows to the set-aside folder and take them out",
        take_out,
    )


def _shape() -> Kind:
    def restore(_items: Sequence[str], aside: Aside) -> None:
        aside.ws.clips.back_up()
        aside.note("taken-out-of-the-database.json", aside.ws.clips.restore_shape())

    return Kind(
        "views, indexes or triggers are not as eightcut makes them",
        "Another program changed the file; a trigger would change rows unseen.",
        "copy the database aside and make them as they should be; rows stay as they are",
        restore,
    )


def _scans(ws: Workspace, media: dict[str, MediaFile]) -> Subject:
    tally = Tally("scans")
    curve = _curve()
    for scan in ws.clips.held_scans():
        item = f"{scan.filename} by {scan.model} at {scan.timestamp} (scan {scan.id})"
        file = media.get(scan.filename)
        if not _fits(scan):
            tally.find(curve, item)
        elif file is None and not scan.fingerprint:
            tally.skip("8-cut did not say of which content; add_media the file")
        else:
            tally.judge(item, _of_file(scan, file))
    return tally.subject()


def _fits(scan: HeldScan) -> bool:
    if scan.values is None:
        return True
    return scan.values % 4 == 0 and scan.window_count in (None, scan.values // 4)


def _of_file(scan: HeldScan, file: MediaFile | None) -> Kind | None:
    if file is None:
        return _UNKNOWN
    is_other = bool(scan.fingerprint) and scan.fingerprint != file.fingerprint
    return _CHANGED if is_other else None


def _curve() -> Kind:
    def take(items: Sequence[str], aside: Aside) -> None:
        ids = [int(item.rpartition("(scan ")[2].rstrip(")")) for item in items]
        bad = [
            scan.id
            for scan in aside.ws.clips.held_scans()
            if scan.id in set(ids) and not _fits(scan)
        ]
        aside.ws.clips.back_up()
        taken = aside.ws.clips.take_curves(bad)
        told = [{"scan": id_, "window_count": n, "scores": raw.hex()} for id_, n, raw in taken]
        aside.note("curves.json", told)

    return Kind(
        "the score curve is not as long as it says",
        "Regions are whole; thresholds of this version cannot be moved. A rescan makes a new one.",
        "copy the database aside and take these curves out",
        take,
    )


def _marks(ws: Workspace, media: dict[str, MediaFile]) -> Subject:
    tally = Tally("hard negatives and reviewed parts")
    for mark in ws.clips.held_marks():
        file = media.get(mark.filename)
        if file is None or file.duration is None:
            tally.skip("how long their file is, is not known; add_media it")
        else:
            item = f"{mark.filename} at {mark.start:g} s"
            tally.judge(item, _BEYOND if _is_beyond(mark, file.duration) else None)
    return tally.subject()


def _is_beyond(mark: Mark, duration: float) -> bool:
    last = mark.end if mark.table == "reviewed" and mark.end is not None else mark.start
    return last > duration + SLACK


def _edits(ws: Workspace) -> Subject:
    tally = Tally("edits")
    bad = ws.clips.astray_edits()
    tally.fine(ws.clips.edit_count() - len(bad) - len(ws.clips.dangling()["edits"]))
    kind = _astray()
    for row in bad:
        tally.find(kind, f"edit {row['id']} of {row['filename']}")
    return tally.subject()


def _astray() -> Kind:
    def take_out(_items: Sequence[str], aside: Aside) -> None:
        aside.ws.clips.back_up()
        aside.note("edits.json", aside.ws.clips.astray_edits())
        aside.ws.clips.take_out(dangling_rows=False)

    return Kind(
        "they are of another file than their scan, or cannot be read",
        "Undo would stop at them.",
        "copy the database aside, write them to the set-aside folder and take them out",
        take_out,
    )
