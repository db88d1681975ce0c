"""What a person said about places in files, whichever scan version it was said in.

Regions tell it by what they are now, so that an edit which was undone says
nothing; the journal tells when it was said. A word that was carried over from
an older version stands behind every word that was said itself.
"""

import sqlite3
from typing import NamedTuple

from eightcut.audio.regions import CLIP_S


class RegionWord(NamedTuple):
    """A judged region: accepted or drawn (``is_drawn``) where it is not disabled.

    ``turn`` counts what persons did in this database, the later the higher; 0
    where the journal does not know. ``orig_*`` are the bounds the scan found.
    """

    filename: str
    model: str
    classifier_version: str
    start: float
    end: float
    orig_start: float
    orig_end: float
    disabled: bool
    is_drawn: bool
    is_carried: bool
    turn: int


class NegativeWord(NamedTuple):
    """A hard negative with the turn at which it was marked; one without an end lasts a clip."""

    filename: str
    start: float
    end: float
    turn: int


def get_region_words(db: sqlite3.Connection, profile: str = "default") -> list[RegionWord]:
    """Every region of a profile, in any scan version, that a person has judged, by file and time.

    Regions that an older program left disabled or with moved edges were judged, too.
    """
    rows = db.execute(
        "WITH words AS (SELECT scan_id, json_extract(value, '$[0]') AS number, "
        "max(turn) AS turn, carried FROM edits, json_each(after) "
        "WHERE profile = ?1 AND scan_id IS NOT NULL AND NOT undone GROUP BY 1, 2) "
        "SELECT filename, model, classifier_version, start_time, end_time, "
        "coalesce(orig_start_time, start_time), coalesce(orig_end_time, end_time), disabled, "
        "made IS NOT NULL OR coalesce(orig_start_time <> start_time OR "
        "orig_end_time <> end_time, 0), coalesce(carried, 0), coalesce(turn, 0) "
        "FROM scans JOIN full_regions AS regions ON regions.scan_id = scans.id "
        "LEFT JOIN words ON words.scan_id = scans.id AND words.number = regions.number "
        "WHERE profile = ?1 AND status = 'complete' AND (turn IS NOT NULL OR disabled "
        "OR made IS NOT NULL OR orig_start_time <> start_time OR orig_end_time <> end_time) "
        "ORDER BY filename, start_time, end_time, scans.id",
        (profile,),
    )
    return [RegionWord._make([*row[:7], *map(bool, row[7:10]), row[10]]) for row in rows]


def get_negative_words(db: sqlite3.Connection, profile: str = "default") -> list[NegativeWord]:
    """The hard negatives of a profile, by file and time."""
    rows = db.execute(
        "WITH words AS (SELECT json_extract(value, '$[0]') AS id, max(turn) AS turn "
        "FROM edits, json_each(after) WHERE profile = ?1 AND scan_id IS NULL "
        "AND verb = 'mark' AND NOT undone GROUP BY 1) "
        "SELECT filename, start_time, coalesce(end_time, start_time + ?2), coalesce(turn, 0) "
        "FROM hard_negatives LEFT JOIN words USING (id) WHERE profile = ?1 "
        "ORDER BY filename, start_time, id",
        (profile, CLIP_S),
    )
    return [NegativeWord(*row) for row in rows]
