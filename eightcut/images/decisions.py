"""What a person decides about a group, and what follows from it."""

import re

_PROJECT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


def check_project_id(text: str) -> str:
    """The id, if it can name a project: letters, digits, ``-`` and ``_``, 80 at most.

    Raises:
        ValueError: it cannot.
    """
    if not isinstance(text, str) or not _PROJECT_ID.fullmatch(text):
        raise ValueError(
            f"{text!r} cannot name a project; use 1 to 80 letters, digits, - and _, "
            "beginning with a letter or digit"
        )
    return text
