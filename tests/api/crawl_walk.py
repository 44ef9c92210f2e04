"""The whole walk: every asker once over the whole application, and what the oracle says of it."""

from __future__ import annotations

from functools import cached_property

import county
from crawl_calls import Visit
from crawl_county import MACHINES, PAGES, TOKENS, Prepared
from crawl_oracle import Oracle
from crawler import Crawler
from flask import Flask

from matcher.records import Kind


class Walk:
    """What all askers were answered; made when a test first asks for it, and shared by the session."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    @cached_property
    def crawlers(self) -> list[Crawler]:
        """Everybody, when they have been everywhere. Brokers and persons go first: deeds of the office come last."""
        assert self.oracle.n_needles, "what is true is taken before anybody walks"
        assert self.people_before
        prepared = Prepared(self.app)
        walked = [Crawler(self.app, asker, prepared.known(asker)) for asker in (*MACHINES, *PAGES, *TOKENS)]
        for crawler in walked:
            crawler.run()
        return walked

    @cached_property
    def oracle(self) -> Oracle:
        """The truth of the county before anybody walked."""
        return Oracle(self.app)

    @cached_property
    def people_before(self) -> list[object]:
        """The people before anybody walked."""
        return self.people()

    @cached_property
    def visits(self) -> list[Visit]:
        return [visit for crawler in self.crawlers for visit in crawler.visits]

    def people(self) -> list[object]:
        """The people of the county as the store has them."""
        return list(county.application_of(self.app).store.records(Kind.WORKERS))

    def of(self, name: str) -> Crawler:
        """The walk of an asker."""
        return next(crawler for crawler in self.crawlers if crawler.asker.name == name)
