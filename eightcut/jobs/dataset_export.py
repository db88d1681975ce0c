"""Datasets for other programs: clips of a workspace, or chosen pictures of projects."""

from collections.abc import Collection, Iterable
from os import PathLike
from pathlib import Path

from eightcut.jobs import picture_dataset, sound_dataset
from eightcut.jobs.dataset_folder import DatasetExport, DatasetFolder
from eightcut.jobs.sound_dataset import Choice
from eightcut.progress import Shown
from eightcut.project import Project
from eightcut.workspace import Workspace

__all__ = ["DatasetExport", "export_dataset"]


def export_dataset(  # noqa: PLR0913 - the public contract
    source: Workspace | Project | Iterable[Project],
    folder: str | PathLike[str],
    *,
    folders: str | Collection[str] | None = None,
    profile: str | None = None,
    include_scan_exports: bool = False,
    hard_negatives: bool = True,
    test: float = 0.2,
    validation: float = 0.0,
    link: bool = False,
    progress: Shown = False,
) -> DatasetExport:
    """Write a folder that ``datasets.load_dataset`` reads as audiofolder or imagefolder.

    Of a workspace it holds the clips, each labelled with its export folder, and hard
    negatives as a label of their own; of projects the chosen pictures, uncropped, with
    their boxes. No media file, or project, is in two splits, and each stays in its split
    when more come in.

    Args:
        source: an open workspace, or projects.
        folder: a new or an empty one.
        folders: the export folders to take; all unless given. As the next three, for sound only.
        profile: whose clips; the workspace's own unless given.
        include_scan_exports: also clips that a scan found and nobody marked.
        hard_negatives: cut hard negatives out of their media files.
        test: share of the media files, or projects, that are held out for tests.
        validation: share that is held out for validation.
        link: link files instead of copying them; who changes one in place changes the original.
        progress: show a bar.

    Raises:
        FileExistsError: the folder holds something.
        LookupError: there is nothing to write, or no such export folder.
        ValueError: the shares are none, or no project was named.
    """
    target = DatasetFolder(Path(folder).expanduser().absolute(), link=link)
    if isinstance(source, Workspace):
        names = [folders] if isinstance(folders, str) else folders
        choice = Choice(
            profile or source.settings.profile, names, include_scan_exports, hard_negatives,
            test, validation,
        )  # fmt: skip
        with target.whole():
            return sound_dataset.write(source, target, choice, progress)
    projects = [source] if isinstance(source, Project) else list(source)
    if not projects:
        raise ValueError("name a project whose pictures to export")
    shares = {"test": test, "validation": validation}
    with target.whole():
        return picture_dataset.write(projects, target, **shares, progress=progress)
