"""What the county office did, as events in streams: claims, pairs of two ledgers, returnees, frozen reports; no I/O.

A stream is the history of one thing (`claim:c-1`); its state is what follows from its deeds in their order. Nothing is
changed and nothing is taken out: who takes a step back adds a deed that says so, and both histories stay readable.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import Any

import msgspec


class Deed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of a stream.

    number : position among all deeds of the county; seq : position in its stream, from 1
    kind : what was done, `noun.verb`; at : when it was written; on : the day it speaks of; by : who did it
    subjects : people, firms, villages it is found by; body : the rest, JSON, no names and no numbers of identity
    takes, frees, files : what it took and gave up, names of files kept with it: what `verify` holds the tables against
    """

    number: int
    stream: str
    seq: int
    kind: str
    at: datetime
    on: date
    by: str
    subjects: tuple[str, ...] = ()
    body: dict[str, Any] = {}
    takes: tuple[str, ...] = ()
    frees: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class NewDeed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A deed to be added to a stream; number and seq are given as it is written.

    takes : what may be held by one stream at a time, such as one benefit of one person in one year
    frees : what this stream held and gives up
    keeps : whole files kept with it, by `file_name`; drops : names of kept files whose content goes with it
    """

    kind: str
    at: datetime
    on: date
    by: str
    subjects: tuple[str, ...] = ()
    body: dict[str, Any] = {}
    takes: tuple[str, ...] = ()
    frees: tuple[str, ...] = ()
    keeps: tuple[bytes, ...] = ()
    drops: tuple[str, ...] = ()


def file_name(body: bytes) -> str:
    """What a kept file is called: the SHA-256 of its content."""
    return hashlib.sha256(body).hexdigest()
