"""Writes tests/data/event_metrics.json: random clips and what the field's libraries say of them.

They do not install beside eightcut, so this runs in an environment of its own
(Python 3.11) and imports nothing of eightcut:

    pip install "setuptools<81" "numpy<2.3" cython wheel
    pip install sed_scores_eval==0.0.4 sed_eval==0.2.1 psds_eval==0.5.3 "pandas<3"
    python tests/audio/make_golden.py
"""

import json
from pathlib import Path

import dcase_util
import numpy as np
import pandas as pd
import psds_eval
import sed_eval
from sed_scores_eval import intersection_based, segment_based
from sed_scores_eval.base_modules import scores as score_frames
from sed_scores_eval.base_modules.precision_recall import (
    average_precision_from_intermediate_statistics as average_precision,
)

TARGET = Path(__file__).parents[1] / "data" / "event_metrics.json"
CASES = 16
SCENARIOS = ((0.7, 0.7), (0.1, 0.1), (1.0, 1.0), (0.45, 0.3))
MAX_EFPRS = (100.0, 1000.0)
SEGMENTS = (1.0, 0.5)
THRESHOLDS = (0.30001, 0.62501)  # no score equals them: whether they are inclusive says nothing


def edges(rng, kind, frames):
    """Even frames of 1 s, of 0.48 s, or of lengths on or off a grid of 0.1 s."""
    widths = {
        "second": np.ones(frames),
        "patch": np.full(frames, 0.48),
        "tenths": rng.integers(1, 12, frames) / 10,
        "any": rng.uniform(0.01, 3, frames),
    }[kind]
    return np.round(np.append(0.0, np.cumsum(widths)), 5)


def curve(rng, frames):
    """Scores that are wild, have many ties, or are smooth."""
    return [
        lambda: rng.random(frames),
        lambda: rng.integers(0, 5, frames) / 4,
        lambda: np.convolve(rng.random(frames + 5), np.ones(6) / 6, "valid"),
    ][rng.integers(3)]().round(4)


