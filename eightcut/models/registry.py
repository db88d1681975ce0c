"""Which embedders there are, by name: of sound and of images.

Names are listed without loading torch. A package can add its own through the
entry point groups ``eightcut.embedders`` (sound) and ``eightcut.image_embedders``:
the entry's name is the embedder's name, and what it points to is called without
arguments to load it.
"""

import difflib
import importlib
import threading
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import Any, Literal, get_args, overload

from eightcut.models import bundles
from eightcut.models.base import Embedder, ImageEmbedder

Kind = Literal["sound", "image"]
GROUPS: dict[Kind, str] = {"sound": "eightcut.embedders", "image": "eightcut.image_embedders"}

Loader = Callable[[], Any]

KINDS: tuple[Kind, ...] = get_args(Kind)

_lock = threading.RLock()
_registered: dict[Kind, dict[str, Loader]] = {kind: {} for kind in KINDS}
_loaded: dict[tuple[Kind, str], Any] = {}


def embedders(kind: Kind | None = None) -> list[str]:
    """The names that ``load`` knows, of one kind or of all; the default of each kind first.

    Raises:
        ValueError: there is no such kind.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"there are sound and image embedders, none of the kind {kind!r}")
    return [name for each in KINDS if kind in {None, each} for name in _loaders(each)]


@overload
def load(name: str) -> Any: ...


@overload
def load(name: str, kind: Literal["sound"]) -> Embedder: ...


@overload
def load(name: str, kind: Literal["image"]) -> ImageEmbedder: ...


def load(name: str, kind: Kind | None = None) -> Any:
    """The embedder of this name, loaded once per process; threads share it.

    Args:
        name: one of ``embedders()``.
        kind: what it must embed, if that matters.

    Raises:
        LookupError: there is no such embedder of that kind; the message lists the close names.
        ConnectionError: its weights are not on this machine and cannot be fetched.
        ImportError: a library it needs does not work here.
    """
    kinds = (kind,) if kind else KINDS
    with _lock:
        for each in kinds:
            if (each, name) not in _loaded and (loader := _loaders(each).get(name)):
                _loaded[each, name] = loader()
            if (each, name) in _loaded:
                return _loaded[each, name]
    raise LookupError(_unknown(name, kind))


def register(name: str, loader: Loader, kind: Kind = "sound") -> None:
    """Make ``load(name)`` call ``loader``, also where the name was taken."""
    with _lock:
        for each in KINDS:
            _registered[each].pop(name, None)
            _loaded.pop((each, name), None)
        _registered[kind][name] = loader


def _loaders(kind: Kind) -> dict[str, Loader]:
    plugged = {entry.name: _plugged(entry.value) for entry in entry_points(group=GROUPS[kind])}
    built_in = _sound_loaders() if kind == "sound" else _image_loaders()
    return built_in | plugged | _registered[kind]


def _sound_loaders() -> dict[str, Loader]:
    named = {
        "torchaudio_bundle": bundles.names(),
        "ast": ["AST", "AST_ML"],
        "eat": ["EAT", "EAT_LARGE"],
    }
    others = {name: _named(module, name) for module, names in named.items() for name in names}
    return {"YAMNET": _module("yamnet")} | others


def _image_loaders() -> dict[str, Loader]:
    return {
        "EFFICIENTNET_LITE0": _module("efficientnet_lite0"),
        "CLIP_VIT_B32": _module("clip"),
        "TECHNICAL_QUALITY": _module("technical_quality"),
    }


def _module(name: str) -> Loader:
    return lambda: importlib.import_module(f"eightcut.models.{name}").load()


def _named(module: str, name: str) -> Loader:
    return lambda: importlib.import_module(f"eightcut.models.{module}").load(name)


def _plugged(target: str) -> Loader:
    module, _, attribute = target.partition(":")

    def loader() -> Any:
        return getattr(importlib.import_module(module), attribute)()

    return loader


def _unknown(name: str, kind: Kind | None) -> str:
    known, what = embedders(kind), f"{kind} embedder" if kind else "embedder"
    close = difflib.get_close_matches(name.upper(), known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(known)}"
    return f"there is no {what} {name!r}; {hint}"
