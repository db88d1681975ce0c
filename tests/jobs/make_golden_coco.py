"""Writes tests/data/coco/read_by_pycocotools.json: what pycocotools reads in our file.

``ours.json`` is written by the test itself when it is run with
``EIGHTCUT_WRITE_GOLDEN=1``. This runs in an environment of its own and imports
nothing of eightcut:

    pip install pycocotools==2.0.11
    python tests/jobs/make_golden_coco.py
"""

import json
from pathlib import Path

from pycocotools.coco import COCO

FOLDER = Path(__file__).parents[1] / "data" / "coco"


def main():
    found = COCO(FOLDER / "ours.json")
    told = {}
    for category in found.loadCats(found.getCatIds()):
        rows = found.loadAnns(found.getAnnIds(catIds=[category["id"]], iscrowd=False))
        told[category["name"]] = [[row["image_id"], row["bbox"], row["area"]] for row in rows]
    empty = [number for number in found.getImgIds() if not found.getAnnIds(imgIds=[number])]
    told["without boxes"] = [row["file_name"] for row in found.loadImgs(empty)]
    text = json.dumps(told, indent=1)
    (FOLDER / "read_by_pycocotools.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
