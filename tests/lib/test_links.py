"""Links to rows: the same addresses as Django's, worked out once."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse

from lib.links import link_by_key


@pytest.mark.parametrize("key", [0, 7, 1_234_567_890, 2**63 - 1])
def test_it_is_the_address_that_django_would_give(key: int) -> None:
    link = link_by_key("meetings:meeting")

    assert link(key) == reverse("meetings:meeting", args=[key])


def test_an_address_that_takes_no_key_is_refused() -> None:
    with pytest.raises(NoReverseMatch):
        link_by_key("meetings:list")
