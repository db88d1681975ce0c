"""Sound on the command line: demo, scan, train, compare, evaluate, queue, export."""

import sys
from pathlib import Path

import eightcut
from eightcut import foreign
from eightcut.commands import (
    Arguments,
    Commands,
    command,
    comparing,
    evaluating,
    existing,
    labels,
    queues,
    workspace,
)


def add(commands: Commands) -> None:
    """Add the commands for sound."""
    demo = command(commands, "demo", _demo, "build the sample workspace and run the main job on it")
    demo.add_argument(
        "workspace", nargs="?", type=Path, help="default: the one in the home of eightcut"
    )
    scan = command(commands, "scan", _scan, "scan media files with a trained classifier")
    workspace(scan)
    scan.add_argument("files", nargs="*", help="paths, patterns or keys; default: every known file")
    scan.add_argument("--classifier", default="YAMNET")
    scan.add_argument("--threshold", type=float)
    _add_training(commands)
    versions = command(commands, "versions", _versions, "list the scan versions of a file")
    workspace(versions)
    versions.add_argument("filename")
    for part in (comparing, evaluating, queues, labels):
        part.add(commands)
    export = command(commands, "export", _export, "export 8-second clips")
    workspace(export)
    export.add_argument("filename")
    export.add_argument("folder", help="the export folder, a class of clips")
    export.add_argument("start", nargs="+", type=float, help="where clips start, in seconds")


def _add_training(commands: Commands) -> None:
    train = command(commands, "train", _train, "train a classifier on an export folder")
    workspace(train)
    train.add_argument("positive", nargs="+", help="export folders whose clips hold the sound")
    train.add_argument("--negative", default="", help="export folder of clips that do not")
    train.add_argument("--model", default="YAMNET", help="the embedder")
    train.add_argument("--name", default="", help="tells classifiers on one embedder apart")
    train.add_argument(
        "--head", default="logistic", help="logistic, trees or mlp; mil for sounds of a second"
    )
    train.add_argument("--margin", type=float, default=30.0)
    train.add_argument("--no-hard-negatives", action="store_true")
    train.add_argument(
        "--force", action="store_true", help="use it even where it is no better than until now"
    )
    experiment = command(
        commands, "experiment", _experiment, "train and test with many settings, held out by file"
    )
    workspace(experiment)
    experiment.add_argument(
        "--grid", type=Path, required=True, help="JSON: values for each factor, or a list of runs"
    )
    experiment.add_argument("--seeds", type=int, default=1, help="how often each run is repeated")
    experiment.add_argument("--folds", type=int, default=5)


def _demo(given: Arguments) -> int:
    from eightcut.jobs import demo

    result = demo.run(given.workspace)
    print(result)
    print(f"\nThe whole story, with plots: {result.page}")
    return 0


def _scan(given: Arguments) -> int:
    with eightcut.Workspace(existing(given.workspace)) as ws:
        files = given.files or ws.clips.list_media()
        summary = eightcut.scan(
            ws, files, given.classifier, profile=given.profile, threshold=given.threshold
        )
    for file in summary.files:
        best = "n/a" if file.best is None else f"{file.best:.2f}"
        found = "n/a" if file.regions is None else file.regions
        print(f"{file.status:10} {file.filename}  {found} regions, best {best}  {file.reason}")
    print(summary)
    return 1 if {"failed", "skipped", "cancelled"} & summary.counts.keys() else 0


def _train(given: Arguments) -> int:
    with eightcut.Workspace(existing(given.workspace)) as ws:
        run = eightcut.train_classifier(
            ws,
            given.positive,
            negative_folder=given.negative,
            profile=given.profile,
            model=given.model,
            name=given.name,
            head=given.head,
            margin=given.margin,
            use_hard_negatives=not given.no_hard_negatives,
            promote=True if given.force else "auto",
        )
    print(run)
    for warning in run.warnings:
        print(f"note: {warning}")
    return 0


def _experiment(given: Arguments) -> int:
    grid = foreign.load(given.grid)
    with eightcut.Workspace(existing(given.workspace)) as ws:
        done = eightcut.run_experiments(
            ws, grid, profile=given.profile, seeds=given.seeds, folds=given.folds
        )
    shown = done.frame().dropna(axis="columns", how="all")
    print(shown.to_string(index=False, na_rep="n/a", float_format="{:.3f}".format))
    for note in done.said:
        print(f"note: {note}")
    return 1 if done.left or any(run.reason for run in done.runs) else 0


def _versions(given: Arguments) -> int:
    with eightcut.Workspace(existing(given.workspace)) as ws:
        profile = given.profile or ws.settings.profile
        models = ws.clips.get_scan_models(given.filename, profile)
        if not models and ws.clips.get_media(given.filename) is None:
            raise LookupError(f"{given.filename} is no file of this workspace and has no scans")
        for model in models:
            for version in ws.clips.get_scan_versions(given.filename, profile, model):
                best = version["max_score"]
                told = "n/a" if best is None else f"{best:.2f}"
                print(f"{version['timestamp']}  {model}  {version['count']} regions, best {told}")
    if not models:
        print(f"{given.filename} has not been scanned in profile {profile}")
    return 0


def _export(given: Arguments) -> int:
    with eightcut.Workspace(existing(given.workspace)) as ws:
        done = eightcut.export_clips(
            ws, given.filename, given.start, given.folder, profile=given.profile
        )
    for clip in done.clips:
        print(clip)
    for item in done.skipped:
        print(f"skipped: {item}", file=sys.stderr)
    return 1 if done.skipped else 0
