"""Many processes on one workspace: what each was told is stored, is there.

``python -m tests.together --writers 8 --rows 10000`` runs it at full size and prints
counts that add up; ``test_together.py`` is a sample of it.
"""
