"""Decisions as plain values, for counting."""

from eightcut.images.agreement import Outcome

NAMES = (
    "20250708_060000_stage1_generated.png",
    "20250708_060015_stage1.5_face_swapped.png",
    "20250708_060100_stage2_upscaled.png",
)


def outcome(ai=None, user=2, *, number=0, **more):
    """A decision: by default the person took the highest stage of three, without a model."""
    given = {
        "group_id": f"g{number}", "project_id": "mojo", "directory": "", "batch_number": 1,
        "time_s": 8.0 * number, "images": NAMES, "ai_index": ai, "ai_confidence": None,
        "ai_crop": None, "model_version": None, "user_index": user,
        "action": "reject" if user is None else "approve", "ai_crop_accepted": None,
        "final_crop": None, "width": 1000, "height": 800, "provenance": "reviewer",
    }  # fmt: skip
    return Outcome(**(given | more))
