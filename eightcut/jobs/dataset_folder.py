"""A folder as Hugging Face's ``audiofolder`` and ``imagefolder`` read it.

``SPLIT/NAME`` for the files, ``SPLIT/metadata.jsonl`` with a line for each, and
``README.md``, the card. The folder takes its name when all of it is there.
No folder has the name of a label, because that library takes folders such as
``speech_test`` for a split.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import eightcut
from eightcut import atomic, clock
from eightcut.jobs.label_names import file_name
from eightcut.workspace import Skipped

if TYPE_CHECKING:
    import pandas as pd

TRAIN, VALIDATION, TEST = SPLITS = ("train", "validation", "test")
METADATA = "metadata.jsonl"


@dataclass(frozen=True, slots=True)
class DatasetExport:
    """What was written.

    Attributes:
        folder: where.
        counts: (split, label) -> how many files.
        sources: split -> how many media files or projects its files come from.
        notes: what a person should know about the splits.
        skipped: what was left out, each with the reason.
    """

    folder: Path
    counts: Mapping[tuple[str, str], int]
    sources: Mapping[str, int]
    notes: tuple[str, ...]
    skipped: tuple[Skipped, ...]

    @property
    def files(self) -> int:
        """How many files there are."""
        return sum(self.counts.values())

    def frame(self) -> "pd.DataFrame":
        """One row per split and label: split, label, files."""
        import pandas as pd  # noqa: PLC0415 - half a second that only tables need

        rows = [(*key, number) for key, number in sorted(self.counts.items())]
        return pd.DataFrame(rows, columns=["split", "label", "files"])

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(index=False, escape=True))

    def __str__(self) -> str:
        told = [f"{self.files} files in {self.folder}, {len(self.skipped)} skipped"]
        told += [f"{split} {label}: {n}" for (split, label), n in sorted(self.counts.items())]
        return "\n".join([*told, *(f"note: {note}" for note in self.notes)])


def splits(
    keys: Iterable[str], *, test: float, validation: float
) -> tuple[dict[str, str], list[str]]:
    """The split of each source by its key, and what to say about it.

    A source goes where the digest of its key says, whichever others there are, so it
    stays there when the dataset grows. Where that leaves a split empty, the source
    whose digest is nearest is moved to it.

    Raises:
        ValueError: the shares are none.
    """
    if not (test >= 0 and validation >= 0 and test + validation < 1):
        raise ValueError(
            f"test and validation are shares of 0 or more, below 1 together, "
            f"not {test} and {validation}"
        )
    ordered = sorted(set(keys), key=_place)
    edges = {TEST: test, VALIDATION: test + validation, TRAIN: 1.0}
    found = {
        key: next((split for split, edge in edges.items() if _place(key) < edge), TRAIN)
        for key in ordered
    }
    return found, _fill(
        found, ordered, [s for s, share in ((TEST, test), (VALIDATION, validation)) if share]
    )


def _fill(found: dict[str, str], ordered: list[str], wanted: list[str]) -> list[str]:
    notes = []
    for split in [TRAIN, *wanted]:
        counts = Counter(found.values())
        spare = [key for key in ordered if counts[found[key]] > 1]
        if counts[split] or not ordered:
            continue
        if not spare:
            notes.append(f"{split} is empty: too few to hold any out ({len(ordered)})")
        else:
            moved = spare[-1] if split == TRAIN else spare[0]
            found[moved] = split
            notes.append(f"{split} would be empty, so {moved} is in it")
    return notes


def _place(key: str) -> float:
    """A number from 0 to 1 that belongs to a key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64


