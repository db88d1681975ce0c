"""Writes tests/data/datasets/*.json: what Hugging Face ``datasets`` reads in our folders.

The folders are written by the tests when they are run with ``EIGHTCUT_WRITE_GOLDEN``
naming a folder; pass that folder here. This runs in an environment of its own and
imports nothing of eightcut:

    pip install "datasets==5.2.0" soundfile pillow
    python tests/jobs/make_golden_datasets.py FOLDER
"""

import json
import sys
from pathlib import Path

from datasets import Audio, Image, load_dataset

TARGET = Path(__file__).parents[1] / "data" / "datasets"


def plain(rows, column):
    """The rows of each split without the bytes."""
    return {
        split: [
            {name: value for name, value in row.items() if name != column}
            | {"file_name": Path(row[column]["path"]).name, "bytes": bool(row[column])}
            for row in each
        ]
        for split, each in rows.items()
    }


def main(made):
    builders = {"audiofolder": ("audio", Audio), "imagefolder": ("image", Image)}
    for builder, (column, kind) in builders.items():
        by_builder = load_dataset(builder, data_dir=str(made / builder))
        by_card = load_dataset(str(made / builder))
        told = []
        for found in (by_builder, by_card):
            closed = {
                split: rows.cast_column(column, kind(decode=False)) for split, rows in found.items()
            }
            told.append(plain(closed, column))
        assert told[0] == told[1]
        if builder == "imagefolder":
            sizes = {split: [row["image"].size for row in rows] for split, rows in by_card.items()}
            told[0] = {"rows": told[0], "sizes": sizes}
        text = json.dumps(told[0], indent=1, ensure_ascii=False)
        (TARGET / f"{builder}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
