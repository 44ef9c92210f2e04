"""Who stands in which register on a day: databases, two lists, villages against last year, the goal per household."""
