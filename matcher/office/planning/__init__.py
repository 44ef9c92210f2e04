"""What a class or a job fair would bring: pure reckoning over pairs that the engine has judged."""

from matcher.office.planning.fairs import Fair, alone, invited, together
from matcher.office.planning.readings import readings
from matcher.office.planning.seats import placed

__all__ = ["Fair", "alone", "invited", "placed", "readings", "together"]
