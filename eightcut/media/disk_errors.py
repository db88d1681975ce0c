"""What a disk refuses, in words that say what to do about it."""

from eightcut.disk import ADVICE
from eightcut.media.picture_names import shown


def reason(problem: OSError) -> str:
    """What went wrong, as one sentence that names the file and says what to do."""
    if problem.errno and problem.filename:
        why = ADVICE.get(problem.errno, problem.strerror)
        return f"{shown(problem.filename)}: {why}"
    return str(problem)
