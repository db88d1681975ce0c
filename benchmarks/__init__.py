"""Side-by-side measurements: ours against the earlier way, in one run on one machine."""
