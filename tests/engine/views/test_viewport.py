"""Zoom and pan keep the promises one's eyes rely on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.geometry import Box
from engine.views.viewport import MAX_SCALE, MIN_SCALE, Viewport

VIEW = Viewport(width=1000, height=700, photo_width=6000, photo_height=4000)


def test_fitting_shows_the_whole_photo_and_never_enlarges():
    fitted = VIEW.fitted()
    assert VIEW.box.holds(fitted.photo_box)
    small = Viewport(width=1000, height=700, photo_width=100, photo_height=80).fitted()
    assert small.scale == 1.0


@given(
    scale=st.floats(0.05, 20),
    factor=st.floats(0.5, 2),
    x=st.floats(200, 800),
    y=st.floats(200, 500),
)
def test_zooming_keeps_the_point_under_the_pointer(scale, factor, x, y):
    view = VIEW.centred(3000, 2000, scale)
    before = view.to_photo(x, y)
    after = view.zoomed(scale * factor, x, y)
    if MIN_SCALE < after.scale < MAX_SCALE and _far_from_the_rim(after):
        at = after.to_view(*before)
        assert at == pytest.approx((x, y), abs=0.51)


def _far_from_the_rim(view):
    return view.photo_box.left < 0 < 1000 < view.photo_box.right and (
        view.photo_box.top < 0 < 700 < view.photo_box.bottom
    )


@given(dx=st.integers(-99_999, 99_999), dy=st.integers(-99_999, 99_999), scale=st.floats(0.05, 20))
def test_the_photo_cannot_be_lost(dx, dy, scale):
    view = VIEW.centred(3000, 2000, scale).panned(dx, dy)
    assert not view.visible().empty


@pytest.mark.parametrize(
    ("scale", "level"), [(4, 0), (1, 0), (0.51, 0), (0.5, 1), (0.26, 1), (0.25, 2), (1 / 64, 6)]
)
def test_the_level_has_a_pixel_for_every_view_pixel(scale, level):
    assert VIEW.centred(0, 0, scale).level == level


def test_resizing_leaves_what_is_seen_where_it_is():
    view = VIEW.centred(3000, 2000, 1.0)
    smaller = view.resized(1000, 500)
    assert (smaller.x, smaller.y, smaller.scale) == (view.x, view.y, view.scale)
    assert smaller.visible() == Box(2500, 1650, 3500, 2150)


def test_centring_shows_no_more_of_the_surroundings_than_it_must():
    view = Viewport(400, 300, 1000, 200)
    assert view.centred(500, 100, 1.0).to_view(500, 100)[0] == 200
    corner = view.centred(10, 190, 1.0)
    assert (corner.x, corner.y) == (0, 50), "at the left edge; in the middle of the height"
    assert view.centred(995, 0, 1.0).to_view(1000, 0)[0] == 400
