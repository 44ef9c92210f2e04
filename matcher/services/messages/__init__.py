"""Text messages as use cases: who gets a list, what goes out, what comes back, who is called."""
