"""What every use case stands on: the rulebook, records as of a revision, regions, masked people."""
