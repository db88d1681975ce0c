"""The domain of pictures: stages, groups, boxes, decisions. Pure, no I/O."""
