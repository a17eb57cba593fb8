"""A snapshot comes back as it was, or is refused in a sentence."""

import errno
import hashlib
import json
import os
import pickle
import random
import resource
import struct
from dataclasses import asdict, replace

import pytest
import torch

from engine.errors import PhotoWriteError, SnapshotError
from engine.network.config import GeneratorConfig, UpperConfig
from engine.network.generator import Generator
from engine.network.snapshot import load_generator, load_snapshot, save_snapshot
from engine.network.stored import FORMAT, FORMAT_UPPER
from engine.network.upper import Upper

SENTENCE = r"\.$"


@pytest.fixture(scope="module")
def whole(tiny_snapshot):
    return tiny_snapshot.read_bytes()


@pytest.fixture
def refused(tmp_path):
    """Write bytes to a file and expect the reader to refuse them; returns its sentence."""
    path = tmp_path / "weights.safetensors"

    def refuse(data):
        path.write_bytes(data)
        with pytest.raises(SnapshotError, match=SENTENCE) as caught:
            load_generator(path)
        return str(caught.value)

    return refuse


def forged(data, **changes):
    """The snapshot with another header, its checksum made to fit: damage is not what gives it away.

    A value of None leaves the entry out.
    """
    size = struct.unpack("<Q", data[:8])[0]
    head, body = json.loads(data[8 : 8 + size]), data[8 + size :]
    ours = json.loads(head["__metadata__"]["lacuna"]) | {"sha256": "0" * 64} | changes
    ours = {key: value for key, value in ours.items() if value is not None}
    head["__metadata__"]["lacuna"] = json.dumps(ours)
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    out = struct.pack("<Q", len(text)) + text + body
    return out.replace(b"0" * 64, hashlib.sha256(out).hexdigest().encode(), 1)


def test_weights_configuration_and_notes_come_back(tiny_generator, tmp_path):
    path = tmp_path / "s.safetensors"
    digest = save_snapshot(path, tiny_generator, {"images": 7, "score": [0.25]}, torch.float32)
    loaded, header = load_generator(path, expected_sha256=digest)
    assert loaded.config == tiny_generator.config
    assert header["notes"] == {"images": 7, "score": [0.25]}
    assert header["format"] == FORMAT
    assert header["sha256"] == digest == hashlib.sha256(path.read_bytes()).hexdigest()
    for name, values in tiny_generator.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], values)
    assert not loaded.training
    assert not any(p.requires_grad for p in loaded.parameters())


def test_half_precision_is_the_default_and_close(tiny_generator, tiny_snapshot):
    loaded, _ = load_generator(tiny_snapshot)
    for name, values in tiny_generator.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], values.half().float())


def test_the_same_weights_give_the_same_file(tiny_generator, tmp_path):
    digests = {save_snapshot(tmp_path / name, tiny_generator) for name in ("a", "b")}
    assert len(digests) == 1


def test_a_note_that_looks_like_an_empty_checksum_does_no_harm(tiny_generator, tmp_path):
    path = tmp_path / "s.safetensors"
    save_snapshot(path, tiny_generator, {"a": "0" * 64})
    assert load_generator(path)[1]["notes"] == {"a": "0" * 64}


def test_another_file_than_the_pinned_one_is_refused(tiny_snapshot):
    with pytest.raises(SnapshotError, match="not the weights file this program shipped with"):
        load_generator(tiny_snapshot, expected_sha256="0" * 64)


def test_300_of_300_flipped_bits_are_found(whole, refused):
    chance = random.Random(300)
    head = 8 + struct.unpack("<Q", whole[:8])[0]
    places = [chance.randrange(8 * head) for _ in range(100)]
    places += [chance.randrange(8 * len(whole)) for _ in range(200)]
    for place in places:
        data = bytearray(whole)
        data[place // 8] ^= 1 << place % 8
        refused(bytes(data))


def test_every_truncation_is_found(whole, refused):
    chance = random.Random(7)
    lengths = [*range(64), len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(100))]
    for length in lengths:
        refused(whole[:length])


def test_added_bytes_are_found(whole, refused):
    assert "damaged" in refused(whole + b"\0")


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        struct.pack("<Q", 2) + b"{}",
        struct.pack("<Q", 4) + b"null",
        struct.pack("<Q", 1 << 62) + b"{}",
        struct.pack("<Q", 20000) + b"[" * 20000,
        struct.pack("<Q", 39) + b'{"__metadata__":{"lacuna":"[1,2,3]"}}  ',
    ],
)
def test_other_files_are_refused(data, refused):
    assert "is not a snapshot of this program" in refused(data)


