"""The keys of every screen, from the code's own tables; ``python -m tests.key_tables``."""

import re

from eightcut.widgets import (
    accuracy,
    compare_actions,
    extraction,
    history,
    negatives_table,
    scanning,
    theme,
    training,
)
from eightcut.widgets.theme import Action

NAMES = {"ArrowUp": "↑", "ArrowDown": "↓", "ArrowLeft": "←", "ArrowRight": "→"}
IN_PAGE = re.compile(r'^ +\["([^"]+)", "([^"]+)"\],$', re.M)


def actions(module):
    """The actions that a module names, also those in its tables of actions."""
    for value in vars(module).values():
        if isinstance(value, Action):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Action))


def cap(key):
    """A key as it is written on a keyboard, with what is held beside it."""
    key, _, where = key.partition(" ")
    *held, last = key.split("+")
    shown = NAMES.get(last, last.upper() if len(last) == 1 else last)
    return " ".join([f"`{'+'.join([*held, shown])}`", where]).rstrip()


def line(found):
    """The keys of some actions in one line, each action once."""
    told = {
        action.says: " ".join(map(cap, action.keys))
        for action in found
        if action.keys and action.says
    }
    return " · ".join(f"{keys} {says}" for says, keys in told.items())


def tables():
    """Screen -> its keys in one line."""
    listed = IN_PAGE.findall((theme.HERE / "group_keys.js").read_text(encoding="utf-8"))
    return {
        "ScanReview": line(theme.ACTIONS),
        "NegativesGrid": line(negatives_table.ACTIONS),
        "TrainPanel": line(actions(training)),
        "HistoryPanel": line(actions(history)),
        "ScanPanel": line(actions(scanning)),
        "CompareVersions": line(compare_actions.ACTIONS),
        "GroupReviewer": " · ".join(
            " ".join(f"`{key}`" for key in keys.split()) + f" {says}" for keys, says in listed
        ),
        "ExtractionPanel": line(actions(extraction)),
        "AccuracyView": line(actions(accuracy)),
    }


if __name__ == "__main__":
    for screen, text in tables().items():
        print(f"{screen}\n{text}\n")
