"""Sendings, calls and replies for the crawl: two of each asker's own, of people of the township."""

from __future__ import annotations

import itertools

import county
from crawl_calls import Asker
from crawl_orders import DESKS
from flask import Flask
from texting_desk import texted

from matcher.records import Kind
from matcher.records.texts import SendingState

N_PEOPLE = 3


class Texts:
    """Ids by kind: what was sent to people of a township, and what came of it."""

    def __init__(self, app: Flask, township: str, elsewhere: str) -> None:
        self._app, self._township = app, township
        posts = county.application_of(app).store.records(Kind.VACANCIES)
        self._complained = max(post.vacancy_id for post in posts)
        self._turns = itertools.count()
        self._shared: dict[str, list[str]] = {}
        self.foreign = {name: ids[0] for name, ids in self._pair("elsewhere", elsewhere).items()}

    def of(self, asker: Asker) -> dict[str, list[str]]:
        """An asker's own, where the role opens such pages at all; the others share two."""
        if asker.role in DESKS and not asker.api:
            return self._pair(asker.name.replace(" ", "_"), self._township)
        if not self._shared:
            self._shared = self._pair("shared", self._township)
        return self._shared

    def _pair(self, name: str, township: str) -> dict[str, list[str]]:
        """One that is out and one that waits to be let go."""
        found: dict[str, list[str]] = {"sending": [], "task": [], "reply": []}
        for ending, state in (("out", SendingState.RELEASED), ("waits", SendingState.WAITING)):
            made = texted(self._app, township, f"crawl-{name}-{ending}", state=state, nr=next(self._turns) % N_PEOPLE)
            found["sending"].append(made.sending_id)
            found["task"].append(made.task_id)
            found["reply"].append(made.reply_id)
        # A complaint about a post that no list and no order of the crawl is about, for officers to halt.
        made = texted(self._app, township, f"crawl-{name}-complaint", nr=0, complained=self._complained)
        found["task"].append(made.task_id)
        return found
