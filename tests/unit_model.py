"""A two-term model small enough to check by hand."""

from __future__ import annotations

import json

from matcher.scoring import STAGES

VOCABULARY: dict[str, tuple[str, ...] | None] = {"distance": ("near", "middle", "far"), "wage": None}
BODY = json.dumps(
    {
        "format": 1,
        "id": "two-terms",
        "kind": "hand",
        "made": "2026-11-21",
        "note": "for tests",
        "breaks": {"wage": [2000, 4000]},
        "stages": {
            stage: {
                "intercept": intercept,
                "tables": {
                    "distance": {"near": 700, "middle": 0, "far": -900},
                    "wage": {"<2000": -512, "2000..3999": 0, ">=4000": 640, "unknown": 3},
                },
            }
            for stage, intercept in zip(STAGES, (-300, 200, 4000), strict=True)
        },
    }
).encode()
