"""Times as Vitec Connect reads and writes them.

Inside the sandbox every time is a naive ``datetime`` of the wall clock in Europe/Stockholm, because
that is what the real answers carry. An explicit offset in what a client sends is honoured.
"""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")

_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:\.(?P<decimals>\d{1,7}))?"
    r"(?P<offset>Z|[+-]\d\d:?\d\d)?)?"
)


def read_moment(text: str) -> datetime:
    """Return *text* (ISO 8601, 0 to 7 decimals, with or without offset) as Stockholm wall clock.

    Raises ``ValueError`` when the text is no such time.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    moment = datetime.fromisoformat(f"{match['day']}T{match['time'] or '00:00'}")
    # The seventh decimal is a tenth of a microsecond, which Python cannot hold.
    moment += timedelta(microseconds=int((match["decimals"] or "0").ljust(7, "0")[:6]))
    offset = (match["offset"] or "").replace("Z", "+00:00")
    if not offset:
        return moment
    aware = datetime.fromisoformat(moment.isoformat() + offset)
    return aware.astimezone(STOCKHOLM).replace(tzinfo=None)


def bare(moment: datetime) -> str:
    """Return the form of the real answers: no offset, no trailing zeros in the decimals."""
    text = moment.isoformat()
    return text.rstrip("0") if "." in text else text


class Clock:
    """The sandbox's own clock, in Stockholm; *today* moves its date but not its time of day."""

    def __init__(self, today: date | None = None) -> None:
        real = self._real()
        self._ahead = timedelta(days=(today - real.date()).days) if today else timedelta()

    @staticmethod
    def _real() -> datetime:
        return datetime.now(STOCKHOLM).replace(tzinfo=None)

    def now(self) -> datetime:
        """Return the present wall-clock time in Stockholm, moved to the sandbox's date."""
        return self._real() + self._ahead

    def today(self) -> date:
        """Return the present date in Stockholm, moved to the sandbox's date."""
        return self.now().date()
