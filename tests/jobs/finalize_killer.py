"""Finalizes and undoes in processes that are killed, and looks at what the next one finds.

A program of its own, so that what forks has no threads: ``python -m
tests.jobs.finalize_killer FOLDER WORK WHEN COUNT`` prints what it saw as JSON. WORK is finalize,
undo or recover. WHEN is ``call`` or ``line`` (the process dies at each COUNT-th call, or line, of
what plans, moves and stores) or ``time`` (it dies COUNT times, at random instants).
"""

import collections
import contextlib
import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

from eightcut.images.decisions import Choice, Recommendation, rejected
from eightcut.jobs.finalize import Decided, finalize, undo_finalize
from eightcut.jobs.picture_groups import find_groups, group_of
from eightcut.jobs.recovery import recover
from eightcut.project import Project
from tests.jobs import pictures

WATCHED = (
    *("jobs/finalize.py", "jobs/finalize_journal.py", "jobs/recovery.py", "media/moves.py"),
    *("eightcut/atomic.py", "db/store.py", "db/connection.py", "db/batches.py"),
    *("db/decisions.py", "db/decision_history.py"),
)
AI = Recommendation(0, 0.9, (0.1, 0.1, 0.8, 0.8), "ranker 3", "sharp")
CHOICES = (Choice(1, "manual"), Choice(0), rejected())


def opened(folder):
    return Project(folder / "ws", "mojo")


def build(folder):
    """Four groups; three of them are going to be decided."""
    pictures.project(folder, groups=4).close()
    with opened(folder) as project:
        groups = find_groups(project).groups[: len(CHOICES)]
    names = [[path.name for path in group.images] for group in groups]
    (folder / "groups.json").write_text(json.dumps(names))


def submission(folder, project):
    """The same decisions, wherever the pictures lie by now."""
    given = zip(json.loads((folder / "groups.json").read_text()), CHOICES, strict=True)
    return [
        Decided(group_of(project.root, [project.root / name for name in names]), choice, AI)
        for names, choice in given
    ]


def do_finalize(folder):
    with opened(folder) as project:
        finalize(project, submission(folder, project))


def do_undo(folder):
    with opened(folder) as project:
        undo_finalize(project)


def do_recover(folder):
    with opened(folder) as project:
        recover(project)


WORKS = {"finalize": do_finalize, "undo": do_undo, "recover": do_recover}


def copied(source, target):
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    manifest = target / "ws" / "data" / "projects" / "mojo.project.json"
    manifest.write_text(manifest.read_text().replace(str(source), str(target)))
    return target


def in_child(work, *given):
    """Run it in a process of its own; True if that was killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work(*given)
            status = 0
        finally:
            sys.stderr.flush()
            os._exit(status)
    ended = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(ended) and os.WEXITSTATUS(ended):
        raise SystemExit("a process failed without being killed")
    return os.WIFSIGNALED(ended)


def dying(event, number, work, folder):
    left = number

    def local(frame, happened, _argument):
        nonlocal left
        if happened == event:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return local

    def tracer(frame, happened, argument):
        if frame.f_code.co_filename.endswith(WATCHED):
            return local(frame, happened, argument)
        return None

    sys.settrace(tracer)
    work(folder)
    sys.settrace(None)


def dying_after(seconds, work, folder):
    signal.setitimer(signal.ITIMER_REAL, seconds)  # SIGALRM ends a process at once
    work(folder)
    signal.setitimer(signal.ITIMER_REAL, 0)


def seen(folder):
    """How often each content lies there, sidecars and leftovers that are hidden not counted."""
    found = pictures.tree(folder / "pictures")
    return collections.Counter(
        content for name, content in found.items() if not name.endswith(".decision")
    )


def problems(folder, expected):
    """What is wrong after the next process has opened the project, as sentences."""
    with opened(folder) as project:
        recover(project)
        yield from ["a second recovery found work"] * bool(recover(project))
        states = {batch.state for batch in project.decisions.batches()}
        yield from [f"batches are {states}"] * bool(states - {"done", "undone"})
        yield from ["files are lost or doubled"] * (seen(folder) != expected)
        rows = project.decisions.decisions()
        yield from [f"{len(rows)} rows"] * (len(rows) not in (0, len(CHOICES)))
        yield from filter(None, (disagreement(project, row) for row in rows))
        moved = [path for path in project.root.glob("*/*") if path.name[0] != "."]
        yield from ["files moved without a row"] * (bool(moved) != bool(rows))
        report = finalize(project, submission(folder, project))
        yield from ["the submission cannot be repeated"] * bool(report.refused or report.pending)
        yield from ["files are lost by repeating"] * (seen(folder) != expected)
        rows = project.decisions.decisions()
        yield from ["rows are doubled by repeating"] * (len(rows) != len(CHOICES))
        yield from filter(None, (disagreement(project, row) for row in rows))


def disagreement(project, row):
    """How a row and the files differ, or None."""
    folder = {True: "crop_auto", None: "crop"}[row.ai_crop_accepted]
    for name in row.images:
        place = project.folder(folder if name == row.chosen else "delete_staging") / name
        if not (place.is_file() and place.with_suffix(".yaml").is_file()):
            return f"{name} is not in {place.parent.name}"
    if row.chosen:
        told = json.loads(
            (project.folder(folder) / row.chosen).with_suffix(".decision").read_text()
        )
        return (
            None if told["group_id"] == row.group_id else f"the sidecar of {row.chosen} is foreign"
        )
    return None


def judge(folder, expected):
    (folder / "verdict.json").write_text(json.dumps(list(problems(folder, expected))))


def verdict(folder, expected):
    lost = expected - seen(folder)
    in_child(judge, folder, expected)
    found = json.loads((folder / "verdict.json").read_text())
    return [*found, "a file was out of sight after the crash"] if lost else found


def begun(folder, work):
    """The project as it is when the work begins."""
    if work == "undo":
        in_child(do_finalize, folder)
    elif work == "recover":
        with contextlib.suppress(StopIteration):  # an interrupted finalize, half of it done
            in_child(dying, "call", 150, do_finalize, folder)
    return folder


def attempts(when, count, work, folder):
    """Kill the work again and again, each time in a fresh copy; when, whether it died, where."""
    if when == "time":
        yield from at_random(count, work, folder)
        return
    number, killed = 1, True
    while killed:
        copy = copied(folder, folder.with_name("work"))
        killed = in_child(dying, when, number, work, copy)
        yield number, killed, copy
        number += count


def at_random(count, work, folder):
    """Until so many have died; the span to draw from shrinks when one came through."""
    begin = time.perf_counter()
    in_child(work, copied(folder, folder.with_name("timed")))
    span, draw = time.perf_counter() - begin, random.Random(len(folder.parts))
    while count:
        instant = max(draw.random() * span, 1e-4)
        copy = copied(folder, folder.with_name("work"))
        killed = in_child(dying_after, instant, work, copy)
        yield instant, killed, copy
        count, span = count - killed, span if killed else (span + instant) / 2


def main(base, name, when, count):
    folder = Path(base) / "begun"
    build(folder)
    expected = seen(folder)
    begun(folder, name)
    deaths, found = 0, []
    for moment, killed, copy in attempts(when, count, WORKS[name], folder):
        deaths += killed
        found += [f"{moment}: {text}" for text in verdict(copy, expected)]
    print(json.dumps({"deaths": deaths, "problems": found}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
