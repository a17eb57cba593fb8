"""No key means two things at once."""

from itertools import combinations

from app.widgets.actions import ACTIONS


def test_actions_of_the_same_key_are_never_enabled_together():
    pairs = [
        (one.id, other.id)
        for one, other in combinations(ACTIONS, 2)
        if set(one.keys) & set(other.keys)
        and not (one.when.wanted & other.when.unwanted or one.when.unwanted & other.when.wanted)
    ]
    assert pairs == []
