"""What the cards of a classifier's versions tell, as far as they can be read."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from eightcut.estimates import UNKNOWN, Estimate
from eightcut.models.classifier import Classifier
from eightcut.report.sound_version import Lessons, Standing
from eightcut.workspace import Workspace


class Stored(NamedTuple):
    """One version as its card tells it; ``classifier`` is None where it is gone or damaged."""

    classifier: Classifier | None
    lessons: Lessons
    standing: Standing
    held_out: dict[str, Estimate]
    held_out_trivial: dict[str, Estimate]
    not_calibrated: str = ""
    problem: str = ""


def current_version(ws: Workspace, profile: str, name: str) -> str:
    """The version in use; empty where there is none that can be read."""
    try:
        found = ws.classifiers.current(name, profile)
    except (LookupError, ValueError):  # its own row tells the problem
        return ""
    return found.version if found else ""


def stored_versions(
    ws: Workspace, profile: str, name: str, scanned: Iterable[str]
) -> dict[str, Stored]:
    """Every version that is stored or has scans, the oldest first."""
    is_stored = name in ws.classifiers.names(profile)  # scans may tell of names no folder can have
    kept = set(ws.classifiers.versions(name, profile)) if is_stored else set()
    current = current_version(ws, profile, name)
    found = {}
    for version in sorted({*kept, *scanned}):
        if version not in kept:
            found[version] = _empty("not stored", "only its scans are here")
            continue
        try:
            classifier = ws.classifiers.load(name, version, profile)
            found[version] = _read(classifier, is_current=version == current)
        except (LookupError, ValueError) as problem:
            found[version] = _empty("damaged", str(problem))
        except (AttributeError, TypeError):  # other values than eightcut writes
            found[version] = _empty("damaged", f"the card of {name} {version} cannot be read")
    return found


def _empty(word: str, problem: str) -> Stored:
    return Stored(None, Lessons(), Standing(word), {}, {}, problem=problem)


def _read(classifier: Classifier, *, is_current: bool) -> Stored:
    card = classifier.card
    return Stored(
        classifier,
        _lessons(classifier),
        _standing(card.get("gate"), is_current=is_current),
        _estimates(card.get("figures")),
        _estimates(card.get("baselines")),
        "" if classifier.is_calibrated else str(card.get("not_calibrated") or "nobody knows why"),
    )


def _lessons(classifier: Classifier) -> Lessons:
    card = classifier.card
    spans, files = card.get("spans"), card.get("files")
    taught = [spans[name] for name in spans] if isinstance(spans, dict) else None
    return Lessons(
        str(card["trained_at"]) if card.get("trained_at") else None,
        len(files) if isinstance(files, list) else None,
        None if taught is None else sum(len(one.get("positives", ())) for one in taught),
        None if taught is None else sum(len(one.get("negatives", ())) for one in taught),
        f"{classifier.kind} on {classifier.embedder}",
    )


def _standing(gate: object, *, is_current: bool) -> Standing:
    told = gate if isinstance(gate, dict) else {}
    is_aside = told.get("is_open") is False
    word = "in use" if is_current else "kept aside" if is_aside else "earlier"
    return Standing(word, str(told.get("reason") or ""), _estimate(told.get("delta")))


def _estimates(told: object) -> dict[str, Estimate]:
    return {str(n): _estimate(value) for n, value in told.items()} if isinstance(told, dict) else {}


def _estimate(told: Any) -> Estimate:
    if not isinstance(told, Mapping):
        return UNKNOWN
    return Estimate(told.get("value"), told.get("low"), told.get("high"), told.get("n") or 0)
