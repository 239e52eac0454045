"""How fast wasync is, as ratios to what the work costs at least; run by `make bench`, never a timed test."""
