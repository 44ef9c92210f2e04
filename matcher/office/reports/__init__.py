"""Reports on their dates: what is counted, over which days, and what of it anybody outside the office may read."""