def events(rng, borders):
    """None, some that end on edges of frames, some anywhere, some beyond the last frame."""
    number, end = 2 * rng.integers(0, 5), borders[-1] * rng.choice([1, 1.2])
    if rng.random() < 0.5:
        times = np.round(rng.uniform(0, end, number), 4)
    else:
        times = rng.choice(borders, min(number, len(borders) // 2 * 2), replace=False)
    times = np.unique(times)
    return [[float(a), float(b)] for a, b in zip(times[::2], times[1::2], strict=False)]


def case(seed):
    rng = np.random.default_rng(seed)
    kind = ("second", "patch", "tenths", "any")[seed % 4]
    files = []
    for number in range(rng.integers(1, 5)):
        borders = edges(rng, kind, int(rng.integers(1, 30)))
        levels = curve(rng, len(borders) - 1)
        row = {"filename": f"{number}.wav", "edges": borders.tolist(), "scores": levels.tolist()}
        files.append({**row, "events": events(rng, borders)})
    if not any(file["events"] for file in files):
        files[0]["events"] = [[0.0, 2 * files[0]["edges"][-1]]]
    return files


def inputs(files):
    frames = {
        file["filename"]: score_frames.create_score_dataframe(
            np.array(file["scores"])[:, None], np.array(file["edges"]), ["x"]
        )
        for file in files
    }
    truth = {file["filename"]: [(*event, "x") for event in file["events"]] for file in files}
    return frames, truth, {file["filename"]: file["edges"][-1] for file in files}


def intersections(files, dtc, gtc):
    frames, truth, durations = inputs(files)
    criteria = {"dtc_threshold": dtc, "gtc_threshold": gtc}
    counted, _ = intersection_based.intermediate_statistics.accumulated_intermediate_statistics(
        frames, truth, **criteria
    )
    thresholds, counts = counted["x"]
    if not len(counts["tps"]):  # nothing is ever counted, which sed_scores_eval cannot take
        return None
    best = intersection_based.best_fscore(frames, truth, **criteria)
    areas = {}
    for most in MAX_EFPRS:
        _, area, _, rocs = intersection_based.psds(
            frames, truth, durations, max_efpr=most, **criteria
        )
        areas[f"{most:g}"] = {
            "psds": area["x"],
            "roc": [part.tolist() for part in rocs["x"][:2]],
            "psds_eval": by_psds_eval(files, (dtc, gtc), most),
        }
    return {
        "dtc": dtc,
        "gtc": gtc,
        "thresholds": thresholds[:-1].tolist(),
        "tp": counts["tps"][:-1].tolist(),
        "fp": counts["fps"][:-1].tolist(),
        "best_f1": best[0]["x"],
        "best_threshold": best[3]["x"],
        "average_precision": average_precision((thresholds, counts))[0],
        "areas": areas,
        "at": [
            [
                t,
                *(
                    part["x"]
                    for part in intersection_based.fscore(frames, truth, t, **criteria)[:3]
                ),
            ]
            for t in THRESHOLDS
        ],
    }


def segments(files, length):
    frames, truth, durations = inputs(files)
    counted, _ = segment_based.intermediate_statistics.accumulated_intermediate_statistics(
        frames, truth, durations, segment_length=length
    )
    thresholds, counts = counted["x"]
    found = {
        "length": length,
        "thresholds": thresholds[:-1].tolist(),
        "tp": counts["tps"][:-1].tolist(),
        "fp": counts["fps"][:-1].tolist(),
        "n": int(counts["n_ref"]),
    }
    if not found["n"]:
        return found
    args = {"segment_length": length}
    best = segment_based.best_fscore(frames, truth, durations, **args)
    found["best_f1"], found["best_threshold"] = best[0]["x"], best[3]["x"]
    found["at"] = [
        [
            t,
            segment_based.fscore(frames, truth, durations, t, **args)[0]["x"],
            segment_based.error_rate(frames, truth, durations, t, **args)[0]["x"],
            by_sed_eval(files, t, length),
        ]
        for t in THRESHOLDS
    ]
    return found


def detected(file, threshold):
    above = np.array(file["scores"]) >= threshold
    change = np.diff(np.concatenate([[0], above.astype(int), [0]]))
    borders = np.array(file["edges"])
    return list(
        zip(
            borders[np.flatnonzero(change == 1)].tolist(),
            borders[np.flatnonzero(change == -1)].tolist(),
            strict=True,
        )
    )


def by_sed_eval(files, threshold, length):
    """Error rate of sed_eval, which counts whole segments up to the end of the file."""
    figures = sed_eval.sound_event.SegmentBasedMetrics(["x"], time_resolution=length)
    for file in files:
        lists = [
            dcase_util.containers.MetaDataContainer(
                [
                    {
                        "event_onset": a,
                        "event_offset": b,
                        "event_label": "x",
                        "filename": file["filename"],
                    }
                    for a, b in spans
                ]
            )
            for spans in (file["events"], detected(file, threshold))
        ]
        figures.evaluate(*lists, evaluated_length_seconds=file["edges"][-1])
    return float(figures.results_overall_metrics()["error_rate"]["error_rate"])


def by_psds_eval(files, criteria, most):
    """PSDS of psds_eval over every operating point; it compares shares without rounding.

    It cannot take one class alone, so a second stands beside it that is always
    found, whose PSDS is 1: the mean of both is what it gives.
    """
    columns = ["filename", "onset", "offset", "event_label"]
    second = (files[0]["filename"], 0.0, 1.0, "always found")
    durations = pd.DataFrame(
        [(file["filename"], file["edges"][-1]) for file in files], columns=["filename", "duration"]
    )
    truth = [(file["filename"], *event, "x") for file in files for event in file["events"]]
    judge = psds_eval.PSDSEval(
        *criteria,
        cttc_threshold=0.3,
        ground_truth=pd.DataFrame([*truth, second], columns=columns),
        metadata=durations,
    )
    for threshold in sorted({score for file in files for score in file["scores"]}):
        rows = [(f["filename"], *span, "x") for f in files for span in detected(f, threshold)]
        judge.add_operating_point(pd.DataFrame([*rows, second], columns=columns))
    return 2 * float(judge.psds(alpha_ct=0, alpha_st=0, max_efpr=most).value) - 1


def short(row):
    """Numbers with nine decimals; what is not finite is null."""
    return json.loads(
        json.dumps(row),
        parse_float=lambda text: round(float(text), 9),
        parse_constant=lambda _: None,
    )


def main():
    found = []
    for seed in range(CASES):
        files = case(seed)
        found.append(
            {
                "files": files,
                "intersections": [
                    told for scenario in SCENARIOS if (told := intersections(files, *scenario))
                ],
                "segments": [segments(files, length) for length in SEGMENTS],
            }
        )
    rows = ",\n".join(json.dumps(short(row), separators=(",", ":")) for row in found)
    TARGET.write_text(f"[{rows}]\n")


if __name__ == "__main__":
    main()