def test_what_cannot_be_read_is_named(tmp_path):
    for path in (tmp_path / "nowhere.safetensors", tmp_path):
        with pytest.raises(SnapshotError, match=rf"{path}.*cannot be read"):
            load_generator(path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.safetensors"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(SnapshotError, match="too large"):
        load_generator(path)


def test_a_pickle_is_refused_and_not_run(refused, tmp_path):
    trap = tmp_path / "trap"

    class Malice:
        def __reduce__(self):
            return os.mkdir, (str(trap),)

    refused(pickle.dumps(Malice()))
    torch.save({"weights": Malice()}, tmp_path / "malice.pt")
    refused((tmp_path / "malice.pt").read_bytes())
    assert not trap.exists()
    pickle.loads(pickle.dumps(Malice()))
    assert trap.exists()


def test_weights_that_are_no_numbers_are_refused(tmp_path):
    generator = Generator(GeneratorConfig(resolution=8, base=8))
    path = tmp_path / "s.safetensors"
    for value in (torch.nan, torch.inf):
        with torch.no_grad():
            generator.from_rgb.conv.conv.bias[3] = value
        save_snapshot(path, generator)
        with pytest.raises(SnapshotError, match="not finite"):
            load_generator(path)


def test_a_future_format_is_refused_by_its_number(whole, refused):
    assert f"format {FORMAT_UPPER + 1}; this program reads format {FORMAT_UPPER}" in refused(
        forged(whole, format=FORMAT_UPPER + 1)
    )


def test_the_forging_of_these_tests_is_accepted_when_nothing_is_changed(whole, tmp_path):
    path = tmp_path / "s.safetensors"
    path.write_bytes(forged(whole))
    assert load_generator(path)[1]["notes"] == {"images": 7}


@pytest.mark.parametrize(
    "changes",
    [
        {"resolution": 64},
        {"resolution": 1024, "base": 4096},
        {"base": 16},
        {"base": 1 << 40},
        {"z_channels": 4096},
        {"pose": 14},
        {"pose": 4096, "pose_kind": "onehot"},
        {"conv": "plain"},
        {"conv": "none"},
        {"skip": "concat"},
        {"released": 3},
        {"colour": "green"},
    ],
)
def test_a_network_the_weights_do_not_fit_is_refused(changes, whole, refused, tiny_generator):
    refused(forged(whole, config=asdict(tiny_generator.config) | changes))


def test_an_absurd_network_is_never_built(whole, refused, tiny_generator, monkeypatch):
    def build(config):
        raise AssertionError("no memory may be asked for")

    monkeypatch.setattr("engine.network.snapshot.Generator", build)
    for changes in ({"base": 4096}, {"z_channels": 4096}, {"pose": 4096, "pose_kind": "onehot"}):
        refused(forged(whole, config=asdict(tiny_generator.config) | changes))


@pytest.mark.parametrize("config", [None, [], "places2-256", 7])
def test_a_header_without_a_configuration_is_refused(config, whole, refused):
    refused(forged(whole, config=config))


def test_a_tensor_of_another_name_is_refused(whole, refused):
    renamed = whole.replace(b'"from_rgb.conv.conv.bias"', b'"from_rgb.conv.conv.bios"', 1)
    assert "does not fit the network" in refused(forged(renamed))


def faults(monkeypatch):
    """Every way writing can fail, one after another."""

    def failing(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    for name in ("replace", "fsync"):
        for fault in (failing, interrupted):
            with monkeypatch.context() as patch:
                patch.setattr(os, name, fault)
                yield


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tiny_generator, tmp_path, monkeypatch):
    path = tmp_path / "s.safetensors"
    save_snapshot(path, tiny_generator, {"images": 1})
    old, count = path.read_bytes(), 0
    for _ in faults(monkeypatch):
        with pytest.raises((PhotoWriteError, KeyboardInterrupt)):
            save_snapshot(path, tiny_generator, {"images": 2})
        assert path.read_bytes() == old
        assert os.listdir(tmp_path) == ["s.safetensors"]
        count += 1
    assert count == 4
    save_snapshot(path, tiny_generator, {"images": 2})
    assert load_generator(path)[1]["notes"] == {"images": 2}


@pytest.mark.skipif(os.name != "posix", reason="limits are POSIX")
def test_a_full_disk_leaves_the_old_file(tiny_generator, tmp_path):
    path = tmp_path / "s.safetensors"
    path.write_bytes(b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(PhotoWriteError, match="too large for this disk"):
            save_snapshot(path, tiny_generator)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_every_kind_of_network_survives_a_snapshot(tmp_path):
    config = GeneratorConfig(resolution=8, base=8)
    for changed in (
        replace(config, conv="gated", skip="concat", rgb="last"),
        replace(config, pose=14, released=True),
        replace(config, z_channels=0, rgb="pyramid"),
    ):
        save_snapshot(tmp_path / "s.safetensors", Generator(changed))
        assert load_generator(tmp_path / "s.safetensors")[0].config == changed


def test_an_upper_level_comes_back_beside_its_generator(tiny_generator, tmp_path):
    path, upper = tmp_path / "s.safetensors", Upper(UpperConfig(base=4, imputation=3))
    save_snapshot(path, tiny_generator, {}, torch.float32, upper)
    found = load_snapshot(path)
    assert found.header["format"] == FORMAT_UPPER
    assert found.upper.config == upper.config
    for name, values in upper.state_dict().items():
        assert torch.equal(found.upper.state_dict()[name], values)
    assert not found.upper.training
    assert not any(p.requires_grad for p in found.upper.parameters())
    for name, values in tiny_generator.state_dict().items():
        assert torch.equal(load_generator(path)[0].state_dict()[name], values)


def test_a_snapshot_without_an_upper_level_says_so(tiny_generator, tmp_path):
    path = tmp_path / "s.safetensors"
    save_snapshot(path, tiny_generator)
    assert load_snapshot(path).upper is None
    assert load_snapshot(path).header["format"] == FORMAT


@pytest.mark.parametrize(
    "upper",
    [
        None,
        {"base": 5, "imputation": 5},
        {"base": 4, "imputation": 4},
        {"base": 0, "imputation": 5},
        {"base": 4.0, "imputation": 5},
        {"base": 512, "imputation": 5},
        {"base": 4, "depth": 9},
    ],
)
def test_an_upper_level_the_weights_do_not_fit_is_refused(upper, refused, tiny_generator, tmp_path):
    path = tmp_path / "s.safetensors"
    save_snapshot(path, tiny_generator, {}, upper=Upper(UpperConfig(base=4)))
    refused(forged(path.read_bytes(), upper=upper))
