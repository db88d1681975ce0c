"""``DecisionDB``: the decisions of one picture project as one object."""

from os import PathLike


class DecisionDB:
    """The decision database of one project."""

    def __init__(self, where: object | str | PathLike[str], project_id: str) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Close the file."""
