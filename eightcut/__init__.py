"""eightcut: a notebook workbench for building datasets by ear and by eye.

Every name a notebook uses is here; each is loaded on first use, so importing
eightcut loads neither torch nor ipywidgets.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "AccuracyReport": "report.accuracy",
    "BadMedia": "media.audio",
    "Checkup": "jobs.checkup",
    "CocoExport": "jobs.coco_export",
    "Choice": "images.decisions",
    "ClipDB": "db",
    "DatasetExport": "jobs.dataset_folder",
    "Decided": "jobs.finalize_units",
    "DecisionDB": "db",
    "Experiments": "jobs.experiment_runs",
    "Extraction": "jobs.extract",
    "ExtractionReport": "jobs.extract_report",
    "FinishReport": "jobs.finish_report",
    "Grouping": "images.groups",
    "LabelExport": "jobs.label_export",
    "LabelImport": "jobs.label_import",
    "LearningRun": "jobs.learning_runs",
    "MediaFile": "db",
    "ProfileDiff": "jobs.compare",
    "Project": "project",
    "Recommendation": "images.decisions",
    "ReviewBudget": "report.sound_budget",
    "ScanEvaluation": "jobs.evaluate",
    "ScanSummary": "jobs.scan",
    "SoundReport": "report.sound",
    "TrainingData": "jobs.training_data",
    "TrainingRun": "jobs.train",
    "VersionDiff": "jobs.compare",
    "Workspace": "workspace",
    "accuracy_report": "jobs.accuracy",
    "active_project": "jobs.lifecycle",
    "calculate_crop_match": "images.boxes",
    "calculate_crop_similarity": "images.boxes",
    "check_embedder": "models.contract",
    "compare_modes": "jobs.compare_modes",
    "compare_versions": "jobs.compare",
    "create_decision_sidecar": "media.sidecars",
    "discover_projects": "jobs.extract_discover",
    "doctor": "jobs.checkup",
    "embed_pictures": "jobs.embed_pictures",
    "embedders": "models.registry",
    "evaluate": "jobs.evaluate",
    "export_clips": "jobs.export",
    "export_coco": "jobs.coco_export",
    "export_dataset": "jobs.dataset_export",
    "export_labels": "jobs.label_export",
    "extract_batch": "jobs.extract_batch",
    "extract_project": "jobs.extract",
    "finalize": "jobs.finalize",
    "find_groups": "jobs.picture_groups",
    "find_similar": "jobs.similar",
    "finish_project": "jobs.lifecycle",
    "generate_group_id": "images.decisions",
    "group_images": "images.groups",
    "import_8cut": "jobs.import_8cut",
    "import_8cut_home": "jobs.import_8cut",
    "import_coco": "jobs.coco_import",
    "import_labels": "jobs.label_import",
    "import_pictures": "jobs.import_pictures",
    "load_training_data": "jobs.training_data",
    "mark_false_alarms": "jobs.demo",
    "parse_filename": "images.stages",
    "picture_models": "jobs.learning_work",
    "plan_finalize": "jobs.finalize_plan",
    "read_decision_sidecar": "media.sidecars",
    "recommend": "jobs.recommend",
    "replay": "jobs.replay",
    "rescan": "jobs.scan",
    "review_budget": "jobs.review_budget",
    "review_queue": "jobs.review_queue",
    "run_experiments": "jobs.experiments",
    "sample_assisted_workspace": "jobs.sample_assisted",
    "sample_decided_projects": "jobs.sample_decisions",
    "sample_files": "jobs.sample",
    "sample_finished_project": "jobs.sample_finished",
    "sample_project": "jobs.sample_pictures",
    "sample_truth": "jobs.sample",
    "sample_workspace": "jobs.sample",
    "scan": "jobs.scan",
    "sound_report": "jobs.sound_report",
    "start_project": "jobs.lifecycle",
    "submit_crops": "jobs.cropping",
    "train_classifier": "jobs.train",
    "train_crop_proposer": "jobs.learning",
    "train_ranker": "jobs.learning",
    "truth_from_marks": "jobs.truth",
    "truth_from_table": "jobs.truth",
    "undo_crops": "jobs.cropping",
    "undo_finalize": "jobs.finalize",
}

__all__ = ["__version__", *sorted(_HOME)]  # noqa: PLE0604 - the table above is the list of names


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"eightcut has no {name!r}")
    return getattr(import_module(f"eightcut.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
