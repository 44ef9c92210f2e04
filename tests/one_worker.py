"""Which tests stay on one worker of `pytest -n`: those of a file, and of files that share what is costly to build.

The groups of xdist 3.8 are marks that pytest 9.2 no longer carries to whoever hands out the tests: a county that was
walked for four files was walked by both workers. What decides here are the files' names alone.
"""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadScopeScheduling

TOGETHER: Final = {
    "the walk of the crawl": [f"api/test_crawl_{part}.py" for part in ("doors", "leaks", "reach", "regions")],
    "the demonstration": ["contract/test_readme.py", "contract/test_readme_api.py"],
    "gateways of others": ["gateways/test_gateways_peers.py", "gateways/test_sms_peers.py"],
}
"""Files that share what is costly to build, or a peer that stands once on a machine."""


class OneWorkerAFile(LoadScopeScheduling):
    """Files in the order in which they were collected, each whole to whichever worker is free."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The tests that share what they build: those of a file, or of several."""
    file = nodeid.partition("::")[0].removeprefix("tests/")
    return next((group for group, files in TOGETHER.items() if file in files), file)
