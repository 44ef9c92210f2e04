"""The county office's work as folds over deeds: pure, one folder a duty."""
