"""Every reader that is tried, by name."""

from tests.fuzz import checkpoints, picture_files, sound, stores, texts
from tests.fuzz.reader import Reader

READERS: dict[str, Reader] = {
    one.name: one
    for one in (
        *texts.READERS,
        *sound.READERS,
        *picture_files.READERS,
        *stores.READERS,
        *checkpoints.READERS,
    )
}
