"""The part of a stream of samples that is still needed."""

import numpy as np

from eightcut.models.base import Floats


class Buffer:
    """The samples of a stream that are still needed, numbered from the stream's beginning."""

    def __init__(self) -> None:
        self._pieces: list[Floats] = []
        self._begin = self.end = 0

    def add(self, block: Floats) -> None:
        """Take what comes next."""
        self._pieces.append(block)
        self.end += len(block)

    def forget(self, until: int) -> None:
        """Let go of the samples before one."""
        while self._pieces and self._begin < until:
            first = self._pieces.pop(0)
            gone = min(len(first), until - self._begin)
            self._begin += gone
            if gone < len(first):
                self._pieces.insert(0, first[gone:])

    def cut(self, begins: list[int], length: int) -> Floats:
        """Pieces of one length, none of whose samples was let go: (pieces, samples)."""
        if len(self._pieces) > 1:
            self._pieces = [np.concatenate(self._pieces)]
        sound, first = self._pieces[0], self._begin
        return np.stack([sound[begin - first : begin - first + length] for begin in begins])
