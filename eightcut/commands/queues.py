"""What to listen to next on the command line: similar, queue."""

import sys

import eightcut
from eightcut.commands import Arguments, Commands, command, existing, workspace


def add(commands: Commands) -> None:
    """Add the commands."""
    similar = command(commands, "similar", _similar, "find what sounds like an example")
    workspace(similar)
    similar.add_argument("filename", help="key of the file that the example is in")
    similar.add_argument("start", type=float, help="where the example starts, in seconds")
    similar.add_argument("-k", type=int, default=20, help="how many to list")
    similar.add_argument("--model", help="the embedder; default: that of the latest classifier")
    similar.add_argument("--window", type=float, help="seconds per window")
    queue = command(commands, "queue", _queue, "list what to listen to next")
    workspace(queue)
    queue.add_argument("--classifier", help="name, version or timestamp; default: the only one")
    queue.add_argument(
        "--strategy",
        default="margin",
        help="margin, top, stratified, disagreement or random",
    )
    queue.add_argument("-n", type=int, default=20, help="how many to list")
    queue.add_argument("--other", help="the version or classifier to disagree with")
    queue.add_argument("--seed", type=int, default=0)


def _similar(given: Arguments) -> int:
    with eightcut.Workspace(existing(given.workspace)) as ws:
        table = eightcut.find_similar(
            ws,
            given.filename,
            given.start,
            given.k,
            profile=given.profile,
            model=given.model,
            window=given.window,
        )
    print(table.fillna("").to_string(index=False))
    return 0


def _queue(given: Arguments) -> int:
    from eightcut.jobs.scan_names import only_classifier

    with eightcut.Workspace(existing(given.workspace)) as ws:
        table = eightcut.review_queue(
            ws,
            given.classifier or only_classifier(ws, given.profile, "ask"),
            strategy=given.strategy,
            n=given.n,
            profile=given.profile,
            other=given.other,
            seed=given.seed,
        )
    told = table.attrs["told"]
    print(table.dropna(axis="columns", how="all").to_string(index=False))
    print(told, file=sys.stderr)
    return 0
