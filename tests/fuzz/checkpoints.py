"""Readers of published checkpoints: the description of a network beside its weights."""

import json
import os

from eightcut.models import hub, remote_code
from tests.fuzz.mutate import of_json
from tests.fuzz.reader import Reader
from tests.models import tiny_eat

SMALL = {
    "model_type": "audio-spectrogram-transformer", "architectures": ["ASTModel"], "hidden_size": 8,
    "num_hidden_layers": 4, "num_attention_heads": 2, "intermediate_size": 8, "patch_size": 16,
    "frequency_stride": 10, "time_stride": 10, "max_length": 64, "num_mel_bins": 32,
}  # fmt: skip


def _eat_seed(folder):
    return [(tiny_eat.write(folder / "eat") / "config.json").read_bytes()]


def _eat(folder):
    from eightcut.models import eat

    os.environ["HF_HUB_OFFLINE"] = "1"
    place = tiny_eat.write(folder / "given")

    def read(content):
        (place / "config.json").write_bytes(content)
        code = hub.digest([place / "config.json", *place.glob("*.py")])
        remote_code.allow("EAT", code)
        assert eat.from_folder(place, "EAT").width == 12

    return read


def _ast(folder):
    from transformers import ASTConfig, ASTModel

    from eightcut.models import ast

    os.environ["HF_HUB_OFFLINE"] = "1"
    place = folder / "given"
    ASTModel(ASTConfig(**SMALL)).save_pretrained(place)

    def read(content):
        (place / "config.json").write_bytes(content)
        found = ast.from_folder(place, "AST")
        assert found.width > 0

    return read


READERS = (
    Reader("EAT checkpoint", _eat_seed, of_json, _eat, is_slow=True),
    Reader(
        "AST checkpoint", lambda folder: [json.dumps(SMALL).encode()], of_json, _ast, is_slow=True
    ),
)
