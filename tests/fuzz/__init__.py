"""What is read from outside, given what nobody would have written.

``python -m tests.fuzz --inputs 10000`` changes valid files, and makes invalid ones, for every
reader in ``readers.READERS``. Each input has to end in a result or in one clear error; anything
else is a finding: another exception, an error that does not say what it is about, a crash of a
decoder, more time or memory than a file of that size may cost.

Inputs are made from the seed and their number alone, so every finding can be had again.
"""
