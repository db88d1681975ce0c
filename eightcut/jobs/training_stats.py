"""What a training would learn from, counted before it is run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from eightcut.db import TrainingFile
from eightcut.jobs.train import FEW_CLIPS, FEW_FILES
from eightcut.workspace import Workspace

IMBALANCE = 5


class FileMarks(NamedTuple):
    """How many marks of one file would teach what."""

    filename: str
    positives: int
    soft: int
    negatives: int
    hard: int
    is_missing: bool


@dataclass(frozen=True, slots=True)
class TrainingStats:
    """The marks of all files together.

    Attributes:
        files: those with a positive or a negative, by name; missing ones included.
        margin: seconds that background keeps from every clip; 0 takes none.
    """

    files: tuple[FileMarks, ...]
    margin: float

    @property
    def positives(self) -> int:
        """Clips of the sound."""
        return sum(file.positives for file in self.files)

    @property
    def soft(self) -> int:
        """Clips of other folders, which only keep the background away."""
        return sum(file.soft for file in self.files)

    @property
    def negatives(self) -> int:
        """Clips of the negative folder."""
        return sum(file.negatives for file in self.files)

    @property
    def hard(self) -> int:
        """Hard negatives."""
        return sum(file.hard for file in self.files)

    @property
    def missing(self) -> tuple[str, ...]:
        """The files that are not where the workspace last saw them."""
        return tuple(file.filename for file in self.files if file.is_missing)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know before training, most important first."""
        checks = (self._too_few, self._one_sided, self._only_negatives)
        return tuple(told for check in checks for told in check())

    def __str__(self) -> str:
        parts = [
            _count(len(self.files), "video"),
            _count(self.positives, "positive"),
            f"{self.soft} soft",
            _count(self.hard, "hard negative"),
        ]
        if self.negatives:
            parts.insert(2, _count(self.negatives, "negative clip"))
        return ", ".join(parts)

    def _too_few(self) -> list[str]:
        told = []
        files = sum(bool(file.positives) for file in self.files)
        if not self.positives:
            return ["There are no clips of the sound: choose a folder that has some."]
        if self.positives < FEW_CLIPS:
            told.append(f"Only {_count(self.positives, 'positive')}; aim for {FEW_CLIPS} or more.")
        if files < FEW_FILES:
            told.append(
                f"The positives come from {_count(files, 'file')}; "
                f"aim for {FEW_FILES} or more, so that figures can be held out by file."
            )
        return told

    def _one_sided(self) -> list[str]:
        against = self.negatives + self.hard
        if not against and not self.margin:
            return ["Nothing to tell the sound from: choose a negative folder or a margin above 0."]
        if against > IMBALANCE * self.positives > 0:
            return [f"{against} negatives stand against {_count(self.positives, 'positive')}."]
        if not self.margin and self.positives > IMBALANCE * against:
            return [f"{self.positives} positives stand against {_count(against, 'negative')}."]
        return []

    def _only_negatives(self) -> list[str]:
        files = sum(not file.positives for file in self.files)
        if not files or not self.positives:
            return []
        hold = "holds" if files == 1 else "hold"
        return [f"{_count(files, 'file')} {hold} only negatives."]


def training_stats(
    ws: Workspace,
    profile: str,
    positive_folder: str | Sequence[str],
    negative_folder: str = "",
    *,
    margin: float = 30.0,
    include_scan_exports: bool = False,
    use_hard_negatives: bool = True,
) -> TrainingStats:
    """Count what ``train_classifier`` would learn from with the same arguments."""

    def spans(*, with_hard: bool) -> list[TrainingFile]:
        return ws.clips.training_spans(
            profile,
            positive_folder,
            negative_folder,
            include_scan_exports=include_scan_exports,
            use_hard_negatives=with_hard,
        )

    plain = {file.filename: len(file.negatives) for file in spans(with_hard=False)}
    found = spans(with_hard=True) if use_hard_negatives else spans(with_hard=False)
    return TrainingStats(
        tuple(_counted(file, plain.get(file.filename, 0)) for file in found), margin
    )


def _counted(file: TrainingFile, plain: int) -> FileMarks:
    return FileMarks(
        filename=file.filename,
        positives=len(file.positives),
        soft=len(file.soft),
        negatives=plain,
        hard=len(file.negatives) - plain,
        is_missing=not file.source_path,
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
