"""Profiles of either side."""

from dataclasses import FrozenInstanceError

import pytest

from scoring.errors import ProfileError
from scoring.profile import as_need, as_product
from tests.scoring.samples import TRAFFIC_NEED, TUNNEL


def test_a_side_is_told_from_the_other() -> None:
    assert as_need(TRAFFIC_NEED) is TRAFFIC_NEED
    assert as_product(TUNNEL) is TUNNEL
    with pytest.raises(ProfileError, match="'p-tunnel' is not a need"):
        as_need(TUNNEL)
    with pytest.raises(ProfileError, match="'n-traffic' is not a product"):
        as_product(TRAFFIC_NEED)


def test_a_profile_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        TUNNEL.title = "x"  # type: ignore[misc]