class DatasetFolder:
    """A folder that is being filled.

    Raises:
        FileExistsError: it is there and holds something.
    """

    def __init__(self, folder: Path, *, link: bool) -> None:
        self.path = self._final = folder
        self.skipped: list[Skipped] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self._link = link
        self._taken: set[tuple[str, str]] = set()
        self._numbers: Counter[tuple[str, str]] = Counter()
        self._lines: dict[str, list[dict[str, Any]]] = {}
        if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
            raise FileExistsError(f"{folder} is no folder; name a new one")
        if folder.is_dir() and any(folder.iterdir()):
            raise FileExistsError(f"{folder} holds files already; name a new or an empty folder")

    @contextlib.contextmanager
    def whole(self) -> Iterator[None]:
        """Fill it under a hidden name in this block; then it is there whole, or not at all."""
        with atomic.making(self._final) as scratch:
            self.path = scratch
            yield

    def place(self, split: str, name: str) -> Path:
        """A path for another file of that name; its folder is made."""
        (self.path / split).mkdir(parents=True, exist_ok=True)
        safe = PurePath(file_name(name))
        number, told = self._numbers[split, safe.name], safe.name
        while (split, told.casefold()) in self._taken:  # some systems tell no A from an a
            number += 1
            told = f"{safe.stem}-{number + 1}{safe.suffix}"
        self._numbers[split, safe.name] = number
        self._taken.add((split, told.casefold()))
        return self.path / split / told

    def take(self, source: Path, target: Path) -> None:
        """Copy a file, or link it where that was asked for and can be done."""
        if self._link:
            try:
                os.link(source, target)
            except OSError:  # another disk, or one that has no links
                pass
            else:
                return
        with atomic.replacing(target) as temporary:
            shutil.copyfile(source, temporary)

    def tell(self, split: str, label: str, path: Path, row: Mapping[str, Any]) -> None:
        """Note what is known of a file that lies there."""
        self.counts[split, label] += 1
        self._lines.setdefault(split, []).append({"file_name": path.name, **row})

    def skip(self, name: str, reason: object) -> None:
        """Note what was left out."""
        self.skipped.append(Skipped(name, str(reason)))

    def finish(self, about: "Card", sources: Mapping[str, int], notes: list[str]) -> DatasetExport:
        """Write metadata and card.

        Raises:
            LookupError: there is nothing in it.
        """
        if not self.counts:
            reason = f": {self.skipped[0].path}: {self.skipped[0].reason}" if self.skipped else ""
            raise LookupError(f"there is nothing to put into {self._final}{reason}")
        for split, rows in self._lines.items():
            lines = (json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows)
            atomic.write(self.path / split / METADATA, "\n".join(lines) + "\n")
        told = DatasetExport(
            self._final, dict(self.counts), dict(sources), tuple(notes), tuple(self.skipped)
        )
        atomic.write(self.path / "README.md", about.text(told))
        return told


@dataclass(frozen=True, slots=True)
class Card:
    """What the card says beside the counts."""

    title: str
    task: str
    source: str
    columns: Mapping[str, str]

    def text(self, done: DatasetExport) -> str:
        """The card, with the header that Hugging Face reads."""
        there = [split for split in SPLITS if done.sources.get(split)]
        files = "\n".join(f'  - split: {split}\n    path: "{split}/**"' for split in there)
        counts = "\n".join(
            f"| {split} | {_cell(label)} | {number} |"
            for (split, label), number in sorted(done.counts.items())
        )
        told = ", ".join(f"{split} {done.sources[split]}" for split in there)
        columns = "\n".join(f"- `{name}`: {what}" for name, what in self.columns.items())
        notes = "\n".join(f"- {_cell(note)}" for note in done.notes)
        return _CARD.format(
            title=json.dumps(self.title, ensure_ascii=False), heading=_cell(self.title),
            task=self.task, files=files, counts=counts, source=self.source, told=told,
            columns=columns, notes=f"\n{notes}\n" if notes else "", skipped=len(done.skipped),
            version=eightcut.__version__, made=clock.utc_stamp()[:10],
        )  # fmt: skip


def _cell(text: str) -> str:
    """Text that stays one cell of a table, and text, in a page made of Markdown."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{char}" if char in "\\`*_[]|#" else char for char in plain)


_CARD = """\
---
pretty_name: {title}
task_categories:
- {task}
tags:
- eightcut
configs:
- config_name: default
  data_files:
{files}
---

# {heading}

Made by eightcut {version} on {made}. Nobody has said under which license its files may
be used; write it here before you share them.

| split | label | files |
|---|---|---|
{counts}

No {source} is in two splits. Number of them: {told}. Left out because a file was gone or could
not be read: {skipped}.
{notes}
## Columns

{columns}
"""
