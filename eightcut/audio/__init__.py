"""The domain of sound: windows, regions, labels, comparison of versions, metrics. Pure, no I/O."""
