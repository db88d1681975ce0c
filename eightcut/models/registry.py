"""Which embedders there are, by name.

Names are listed without loading torch. A package can add its own through the
entry point group ``eightcut.embedders``: the entry's name is the embedder's
name, and what it points to is called without arguments to load it.
"""

import difflib
import importlib
import threading
from collections.abc import Callable
from importlib.metadata import entry_points

from eightcut.models import bundles
from eightcut.models.base import Embedder

GROUP = "eightcut.embedders"

Loader = Callable[[], Embedder]

_lock = threading.RLock()
_registered: dict[str, Loader] = {}
_loaded: dict[str, Embedder] = {}


def embedders() -> list[str]:
    """The names that ``load`` knows, the default first."""
    return list(_loaders())


def load(name: str) -> Embedder:
    """The embedder of this name, loaded once per process; threads share it.

    Raises:
        LookupError: there is no such embedder; the message lists the close names.
        ConnectionError: its weights are not on this machine and cannot be fetched.
        ImportError: a library it needs does not work here.
    """
    with _lock:
        if name not in _loaded:
            loaders = _loaders()
            if name not in loaders:
                raise LookupError(_unknown(name, list(loaders)))
            _loaded[name] = loaders[name]()
        return _loaded[name]


def register(name: str, loader: Loader) -> None:
    """Make ``load(name)`` call ``loader``, also where the name was taken."""
    with _lock:
        _registered[name] = loader
        _loaded.pop(name, None)


def _loaders() -> dict[str, Loader]:
    built_in = {"YAMNET": _yamnet} | {name: _bundle(name) for name in bundles.names()}
    plugged = {entry.name: _plugged(entry.value) for entry in entry_points(group=GROUP)}
    return built_in | plugged | _registered


def _yamnet() -> Embedder:
    loaded: Embedder = importlib.import_module("eightcut.models.yamnet").load()
    return loaded


def _bundle(name: str) -> Loader:
    return lambda: importlib.import_module("eightcut.models.torchaudio_bundle").load(name)


def _plugged(target: str) -> Loader:
    module, _, attribute = target.partition(":")

    def loader() -> Embedder:
        loaded: Embedder = getattr(importlib.import_module(module), attribute)()
        return loaded

    return loader


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name.upper(), known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(known)}"
    return f"there is no embedder {name!r}; {hint}"
