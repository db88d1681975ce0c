"""Which embedders there are, by name: of sound and of images.

Names are listed without loading torch. A package can add its own through the
entry point groups ``eightcut.embedders`` (sound) and ``eightcut.image_embedders``:
the entry's name is the embedder's name, and what it points to is called without
arguments to load it.

Some embedders can be run in more than one way, whose vectors are not mixed: the
ways are named behind an @, such as ``HUBERT_BASE@dense``, and listed by ``modes``.
"""

import difflib
import importlib
import threading
import warnings
from collections.abc import Callable
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points
from typing import Any, Literal, get_args, overload

from eightcut import foreign
from eightcut.models import bundles
from eightcut.models.base import Embedder, ImageEmbedder

Kind = Literal["sound", "image"]
GROUPS: dict[Kind, str] = {"sound": "eightcut.embedders", "image": "eightcut.image_embedders"}

MODE = "@"

Loader = Callable[[], Any]

KINDS: tuple[Kind, ...] = get_args(Kind)

_lock = threading.RLock()
_registered: dict[Kind, dict[str, Loader]] = {kind: {} for kind in KINDS}
_loaded: dict[tuple[Kind, str], Any] = {}


def embedders(kind: Kind | None = None) -> list[str]:
    """The embedders that there are, of one kind or of all; the default of each kind first.

    Names with a mode are not among them: ``modes`` lists those of one embedder.

    Raises:
        ValueError: there is no such kind.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"there are sound and image embedders, none of the kind {kind!r}")
    listed = (name for each in KINDS if kind in {None, each} for name in _loaders(each))
    return [name for name in listed if MODE not in name]


def modes(name: str) -> list[str]:
    """The names under which an embedder is loaded in its modes; the plain name is its default.

    ``@bf16`` computes in bfloat16, ``@dense`` hears every second once, ``@dense-bf16`` does both.

    Raises:
        LookupError: there is no such embedder.
    """
    if not is_known(name):
        raise LookupError(_unknown(name, None))
    plain = name.partition(MODE)[0]
    known = [name for kind in KINDS for name in (*_loaders(kind), *_mode_loaders(kind))]
    return [one for one in dict.fromkeys(known) if one.partition(MODE)[0] == plain]


def is_known(name: str, kind: Kind | None = None) -> bool:
    """Whether ``load`` knows the name, with or without a mode."""
    kinds = (kind,) if kind else KINDS
    return any(name in _loaders(each) or name in _mode_loaders(each) for each in kinds)


@overload
def load(name: str) -> Any: ...


@overload
def load(name: str, kind: Literal["sound"], revision: str | None = None) -> Embedder: ...


@overload
def load(name: str, kind: Literal["image"], revision: str | None = None) -> ImageEmbedder: ...


def load(name: str, kind: Kind | None = None, revision: str | None = None) -> Any:
    """The embedder of this name, loaded once per process; threads share it.

    Args:
        name: one of ``embedders()``, or of ``modes`` of one.
        kind: what it must embed, if that matters.
        revision: which it must be of, where its vectors join those of another machine.

    Raises:
        LookupError: there is no such embedder of that kind; the message lists the close names.
        ConnectionError: its weights are not on this machine and cannot be fetched.
        ImportError: a library it needs does not work here.
        ValueError: this machine's processor has not what the mode needs, or the embedder
            here is of another revision.
    """
    embedder = _load(name, kind)
    if revision is not None and revision != embedder.revision:
        raise ValueError(f"{name} is of revision {embedder.revision} here, not of {revision}")
    return embedder


def register(name: str, loader: Loader, kind: Kind = "sound") -> None:
    """Make ``load(name)`` call ``loader``, also where the name was taken."""
    with _lock:
        for each in KINDS:
            _registered[each].pop(name, None)
            _loaded.pop((each, name), None)
        _registered[kind][name] = loader


def _load(name: str, kind: Kind | None) -> Any:
    kinds = (kind,) if kind else KINDS
    with _lock:
        for each in kinds:
            if (each, name) not in _loaded and (loader := _loader(each, name)):
                _loaded[each, name] = loader()
            if (each, name) in _loaded:
                return _loaded[each, name]
    raise LookupError(_unknown(name, kind))


def _loader(kind: Kind, name: str) -> Loader | None:
    return _loaders(kind).get(name) or _mode_loaders(kind).get(name)


def _loaders(kind: Kind) -> dict[str, Loader]:
    plugged = {entry.name: _plugged(entry) for entry in _entries(kind)}
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


def _mode_loaders(kind: Kind) -> dict[str, Loader]:
    """Those of the bundles, unless somebody has put another embedder under the name."""
    if kind == "image":
        return {}
    theirs = {entry.name for entry in _entries(kind)} | set(_registered[kind])
    names = [name for name in bundles.names() if name not in theirs]
    both = [f"{name}{MODE}{mode}" for name in names for mode in bundles.MODES]
    return {name: _named("torchaudio_bundle", name) for name in both}


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


def _entries(kind: Kind) -> list[EntryPoint]:
    """What packages offer; one whose list cannot be read is left out with a warning."""
    try:
        return list(entry_points(group=GROUPS[kind]))
    except (AttributeError, TypeError, ValueError):
        return [entry for package in distributions() for entry in _offered(package, kind)]


def _offered(package: Distribution, kind: Kind) -> list[EntryPoint]:
    try:
        return [entry for entry in package.entry_points if entry.group == GROUPS[kind]]
    except (AttributeError, TypeError, ValueError):
        told = f"the entry points of {package.name} cannot be read; install it again"
        warnings.warn(told, RuntimeWarning, stacklevel=2)
        return []


def _plugged(entry: EntryPoint) -> Loader:
    def loader() -> Any:
        try:
            return entry.load()()
        except Exception as problem:  # whatever a package of somebody else raises
            raise ImportError(
                f"the embedder {foreign.shown(entry.name)} ({foreign.shown(entry.value)}) does "
                f"not load: {foreign.shown(problem)}"
            ) from problem

    return loader


def _unknown(name: str, kind: Kind | None) -> str:
    known, what = embedders(kind), f"{kind} embedder" if kind else "embedder"
    if MODE in name and is_known(plain := name.partition(MODE)[0], kind):
        return f"there is no {what} {name!r}; there are {', '.join(modes(plain))}"
    close = difflib.get_close_matches(name.upper(), known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(known)}"
    return f"there is no {what} {name!r}; {hint}"
