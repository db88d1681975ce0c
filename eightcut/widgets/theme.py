"""Looks and keys that all views share, and their JavaScript, which lies beside them.

Every action has a key, and every key a button. A key belongs to the view that
has the focus and is never seen by JupyterLab.
"""

from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Action(NamedTuple):
    """Something a person can do: the session's verb, its keys, and its button."""

    verb: str
    keys: tuple[str, ...]
    text: str
    icon: str
    says: str

    @property
    def tooltip(self) -> str:
        """What it does and which keys do it too, if any."""
        keys = " or ".join(key.upper() if len(key) == 1 else key for key in self.keys)
        return f"{self.says} ({keys})" if keys else self.says


ACTIONS = (
    Action("previous", ("k", "ArrowUp", "Shift+s"), "Previous", "step-backward", "Region before"),
    Action("play", ("Space", "p"), "Play", "play", "Play or pause the region"),
    Action("next", ("j", "ArrowDown", "s"), "Next", "step-forward", "The next region"),
    Action("fit", ("f",), "Fit", "arrows-h", "Show the whole file"),
    Action("toggle_review", ("w",), "Review", "forward", "Walk through all that is undecided"),
    Action(
        *("mark_reviewed", ("r",), "Reviewed to here", "headphones"),
        says="Reviewed up to the playhead: what is no event is none",
    ),
    Action(
        *("mark_all_reviewed", ("Shift+r",), "Reviewed all", "headphones"),
        says="The whole file is reviewed: what is no event is none",
    ),
    Action("accept", ("a",), "Accept", "check", "Right as it is"),
    Action("toggle_disabled", ("Delete", "Backspace", "x"), "Disable", "ban", "Disable or enable"),
    Action("toggle_negative", ("n",), "Not this", "times-circle", "Mark as hard negative, or not"),
    Action("merge", ("m",), "Merge", "compress", "Make one region of those chosen"),
    Action("add", ("i", "Insert"), "Add", "plus", "Add a region of 8 s at the playhead"),
    Action("adopt", ("g",), "Adopt", "download", "Store what is only proposed, as it is shown"),
    Action("edit", ("F2", "Enter"), "Times", "pencil", "Write start and end of the region"),
    Action("start_earlier", ("Alt+ArrowLeft",), "Start", "caret-left", "Start 0.1 s earlier"),
    Action("start_later", ("Alt+ArrowRight",), "Start", "caret-right", "Start 0.1 s later"),
    Action("end_earlier", ("Alt+Shift+ArrowLeft",), "End", "caret-left", "End 0.1 s earlier"),
    Action("end_later", ("Alt+Shift+ArrowRight",), "End", "caret-right", "End 0.1 s later"),
    Action("undo", ("Ctrl+z",), "Undo", "undo", "Take back the last edit"),
    Action("redo", ("Ctrl+Shift+z", "Ctrl+y"), "Redo", "repeat", "Do it again"),
    Action("pin", ("Ctrl+b",), "Pin", "star", "Keep this version from being pruned"),
    Action("reset", ("0",), "Reset", "refresh", "Back to the scan's own threshold and gap"),
    Action("export_chosen", ("e",), "Export selected", "share", "Export clips of those chosen"),
    Action("export_all", ("Shift+e",), "Export all", "share-square-o", "Export all that is shown"),
    Action("cancel_export", ("Shift+c",), "Cancel", "stop", "Stop exporting; finished clips stay"),
    Action("choose_all", ("Ctrl+a",), "All", "list", "Choose all regions that are shown"),
    Action("choose_next", ("Shift+ArrowDown",), "", "", "Choose the next one too"),
    Action("choose_previous", ("Shift+ArrowUp",), "", "", "Choose the one before too"),
)
VERBS = {key: action.verb for action in ACTIONS for key in action.keys if action.verb != "fit"}


def source(*names: str) -> str:
    """JavaScript or style sheets, the shared part first."""
    shared = "common" + Path(names[0]).suffix
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in (shared, *names))
