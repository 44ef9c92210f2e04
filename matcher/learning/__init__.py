"""From events to better tables: reading logs, labels with censoring, training, calibration, and what may be doubted.

Nothing of serving imports this room; scikit-learn is loaded here and only when something is trained.
"""
