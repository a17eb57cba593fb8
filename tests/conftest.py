"""What every test starts from: no screen, no threads fighting, no surprises from hypothesis."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "lacuna",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("lacuna")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let ``make screens`` take the stored pictures of the window anew."""
    parser.addoption(
        "--remake-screens", action="store_true", help="take the pictures of the window anew"
    )
