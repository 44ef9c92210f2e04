"""After placement: checks by visit, returnees with a clock, early warning, the audit sample, arrival of a group."""
