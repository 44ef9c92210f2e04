"""One use case per file; the only place where stages meet."""
