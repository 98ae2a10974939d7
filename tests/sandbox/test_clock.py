from datetime import date

import pytest

from sandbox.clock import Clock, bare, read_moment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-08-31T11:46:09.65", "2026-08-31T11:46:09.65"),
        ("2025-11-08T20:05:22.5070421+01:00", "2025-11-08T20:05:22.507042"),
        ("2026-07-01T10:00:00Z", "2026-07-01T12:00:00"),
        ("2026-01-01T10:00:00Z", "2026-01-01T11:00:00"),
        ("2026-01-01T10:00", "2026-01-01T10:00:00"),
        ("2026-01-01", "2026-01-01T00:00:00"),
        ("2026-03-29T00:30:00+00:00", "2026-03-29T01:30:00"),
        ("2026-03-29T01:30:00+00:00", "2026-03-29T03:30:00"),
    ],
)
def test_a_time_is_read_as_stockholm_wall_clock_and_an_offset_is_honoured(
    text: str, expected: str
) -> None:
    assert bare(read_moment(text)) == expected


@pytest.mark.parametrize("text", ["", "i morgon", "2026-02-30", "2026-01-01T25:00:00", "20260101"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        read_moment(text)


def test_another_today_moves_the_date_but_not_the_time_of_day() -> None:
    moved, real = Clock(date(2030, 2, 1)), Clock()
    assert moved.today() == date(2030, 2, 1)
    ahead = (moved.now() - real.now()).total_seconds()
    assert abs(ahead - round(ahead / 86400) * 86400) < 5
