"""What a pack must keep, what wants a look, and its worked examples run as tests."""
