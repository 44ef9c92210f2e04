"""What the county has learnt, as training events: one file per table, the same bytes for the same store."""
