"""What a person can do with a comparison, each with its keys and its button."""

from eightcut.sessions.compared import LISTED
from eightcut.sessions.comparison_words import SIGNS, WHERE
from eightcut.widgets.theme import Action

WALK = (
    Action("previous", ("k", "ArrowUp", "Shift+s"), "Previous", "step-backward", "Change before"),
    Action("play", ("Space", "p"), "Play", "play", "Play or pause the change"),
    Action("next", ("j", "ArrowDown", "s"), "Next", "step-forward", "The next change"),
    Action(
        "toggle_autoplay", ("w",), "Auto play", "forward", "Play each change once it is selected"
    ),
)
JUDGE = (
    Action("accept", ("a",), "Accept", "check", "It is there; a lost one joins the new version"),
    Action("toggle_negative", ("n",), "Not this", "times-circle", "Mark as hard negative, or not"),
)
STEPS = (
    Action("undo", ("z", "Ctrl+z"), "Undo", "undo", "Take back the last decision"),
    Action("redo", ("y", "Ctrl+y", "Shift+z", "Ctrl+Shift+z"), "Redo", "repeat", "Do it again"),
)
FIT = Action("fit", ("f",), "Fit", "arrows-h", "Show the whole file; V zooms to the change")
REFRESH = Action(
    "refresh", ("u",), "Refresh", "refresh", "Compare anew, with all that is known by now"
)
SWAP = Action("swap", ("o",), "Swap", "exchange", "Compare the other way round")
FILES = (
    Action("previous_file", ("Shift+k", "Shift+ArrowUp"), "", "chevron-left", "The file before"),
    Action("next_file", ("Shift+j", "Shift+ArrowDown"), "", "chevron-right", "The next file"),
)
MATCHED = Action("toggle_matched", ("m",), "", "", "At thresholds that give equally many alarms")
FILTERS = {
    kind: Action(f"toggle_{kind}", (str(place),), SIGNS[kind], "", f"List or hide: {WHERE[kind]}")
    for place, kind in enumerate(LISTED, 1)
}
LEAVE = Action("focus .ec-table", ("Escape",), "", "", "Back to the list")
SHARED = (*WALK, *JUDGE, *STEPS, REFRESH, SWAP, *FILES, MATCHED, *FILTERS.values())
ACTIONS = (*SHARED, FIT, LEAVE)
VERBS = {key: action.verb for action in SHARED for key in action.keys}
