"""Use cases of the county's registers: databases, two lists, villages against the base year, the household goal."""
