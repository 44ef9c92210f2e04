"""Who may do what: users, sign-in, tokens, a store cut to a region, answers kept for repeated writes."""
