"""From events to better tables: reading logs, labels with censoring, training, calibration, and what may be doubted.

scikit-learn is loaded here alone, and only when something is trained.
"""
