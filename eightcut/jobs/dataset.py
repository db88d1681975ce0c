"""``dataset.json`` of an export folder: which clip has which label.

A JSON list of ``{"path": absolute path, "label": text}``, as 8-cut writes it.
"""

import json
from pathlib import Path

from eightcut import atomic, foreign

NAME = "dataset.json"

Entries = list[dict[str, object]]


def entries(folder: Path) -> Entries:
    """What the file says; nothing where there is none.

    Raises:
        ValueError: the file is damaged. It is left as it is.
    """
    path = folder / NAME
    try:
        found = foreign.load(path)
    except FileNotFoundError:
        return []
    except foreign.Unreadable as problem:
        raise ValueError(f"{problem}; mend it or move it away") from problem
    if not (isinstance(found, list) and all(isinstance(entry, dict) for entry in found)):
        raise ValueError(f"{path} is no list of clips; mend it or move it away")
    return found


def upsert(folder: Path, path: Path, label: str) -> None:
    """Give the clip at ``path`` a label; a blank one writes nothing. Other entries stay.

    Raises:
        ValueError: the file is damaged. It is left as it is.
    """
    if not label.strip():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with atomic.exclusively(folder):
        known = entries(folder)
        entry = next((each for each in known if each.get("path") == str(path)), None)
        if entry is None:
            known.append({"path": str(path), "label": label})
        else:
            entry["label"] = label
        store(folder, known)


def store(folder: Path, known: Entries) -> None:
    """Write the file anew, whole or not at all."""
    text = json.dumps(known, indent=2, ensure_ascii=False)
    atomic.write(folder / NAME, text + "\n")
