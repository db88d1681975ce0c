"""Classifiers against their cards and runs, and the embeddings against their checksums."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from eightcut.jobs.checkup_files import NOT_READ, Look, files
from eightcut.jobs.checkup_tally import FOLDER, Aside, Kind, Subject, Tally
from eightcut.jobs.learning_work import picture_models
from eightcut.models.classifier_store import CURRENT, OF_PICTURES, VERSION
from eightcut.workspace import Workspace

_GONE = Kind(
    "the version that they made is gone",
    "Its figures are kept; bring the folder back from a copy, or train again.",
)


def subjects(ws: Workspace, look: Look) -> Iterator[Subject]:
    """Stored versions, which of them are in use, training runs, and the embedding store."""
    yield _versions(ws)
    yield _pointers(ws)
    yield _runs(ws)
    yield _embeddings(ws, look)


def _versions(ws: Workspace) -> Subject:
    tally = Tally("versions of classifiers")
    root = ws.classifiers.root
    kind = Kind(
        "damaged",
        "Weights, card and checksum do not agree; it is refused wherever it would be used.",
        "move it to the set-aside folder",
        lambda items, aside: _take_versions(root, items, aside),
    )
    damaged = {*ws.classifiers.damaged_folders(), *picture_models(ws).damaged_folders()}
    for folder in _stored(root):
        tally.judge(folder.relative_to(root), kind if folder in damaged else None)
    return tally.subject()


def _take(root: Path, items: Sequence[str], aside: Aside) -> None:
    for item in items:
        aside.take(root / item)


def _take_versions(root: Path, items: Sequence[str], aside: Aside) -> None:
    """Set versions aside, and with them the choices of one of them."""
    _take(root, items, aside)
    for path in _choices(root):
        if str(path.relative_to(root).parents[-2] / _text(path)) in items:
            aside.take(path)


def _choices(root: Path) -> list[Path]:
    """``current/PROFILE`` of classifiers, and ``current`` of rankers and crop proposers."""
    own = [*root.glob(f"*/{CURRENT}/*"), *(root / name / CURRENT for name in OF_PICTURES)]
    return sorted(path for path in own if path.is_file())


def _stored(root: Path) -> list[Path]:
    return sorted(path for path in root.glob("*/*") if VERSION.fullmatch(path.name))


def _pointers(ws: Workspace) -> Subject:
    tally = Tally("choices of a version in use")
    root = ws.classifiers.root
    kind = Kind(
        "they name a version that is not there",
        "Nothing can be used until a version is chosen.",
        "move the choice to the set-aside folder, so that the newest version counts",
        lambda items, aside: _take(root, items, aside),
    )
    stored = set(_stored(root))
    for path in _choices(root):
        folder = root / path.relative_to(root).parts[0]
        tally.judge(path.relative_to(root), None if folder / _text(path) in stored else kind)
    return tally.subject()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _runs(ws: Workspace) -> Subject:
    tally = Tally("training runs")
    stored = {(path.parent.name, path.name) for path in _stored(ws.classifiers.root)}
    aside = {
        (path.parent.name, path.name)
        for path in (ws.path / FOLDER).glob("*/classifiers/*/*")
        if VERSION.fullmatch(path.name)
    }
    for run in ws.clips.kept_runs():
        made = (run.classifier, run.version)
        if made in aside and made not in stored:
            tally.skip("their version was set aside earlier")
        else:
            tally.judge(f"{run.classifier} {run.version}", None if made in stored else _GONE)
    return tally.subject()


def _embeddings(ws: Workspace, look: Look) -> Subject:
    tally = Tally("stored embeddings")
    store = ws.embeddings
    if not store.root.is_relative_to(ws.path):
        tally.skip("they are shared with other machines, which look after them", 1)
        return tally.subject()
    kind = Kind(
        "damaged",
        "They are derived: the next scan makes them again from the sound.",
        "delete them",
        lambda items, aside: aside.ws.embeddings.discard(map(Path, items)),
    )
    reads = look.reads(sum(path.stat().st_size for path in files(store.root) if path.exists()))
    for entry in store.entries():
        if store.problem(entry.name, is_deep=reads):
            tally.find(kind, entry)
        elif reads:
            tally.fine()
        else:
            tally.skip(NOT_READ)
    for left in store.leftovers():
        if left.name.endswith(".damaged"):
            tally.find(kind, left)
        else:
            tally.skip("unfinished; the next scan goes on with them")
    return tally.subject()
