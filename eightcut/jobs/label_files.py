"""Opening a table of labels that another program or person wrote."""

from pathlib import Path

from eightcut.audio import label_tables
from eightcut.audio.label_tables import LabelTable

LARGEST = 500_000_000  # bytes: ten million rows have less


def load(source: Path) -> LabelTable:
    """The rows of a table.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no table of labels, or larger than one can be; the message names it.
    """
    try:
        with source.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise ValueError(f"it is larger than a table can be ({LARGEST / 1e6:g} MB)")
        return label_tables.read(label_tables.decode(raw))
    except FileNotFoundError as problem:
        raise FileNotFoundError(f"there is no table {source}") from problem
    except IsADirectoryError as problem:
        raise IsADirectoryError(f"{source} is a folder, not a table") from problem
    except ValueError as problem:
        raise ValueError(f"{source}: {problem}") from problem
