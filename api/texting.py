"""What the pages of text messages share: the desk of the use cases, and who asks them when."""

from __future__ import annotations

from api.county_time import moment
from api.state import access, means, now, orders, state
from api.viewer import viewer
from matcher.services.messages.desk import By, Desk, read_texting


def desk() -> Desk:
    """The desk of this request; the county's rules and texts are read anew, for an officer may just have changed them.

    Its store is the whole one: the use cases keep to the regions of `by`.
    """
    application = state().application
    return Desk(
        store=state().records,
        texts=application.texts,
        orders=orders(),
        access=access(),
        means=means(),
        texting=read_texting(application.settings, means().packs),
    )


def by() -> By:
    """The viewer at this moment by the county's calendar; at a kiosk by its clock, as everything of its visit."""
    asker = viewer()
    return By(asker.actor, asker.role.value, now() if state().application.is_kiosk else moment(), asker.regions)
