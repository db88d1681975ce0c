"""Writes tests/data/labels: what other programs read in our tables, and tables that they wrote.

The tables ``ours.*`` are written by the test itself when it is run with
``EIGHTCUT_WRITE_GOLDEN=1``. The programs do not install beside eightcut, so this
runs in an environment of its own (Python 3.11) and imports nothing of eightcut:

    pip install "setuptools<81" crowsetta==5.1.2 "pandas<4" sed_eval==0.2.1 dcase_util==0.2.20
    python tests/jobs/make_golden_labels.py
"""

import json
from pathlib import Path

import dcase_util
import pandas as pd
import sed_eval
from crowsetta.formats.bbox import Raven
from crowsetta.formats.seq import AudSeq

FOLDER = Path(__file__).parents[1] / "data" / "labels"
EVENTS = [(0.25, 3.5, "bark"), (10.0, 18.125, "bell, loud"), (600.000001, 608.0, "Hörner")]


def read_audacity():
    found = AudSeq.from_file(FOLDER / "ours.txt").to_seq(round_times=False)
    return [[float(s.onset_s), float(s.offset_s), str(s.label)] for s in found.segments]


def read_raven():
    found = Raven.from_file(FOLDER / "ours.selections.txt", annot_col="Annotation").to_bbox()
    return [[float(box.onset), float(box.offset), str(box.label)] for box in found]


def read_csv():
    rows = pd.read_csv(FOLDER / "ours.csv")
    return json.loads(rows.to_json(orient="values", double_precision=15))


def read_dcase():
    table = str(FOLDER / "ours.tsv")  # libmagic takes it for plain text, so the format is told
    by_util = dcase_util.containers.MetaDataContainer().load(table, file_format="CSV")
    by_eval = sed_eval.io.load_event_list(table, file_format="CSV")
    return [
        [[row.filename, row.onset, row.offset, row.event_label] for row in rows]
        for rows in (by_util, by_eval)
    ]


def write_theirs():
    rows = pd.DataFrame(
        [("a.wav", *event) for event in EVENTS],
        columns=["filename", "start", "end", "label"],
    )
    rows.to_csv(FOLDER / "pandas.csv", index=False)
    rows.to_csv(FOLDER / "pandas.tsv", index=False, sep="\t")
    columns = [rows[name].to_numpy() for name in ("start", "end", "label")]
    AudSeq(*columns, annot_path="a.txt").to_file(FOLDER / "crowsetta.txt")
    table = dcase_util.containers.MetaDataContainer(
        [
            {"filename": "a.wav", "onset": onset, "offset": offset, "event_label": label}
            for onset, offset, label in EVENTS
        ]
    )
    table.save(str(FOLDER / "dcase_util.csv"), delimiter=",")


def main():
    write_theirs()
    told = {
        "made with": {"crowsetta": "5.1.2", "dcase_util": dcase_util.__version__},
        "audacity": read_audacity(),
        "raven": read_raven(),
        "csv": read_csv(),
        "tsv": read_dcase(),
        "events": EVENTS,
    }
    text = json.dumps(told, indent=1, ensure_ascii=False)
    (FOLDER / "read_by_others.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
