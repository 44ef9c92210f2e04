"""Job matching for rural workers: rosters in, explained and coordinated matches out."""

__version__ = "0.1.0"
