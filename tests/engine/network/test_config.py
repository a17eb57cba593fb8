"""A configuration means one network, and nothing a file says is taken on trust."""

import json
from dataclasses import asdict, replace

import pytest

from engine.errors import SnapshotError
from engine.network.config import PRESETS, GeneratorConfig
from engine.network.generator import Generator


def test_widths_fall_with_the_resolution():
    config = GeneratorConfig(base=256)
    assert {r: config.width(r) for r in config.resolutions} == {
        4: 256, 8: 256, 16: 256, 32: 256, 64: 128, 128: 64, 256: 32,
    }  # fmt: skip
    assert replace(config, base=64, least=16).width(256) == 16


@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_json_and_build(name):
    config = PRESETS[name]
    assert GeneratorConfig.from_dict(json.loads(json.dumps(asdict(config)))) == config
    assert Generator(config).config is config


def test_missing_fields_mean_their_defaults():
    assert GeneratorConfig.from_dict({"base": 128}) == GeneratorConfig(base=128)


@pytest.mark.parametrize(
    "values",
    [
        {"attention": True},
        {"conv": "deformable"},
        {"skip": None},
        {"rgb": ["msg"]},
        {"pose_kind": 7},
        {"released": "yes"},
        {"resolution": 100},
        {"resolution": 4},
        {"resolution": 2048},
        {"resolution": 256.0},
        {"resolution": "256"},
        {"base": 7},
        {"base": -64},
        {"base": 10**9},
        {"least": -1},
        {"z_channels": 10**12},
        {"z_channels": None},
        {"pose": 1e308},
        ["resolution", 256],
        "places2-256",
        None,
        256,
    ],
)
def test_what_cannot_be_built_is_refused_in_a_sentence(values):
    with pytest.raises(SnapshotError, match=r"^The weights .*\.$"):
        GeneratorConfig.from_dict(values)
