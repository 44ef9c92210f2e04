"""Speed and memory beside peers, in one run: `python -m tests.bench` (make bench).

A workload prints one table: method, time, ratio to ours, exactness checked in the same run, peak memory of its own
process, and what the method leaves out. BENCH=full runs the full sizes. The machine's load stands at the top; only
ratios inside one table are meaningful.
"""
