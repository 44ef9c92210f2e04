"""`python -m tests.bench.small_index …` is `python -m matcher …` that leaves an index also of few vacancies."""

from __future__ import annotations

from matcher.__main__ import main
from matcher.services.rounds import posts_at_once

if __name__ == "__main__":
    vars(posts_at_once)["FEWEST_ON_DISK"] = 1
    main()
