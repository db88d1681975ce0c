"""Jobs that are killed at any moment, and what is found when they are opened again."""
