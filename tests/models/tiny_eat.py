"""A checkpoint like EAT's, with code of its own that needs nothing but torch and transformers."""

import json

CONFIGURATION = """
from transformers import PretrainedConfig


class TinyConfig(PretrainedConfig):
    model_type = "eightcut-tiny-eat"

    def __init__(self, width=12, **kwargs):
        super().__init__(**kwargs)
        self.width = width
"""
MODELLING = """
import torch
from torch import nn
from transformers import PreTrainedModel

from .configuration_tiny import TinyConfig


class TinyEat(PreTrainedModel):
    config_class = TinyConfig

    def __init__(self, config):
        super().__init__(config)
        self.start = nn.Parameter(torch.ones(1, 1, config.width))
        self.patches = nn.Conv2d(1, config.width, 16, 16)
        self.mix = nn.Linear(config.width, config.width)
        self.post_init()

    def extract_features(self, x):
        patches = self.patches(x).flatten(2).transpose(1, 2)
        tokens = torch.cat([self.start.expand(len(x), -1, -1), patches], dim=1)
        return self.mix(torch.tanh(tokens))
"""


def write(folder):
    """Write configuration, code and random weights, and return the folder."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True)
    chance = torch.Generator().manual_seed(0)

    def random(*shape):
        return torch.randn(*shape, generator=chance) / 4

    weights = {
        "start": random(1, 1, 12),
        "patches.weight": random(12, 1, 16, 16),
        "patches.bias": random(12),
        "mix.weight": random(12, 12),
        "mix.bias": random(12),
    }
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    (folder / "configuration_tiny.py").write_text(CONFIGURATION)
    (folder / "modeling_tiny.py").write_text(MODELLING)
    auto = {"AutoConfig": "configuration_tiny.TinyConfig", "AutoModel": "modeling_tiny.TinyEat"}
    about = {"auto_map": auto, "model_type": "eightcut-tiny-eat", "width": 12}
    (folder / "config.json").write_text(json.dumps(about))
    return folder
