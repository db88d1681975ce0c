"""The databases: the only place that opens SQLite.

``ClipDB`` is the audio database, ``DecisionDB`` that of one picture project. Their
methods are the functions of the modules beside them, one module per kind of row.
"""

from eightcut.db.batches import Batch
from eightcut.db.clipdb import ClipDB, ScanBundle, open_copy
from eightcut.db.clips import ClipPath
from eightcut.db.connection import StoreError, StoreTooNew
from eightcut.db.decision_rows import Decision, DuplicateDecision, NoSuchDecision
from eightcut.db.decisiondb import DecisionDB
from eightcut.db.judgements import NegativeWord, RegionWord
from eightcut.db.markers import Marker
from eightcut.db.media import MediaFile
from eightcut.db.merge import Taken
from eightcut.db.negatives import HardNegative
from eightcut.db.regions import RegionRow
from eightcut.db.scans import NewScan
from eightcut.db.training import TrainingFile
from eightcut.db.versions import ScanVersion

__all__ = [
    "Batch",
    "ClipDB",
    "ClipPath",
    "Decision",
    "DecisionDB",
    "DuplicateDecision",
    "HardNegative",
    "Marker",
    "MediaFile",
    "NegativeWord",
    "NewScan",
    "NoSuchDecision",
    "RegionRow",
    "RegionWord",
    "ScanBundle",
    "ScanVersion",
    "StoreError",
    "StoreTooNew",
    "Taken",
    "TrainingFile",
    "open_copy",
]
