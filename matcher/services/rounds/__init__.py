"""A round: from a request to explained lists, and back from a decision to the same bytes."""
