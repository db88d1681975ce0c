"""The state of one screen each: traitlets and a lock, no ipywidgets, no SQL."""
