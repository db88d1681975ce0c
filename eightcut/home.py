"""Where eightcut keeps what it fetched: packages, converted weights, the sample workspace.

``EIGHTCUT_HOME`` names the folder; without it, it is ``~/.cache/eightcut``.
Everything below it can be deleted and is fetched or built again on demand.
"""

import os
from pathlib import Path


def home() -> Path:
    """The folder for fetched and built things, created on first use."""
    folder = Path(os.environ.get("EIGHTCUT_HOME") or "~/.cache/eightcut").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
