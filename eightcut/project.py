"""A picture project: a folder of pictures, its manifest and its decisions.

The manifest lies in the workspace, so that nothing is read out of the name of a
folder. Pictures that have been decided on lie in work folders beside the rest.
"""

import contextlib
import functools
import json
import threading
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from eightcut import atomic, foreign
from eightcut.db import DecisionDB
from eightcut.db.decisiondb import FOLDER
from eightcut.images.decisions import check_project_id

WORK_FOLDERS = ("selected", "crop", "crop_auto", "crop_cropped", "delete_staging")
MANIFESTS = Path("data", "projects")
SUFFIX = ".project.json"


class Project:
    """One project of a workspace.

    Attributes:
        id: its name in file names and rows.
        root: the folder of its pictures.
        workspace_path: the workspace that its manifest and decisions lie in.

    Raises:
        LookupError: the workspace has no such project.
        ValueError: its manifest cannot be read.
    """

    def __init__(self, workspace_path: str | PathLike[str], project_id: str) -> None:
        self.workspace_path = Path(workspace_path)
        self.id = check_project_id(project_id)
        self._turn = threading.RLock()
        self._depth = 0
        self.root: Path = (self.manifest_path.parent / self.manifest["paths"]["root"]).resolve()

    @property
    def manifest_path(self) -> Path:
        """Where the manifest lies."""
        return manifest_path(self.workspace_path, self.id)

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest as it is on disk now."""
        return read_manifest(self.manifest_path)

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Replace the manifest, whole or not at all."""
        atomic.write(self.manifest_path, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")

    @functools.cached_property
    def decisions(self) -> DecisionDB:
        """The decision database; it closes with the project."""
        return DecisionDB(decisions_folder(self.workspace_path), self.id)

    @property
    def is_finished(self) -> bool:
        """Whether the project has been finished."""
        return self.manifest.get("finishedAt") is not None

    def folder(self, name: str) -> Path:
        """The work folder to put files into, such as ``folder("crop")``; it need not exist."""
        if name not in WORK_FOLDERS:
            raise LookupError(f"{name!r} is not a work folder; those are {', '.join(WORK_FOLDERS)}")
        return self.root / name

    def folders(self, name: str) -> list[Path]:
        """The work folders of that name to read, ``__NAME`` of earlier tools included."""
        names = (self.folder(name), self.root / f"__{name}")
        return [folder for folder in names if folder.is_dir() and not folder.is_symlink()]

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other thread and process from moving files of this project.

        Raises:
            NotADirectoryError: the folder of its pictures is gone.
        """
        if not self.root.is_dir():
            raise NotADirectoryError(f"{self.root} is gone; put the project's pictures back there")
        with self._turn:
            if self._depth:
                yield
                return
            with atomic.exclusively(self.root):
                self._depth = 1
                try:
                    yield
                finally:
                    self._depth = 0

    def close(self) -> None:
        """Close the decision database; safe to call twice."""
        if "decisions" in vars(self):
            self.decisions.close()
            del self.decisions

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Project({self.id!r}, {str(self.root)!r})"


def manifest_path(workspace_path: Path, project_id: str) -> Path:
    """Where the manifest of a project lies, whether there is one or not."""
    return workspace_path / MANIFESTS / f"{check_project_id(project_id)}{SUFFIX}"


def decisions_folder(workspace_path: Path) -> Path:
    """Where the decision databases of a workspace lie."""
    return workspace_path / FOLDER


def project_ids(workspace_path: Path) -> list[str]:
    """The projects of a workspace, by name."""
    folder = workspace_path / MANIFESTS
    return sorted(path.name.removesuffix(SUFFIX) for path in folder.glob(f"*{SUFFIX}"))


def read_manifest(path: Path) -> dict[str, Any]:
    """A manifest, checked for what every reader needs.

    Raises:
        LookupError: there is none.
        ValueError: it is damaged; the message names the file.
    """
    try:
        manifest = foreign.load(path)
        if not isinstance(root := manifest["paths"]["root"], str) or not root or "\0" in root:
            raise TypeError
    except FileNotFoundError:
        name = path.name.removesuffix(SUFFIX)
        raise LookupError(f"there is no project {name!r}; start it with start_project") from None
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise ValueError(f"{path} is not a readable project manifest; restore it") from problem
    return dict(manifest)
