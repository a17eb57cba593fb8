"""The device is picked once and says why."""

import sys

import pytest
import torch

from engine import device
from engine.device import pick_device
from engine.errors import DeviceError


@pytest.fixture
def card(monkeypatch):
    """Pretend that a graphics card is there, or what hinders it; returns the switch."""

    def pretend(driver=True, built=True, available=True, bfloat16=True):
        monkeypatch.setattr(device, "has_driver", lambda: driver)
        monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: built)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: available)
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: bfloat16)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"Fake {index + 4090}")

    return pretend


@pytest.mark.parametrize("wish", ["auto", "cuda"])
@pytest.mark.parametrize(("bfloat16", "dtype"), [(True, torch.bfloat16), (False, torch.float16)])
def test_a_card_that_is_there_is_named(card, wish, bfloat16, dtype):
    card(bfloat16=bfloat16)
    picked = pick_device(wish)
    assert picked.reason == "CUDA: Fake 4090"
    assert picked.device == torch.device("cuda", 0)
    assert picked.dtype == dtype


@pytest.mark.parametrize(
    ("driver", "built", "reason"),
    [
        (False, True, "CPU: no CUDA device"),
        (True, False, "CPU: no CUDA device (this build of PyTorch is for the CPU)"),
        (True, True, "CPU: no CUDA device that the driver offers"),
    ],
)
def test_without_a_card_the_cpu_says_why(card, driver, built, reason):
    card(driver, built, available=False)
    picked = pick_device()
    assert picked.reason == reason
    assert picked.device == torch.device("cpu")
    assert picked.dtype == torch.float32


def test_where_torch_was_left_out_the_cpu_is_taken(card, monkeypatch):
    card()
    monkeypatch.setitem(sys.modules, "torch", None)
    assert pick_device().reason.startswith("CPU: no CUDA device (this Lacuna is built")


def test_the_cpu_is_taken_when_asked_for(card):
    card()
    assert pick_device("cpu").reason == "CPU: as asked"


@pytest.mark.parametrize("built", [False, True])
def test_a_card_that_is_not_there_is_an_error_with_a_way_out(card, built):
    card(built=built, available=False)
    with pytest.raises(DeviceError, match=r"^CUDA was asked for, but .*; use --device cpu\.$"):
        pick_device("cuda")


def test_an_unknown_device_is_refused():
    with pytest.raises(DeviceError, match="use auto, cpu or cuda"):
        pick_device("npu")


def test_a_driver_is_a_library_that_loads(monkeypatch):
    monkeypatch.setattr(device, "DRIVER", None)  # the process itself
    assert device.has_driver()
    monkeypatch.setattr(device, "DRIVER", "no-such-library")
    assert not device.has_driver()
