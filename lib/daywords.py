"""Reads a day and time the way a busy person types it on the phone, and says it back plainly.

All results are aware datetimes in Europe/Stockholm, to the minute. Swedish and English are both
understood at any time; `language` only settles the short words that clash ("on" and "to" are
weekdays in Swedish and prepositions in English).

Days
    * A weekday alone ("fre", "på fredag") is the next such day strictly after today.
    * "nästa fredag" / "next friday" is the Friday of the next ISO week, and "fredag om två veckor"
      the Friday of the ISO week two weeks on. "nästa vecka" alone is its Monday. "nästa mån" is a
      Monday, never a month.
    * "3v" keeps the weekday of today. "2 mån" keeps the day of the month, or takes the last day of
      a shorter month.
    * "v49" is the Monday of that ISO week, "tis v49" its Tuesday. A week that is over means next
      year's; week 53 waits for a year that has it.
    * "14/12", "14 dec" and "den 14" are the first such day from today on. Day comes before month
      always. 29 February and the 31st wait for a year or month that has them.
    * A weekday, a week or "imorgon" beside a date is a check and has to agree with it:
      "mån 14 dec 2026 (v. 51)".
    * A day may turn out to be in the past ("idag kl 8", "2020-01-01"): the caller judges that.

Times
    * Figures are the 24-hour clock: "kl 2" is 02:00. Hours in words, and "halv", "kvart" and the
      like, mean waking hours, 07 to 19: "halv tio" is 09:30, "kvart över två" is 14:15.
    * A part of the day moves the hour: "8 på kvällen" and "ikväll 8" are 20:00.
    * "14.30" and "14.12" are times; a date takes a slash or the name of the month. Four figures
      from 2000 on after a date or week are a year ("14 dec 2030"), else a time ("14 dec 1430");
      "14 dec kl 2030" is half past eight in the evening.
    * A number after a weekday is an hour: "mån 14" is Monday 14:00, "mån den 14" a date.
    * A time alone is today when still ahead, else tomorrow. "om 2 timmar" counts real hours, also
      over a night when the clocks change; "1,5 h" is an hour and a half.
    * "m" is months and "min" minutes.

The grammar is built from parsers of one kind. A parser takes the line and a position in it, and
yields every (value, next position) it can make of the words there, best first. Each reading that
uses up the whole line is counted out against today, and the first that exists is taken. When none
does, the complaint is about the first.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final, TypeVar

from lib import when
from lib.when import STOCKHOLM, Code, Unreadable

__all__ = [
    "STOCKHOLM", "Code", "Reading", "Unreadable", "read", "read_end", "say", "say_day", "say_span",
]  # fmt: skip

_LONGEST_TEXT: Final = 120
_MOST_TOKENS: Final = 24


@dataclass(frozen=True, slots=True)
class Reading:
    """What was meant: a moment in Europe/Stockholm, and whether its time was said or assumed."""

    moment: datetime
    time_given: bool


def read(
    text: str, *, now: datetime, default_time: time = time(9, 0), language: str = "sv"
) -> Reading:
    """Read `text` as a day and time, counted from the aware moment `now`.

    Raises `Unreadable` with a code for any text that names no day or time. A text without a time
    gets `default_time`, meant as Stockholm time.
    """
    return _first_that_exists(text, language, _in_stockholm(now), default_time)


def read_end(text: str, *, start: datetime, language: str = "sv") -> datetime:
    """Read when something ends that begins at the aware moment `start`.

    A time alone ("15:30") is on the day of the start, "45 min" and "1,5 h" are how long it lasts,
    and days in words count from the start. May lie before it: the caller judges that. Raises
    `Unreadable` as `read` does.
    """
    local = _in_stockholm(start)
    likeliest = next(_phrases(_line(text, language)), _Phrase())
    if likeliest.day is None and likeliest.clock is not None:
        return when.stockholm(local.date(), likeliest.clock.settled())
    return _first_that_exists(text, language, local, local.time()).moment


def say(moment: datetime, *, language: str = "sv", now: datetime | None = None) -> str:
    """The moment in Stockholm time: "mån 14 dec 2026 kl. 09:00 (v. 51)".

    With `now`, a day that is today or tomorrow is led by that word: "imorgon, tis 24 nov 2026 ...".
    What is said can be read back by `read`.
    """
    tongue = _tongue(language)
    local = _in_stockholm(moment)
    lead = "" if now is None else _lead(local, _in_stockholm(now), tongue)
    week = local.isocalendar().week
    day = say_day(local.date(), language=language)
    return f"{lead}{day} {tongue.at} {local:%H:%M} ({tongue.week} {week})"


def say_span(start: datetime, end: datetime, *, language: str = "sv") -> str:
    """From when to when: "mån 14 dec 2026 kl. 09:00–10:00 (v. 51)"; over midnight both in full."""
    first, last = _in_stockholm(start), _in_stockholm(end)
    if first.date() != last.date():
        return f"{say(first, language=language)} – {say(last, language=language)}"
    return say(first, language=language).replace(f"{first:%H:%M}", f"{first:%H:%M}–{last:%H:%M}")


def say_day(day: date, *, language: str = "sv") -> str:
    """The day with weekday and year: "mån 14 dec 2026" or "Mon 14 Dec 2026"."""
    tongue = _tongue(language)
    month = tongue.months.split()[day.month - 1]
    return f"{tongue.weekdays[day.weekday()]} {day.day} {month} {day.year}"


def say_briefly(moment: datetime, *, language: str = "sv", now: datetime | None = None) -> str:
    """`10:12` for today, else `mån 23 nov 10:12`, with the year when it is another."""
    local = _in_stockholm(moment)
    today = _in_stockholm(now or datetime.now(tz=STOCKHOLM)).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    day = say_day(local.date(), language=language)
    if local.year == today.year:
        day = day.removesuffix(f" {local.year}")
    return f"{day} {local:%H:%M}"


def _in_stockholm(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("an aware datetime is needed")
    return moment.astimezone(STOCKHOLM)


# --- The words ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tongue:
    weekdays: tuple[str, ...]
    months: str
    at: str
    week: str
    leads: Mapping[int, str]


_TONGUES: Final = {
    "sv": _Tongue(
        weekdays=("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
        months="jan feb mars apr maj juni juli aug sep okt nov dec",
        at="kl.",
        week="v.",
        leads={0: "idag, ", 1: "imorgon, "},
    ),
    "en": _Tongue(
        weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        months="Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        at="at",
        week="week",
        leads={0: "today, ", 1: "tomorrow, "},
    ),
}


def _tongue(language: str) -> _Tongue:
    return _TONGUES["en" if language.lower().startswith("en") else "sv"]


def _lead(local: datetime, now: datetime, tongue: _Tongue) -> str:
    return tongue.leads.get((local.date() - now.date()).days, "")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the day: the time it means by itself, and the hours it can hold."""

    usual: int
    first: int
    last: int

    def hour(self, said: int) -> int:
        """The hour on the 24-hour clock for an hour said on either clock."""
        for hour in (said, (said + 12) % 24):
            if self.first <= hour <= self.last and (said <= 12 or hour == said):
                return hour
        raise Unreadable("no_such_time")


_MORNING: Final = _Part(8, 1, 11)
_FORENOON: Final = _Part(10, 6, 11)
_LUNCH: Final = _Part(12, 10, 14)
_AFTERNOON: Final = _Part(14, 12, 18)
_EVENING: Final = _Part(18, 16, 23)
_AM: Final = _Part(8, 0, 11)
_PM: Final = _Part(14, 12, 23)
_WAKING: Final = _Part(9, 7, 18)

_Words = tuple[str, ...]
_T = TypeVar("_T")
_U = TypeVar("_U")


def _table(entries: Mapping[str, _T]) -> dict[_Words, _T]:
    """A table of phrases: each key holds the spellings of one meaning, parted by bars."""
    return {
        tuple(spelling.split()): meaning
        for spellings, meaning in entries.items()
        for spelling in spellings.split("|")
    }


def _listed(*spellings: str, first: int = 0) -> dict[_Words, int]:
    return _table({spelling: number for number, spelling in enumerate(spellings, first)})


_WEEKDAYS: Final = _listed(
    "mån|må|måndag|måndagen|mandag|mon|monday",
    "tis|tisdag|tisdagen|tue|tues|tuesday",
    "ons|onsdag|onsdagen|wed|weds|wednesday",
    "tors|tor|torsdag|torsdagen|thu|thur|thurs|thursday",
    "fre|fredag|fredagen|fri|friday",
    "lör|lö|lördag|lördagen|lordag|sat|saturday",
    "sön|sö|söndag|söndagen|sondag|sun|sunday",
)
_WEEKDAYS_SV: Final = _WEEKDAYS | _table({"ti": 1, "on": 2, "to": 3, "fr": 4})

_MONTHS: Final = _listed(
    "jan|januari|january",
    "feb|febr|februari|february",
    "mar|mars|march",
    "apr|april",
    "maj|may",
    "jun|juni|june",
    "jul|juli|july",
    "aug|augusti|august",
    "sep|sept|september",
    "okt|oktober|oct|october",
    "nov|november",
    "dec|december",
    first=1,
)

_COUNTS: Final = _listed(
    "noll|zero",
    "en|ett|a|an|one",
    "två|tva|two|ett par|a couple of",
    "tre|three",
    "fyra|four",
    "fem|five",
    "sex|six",
    "sju|seven",
    "åtta|atta|eight",
    "nio|nine",
    "tio|ten",
    "elva|eleven",
    "tolv|twelve",
    "tretton|thirteen",
    "fjorton|fourteen",
    "femton|fifteen",
    "sexton|sixteen",
    "sjutton|seventeen",
    "arton|eighteen",
    "nitton|nineteen",
    "tjugo|twenty",
) | _table({"trettio|thirty": 30, "fyrtio|forty": 40, "fyrtiofem|forty five": 45})
_HOURS: Final[dict[_Words, int]] = {
    words: count
    for words, count in _COUNTS.items()
    if 1 <= count <= 12 and len(words) == 1 and words[0] not in {"en", "a", "an"}
}

_DAYS_FROM_TODAY: Final = _table(
    {
        "idag|i dag|today": 0,
        "imorgon|i morgon|imorron|i morron|imorrn|i morrn|tomorrow|tmrw": 1,
        "övermorgon|i övermorgon|iövermorgon|i över morgon|overmorgon|i overmorgon": 2,
        "övermorron|i övermorron|day after tomorrow|the day after tomorrow": 2,
        "igår|i går|yesterday": -1,
    }
)

# A span is a number of months or a number of days.
_SPAN_UNITS: Final = _table(
    {
        "d|dag|dagar|dgr|dygn|day|days": (0, 1),
        "m|mån|månad|månader|manad|manader|month|months|mth|mths": (1, 0),
        "kvartal": (3, 0),
        "halvår|halv år|halvt år": (6, 0),
        "år|ar|year|years|yr|yrs|y": (12, 0),
        "fortnight|fortnights": (0, 14),
    }
)
_SPANS: Final = _table(
    {
        "halvår|half a year": (6, 0),
        "ett och ett halvt år|a year and a half": (18, 0),
    }
)
_WEEK_UNITS: Final = _table({"v|vecka|veckor|w|wk|wks|week|weeks": None})

_HOUR_UNITS: Final = _table({"h|t|tim|timme|timmar|hr|hrs|hour|hours": 60})
_MINUTE_UNITS: Final = _table({"min|minut|minuter|mins|minute|minutes": 1})
_WAITS: Final = _table(
    {
        "en kvart|a quarter of an hour": 15,
        "en halvtimme|en halv timme|halvtimme|half an hour": 30,
        "tre kvart": 45,
        "en och en halv timme|an hour and a half|one and a half hours": 90,
    }
)

_PARTS: Final = _table(
    {
        "morgon|morgonen|på morgonen|bitti|morning|in the morning": _MORNING,
        "förmiddag|förmiddagen|på förmiddagen|fm": _FORENOON,
        "lunch|lunchen|på lunchen|vid lunch|till lunch|at lunch|lunchtime": _LUNCH,
        "eftermiddag|eftermiddagen|på eftermiddagen|em": _AFTERNOON,
        "afternoon|in the afternoon": _AFTERNOON,
        "kväll|kvällen|på kvällen|evening|in the evening": _EVENING,
    }
)
_PARTS_TODAY: Final = _table(
    {
        "this morning": _MORNING,
        "i förmiddag": _FORENOON,
        "i eftermiddag|this afternoon": _AFTERNOON,
        "ikväll|i kväll|tonight|this evening": _EVENING,
    }
)
_HALVES: Final = _table({"am|a m": _AM, "pm|p m": _PM})
_FIXED_TIMES: Final = _table(
    {"noon|at noon|midday|at midday": 12, "midnatt|vid midnatt|midnight|at midnight": 0}
)

_AT: Final = _table({"kl|klockan|at|vid": None})
_IN: Final = _table({"om|in": None})
_ON: Final = _table({"på|on|nu på|nu|kommande|coming|this|denna|this coming": None})
_THE: Final = _table({"den|the|on the": None})
_NEXT: Final = _table({"nästa|nasta|next|på nästa": 1})
_NEXT_WEEK: Final = _table({"nästa vecka|nasta vecka|next week|i nästa vecka": 1})
_WEEK: Final = _table({"v|vecka|w|wk|week|i vecka|in week|of week|i v": None})
_OF: Final = _table({"of|i": None})
_AND: Final = _table({"och|and": None})
_FROM_NOW: Final = _table({"from now|from today|framåt": None})
_ORDINAL: Final = _table({": e|: a|e|a|st|nd|rd|th": None})
_OCLOCK: Final = _table({"oclock|o'clock": None})
_QUARTER: Final = _table({"kvart|quarter|a quarter": 15})
_PAST_OR_TO: Final = _table({"över|past|after": 1, "i|to": -1})
_HALF: Final = _table({"halv": -30, "half past": 30})
_JOINTS: Final = {mark: _table({mark: None}) for mark in ":./-"}
_DECIMAL_MARKS: Final = _table({",|.": None})
_T_JOINT: Final = _table({"t": None})


# --- The line -------------------------------------------------------------------------------------

_TOKEN: Final = re.compile(r"[0-9]+|[^\W\d_]+(?:'[^\W\d_]+)*|[:./,-]|\s+|.", re.DOTALL)
_IDLE_MARK: Final = re.compile(r"(?<![0-9])[.,]|[.,](?![0-9])")
_SAME: Final = str.maketrans({"’": "'", "–": "-", "−": "-", "‑": "-", "(": " ", ")": " "})


@dataclass(frozen=True, slots=True)
class _Line:
    """The tokens of one text: runs of figures, words, and the marks that join figures."""

    tokens: tuple[str, ...]
    weekdays: Mapping[_Words, int]


def _line(text: str, language: str) -> _Line:
    text = " ".join(text.split())
    if not text:
        raise Unreadable("empty")
    if len(text) > _LONGEST_TEXT:
        raise Unreadable("unreadable")
    # Phones and Macs send "å" as one character or as two.
    plain = unicodedata.normalize("NFKC", text.translate(_SAME)).lower()
    # A stop or comma only joins when it stands between figures; after a word or before a space it
    # is punctuation.
    plain = _IDLE_MARK.sub(" ", plain)
    tokens = tuple(token for token in _TOKEN.findall(plain) if not token.isspace())
    if len(tokens) > _MOST_TOKENS:
        raise Unreadable("unreadable")
    swedish = _tongue(language) is _TONGUES["sv"]
    return _Line(tokens, _WEEKDAYS_SV if swedish else _WEEKDAYS)


# --- Small parsers --------------------------------------------------------------------------------

_Found = Iterator[tuple[_T, int]]
_Parser = Callable[[_Line, int], _Found[_T]]


def _look(table: Mapping[_Words, _T], line: _Line, at: int) -> _Found[_T]:
    """The phrases of a table that stand here, the longest first."""
    for end in range(min(at + 5, len(line.tokens)), at, -1):
        words = line.tokens[at:end]
        if words in table:
            yield table[words], end


def _past(table: Mapping[_Words, _T], line: _Line, at: int) -> Iterator[int]:
    """The positions after an optional phrase: past it when it is there, and here."""
    for _, end in _look(table, line, at):
        yield end
    yield at


def _first_of(*parsers: _Parser[_T]) -> _Parser[_T]:
    def parse(line: _Line, at: int) -> _Found[_T]:
        for parser in parsers:
            yield from parser(line, at)

    return parse


def _maybe(parser: _Parser[_T], line: _Line, at: int) -> Iterator[tuple[_T | None, int]]:
    yield from parser(line, at)
    yield None, at


def _if_any(parser: _Parser[_T], line: _Line, at: int) -> Iterator[tuple[_T | None, int]]:
    """Like `_maybe`, but what stands here may not be passed over: no year is read as a time."""
    found: list[tuple[_T | None, int]] = [*parser(line, at)]
    yield from found or [(None, at)]


def _map(change: Callable[[_T], _U], found: _Found[_T]) -> _Found[_U]:
    for value, end in found:
        yield change(value), end


def _figures(line: _Line, at: int, shortest: int, longest: int) -> _Found[str]:
    """A run of figures of a given length."""
    if at < len(line.tokens):
        token = line.tokens[at]
        if token.isascii() and token.isdecimal() and shortest <= len(token) <= longest:
            yield token, at + 1


def _number(line: _Line, at: int, shortest: int = 1, longest: int = 2) -> _Found[int]:
    yield from _map(int, _figures(line, at, shortest, longest))


def _joined(mark: str, line: _Line, at: int, shortest: int = 1, longest: int = 2) -> _Found[int]:
    """A number with a mark before it: the "/12" of "14/12"."""
    for _, after in _look(_JOINTS[mark], line, at):
        yield from _number(line, after, shortest, longest)


def _count(line: _Line, at: int) -> _Found[int]:
    yield from _number(line, at, 1, 4)
    yield from _look(_COUNTS, line, at)


# --- Times ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time as it was said, perhaps one that does not exist.

    `bare` marks a lone number, which is an hour only by where it stands.
    """

    hour: int
    minute: int = 0
    part: _Part | None = None
    bare: bool = False

    def settled(self) -> time:
        hour = self.hour if self.part is None else self.part.hour(self.hour)
        return when.clock_time(hour, self.minute)


def _spoken(hour: int, minutes: int = 0) -> _Clock:
    """A time in words: `minutes` before or after the hour, in waking hours by itself."""
    said, minute = divmod(hour * 60 + minutes, 60)
    return _Clock(23 if said < 0 else said, minute, _WAKING if hour <= 12 else None)


def _colon_clock(line: _Line, at: int) -> _Found[_Clock]:
    """9:30, 9.30 and 09:30:00."""
    for hour, after in _number(line, at):
        for mark in ":.":
            for minute, end in _joined(mark, line, after, 2, 2):
                for second, last in _joined(mark, line, end, 2, 2):
                    if second == 0:
                        yield _Clock(hour, minute), last
                yield _Clock(hour, minute), end


def _packed_clock(line: _Line, at: int) -> _Found[_Clock]:
    """930 and 1430."""
    for figures, end in _figures(line, at, 3, 4):
        yield _Clock(int(figures[:-2]), int(figures[-2:])), end


def _bare_clock(line: _Line, at: int) -> _Found[_Clock]:
    for hour, end in _number(line, at):
        yield _Clock(hour, bare=True), end


def _hour(line: _Line, at: int) -> _Found[int]:
    yield from _look(_HOURS, line, at)
    yield from _number(line, at)


def _half_clock(line: _Line, at: int) -> _Found[_Clock]:
    """Halv tio, and half past nine."""
    for minutes, after in _look(_HALF, line, at):
        for hour, end in _hour(line, after):
            yield _spoken(hour, minutes), end


def _offset_clock(line: _Line, at: int) -> _Found[_Clock]:
    """Kvart i tio, tio över nio, fem i halv tio."""
    for minutes, after in _first_of(partial(_look, _QUARTER), _count)(line, at):
        if minutes >= 30:
            continue
        for sign, to in _look(_PAST_OR_TO, line, after):
            for hour, end in _hour(line, to):
                yield _spoken(hour, sign * minutes), end
            for half, to_half in _look(_HALF, line, to):
                for hour, end in _hour(line, to_half):
                    yield _spoken(hour, half + sign * minutes), end


def _word_clock(line: _Line, at: int) -> _Found[_Clock]:
    yield from _map(_spoken, _look(_HOURS, line, at))


_plain_clock: Final = _first_of(
    _offset_clock, _half_clock, _colon_clock, _packed_clock, _bare_clock, _word_clock
)


def _marked_clock(line: _Line, at: int) -> _Found[_Clock]:
    """A clock time with "kl" before it or "pm" or "o'clock" after it, or neither."""
    for start in _past(_AT, line, at):
        for clock, after in _plain_clock(line, start):
            for half, end in _look(_HALVES, line, after):
                yield replace(clock, part=half, bare=False), end
            for _, end in _look(_OCLOCK, line, after):
                yield replace(clock, part=_WAKING, bare=False), end
            yield replace(clock, bare=clock.bare and start == at), after


def _clock(line: _Line, at: int) -> _Found[_Clock]:
    """A time of day: a clock time, a part of the day, or both in either order."""
    for clock, after in _marked_clock(line, at):
        for part, end in _look(_PARTS, line, after):
            yield replace(clock, part=part, bare=False), end
        yield clock, after
    yield from _in_part(_PARTS, line, at)
    for hour, end in _look(_FIXED_TIMES, line, at):
        yield _Clock(hour), end


def _in_part(parts: Mapping[_Words, _Part], line: _Line, at: int) -> _Found[_Clock]:
    """Ikväll, ikväll halv åtta."""
    for part, after in _look(parts, line, at):
        for clock, end in _marked_clock(line, after):
            yield replace(clock, part=part, bare=False), end
        yield _Clock(part.usual), after


# --- Days -----------------------------------------------------------------------------------------

_Day = Callable[[date], date]
_DayOfWeek = Callable[[int], _Day]


def _weekday(line: _Line, at: int) -> _Found[int]:
    for start in _past(_ON, line, at):
        yield from _look(line.weekdays, line, start)


def _span(line: _Line, at: int) -> _Found[_Day]:
    """Om 3 dagar, 2 mån, ett halvår, om tre veckor."""
    for start in _past(_IN, line, at):
        for (months, days), after in _span_amount(line, start):
            day: _Day = (
                partial(when.months_ahead, months) if months else partial(when.days_ahead, days)
            )
            for end in _past(_FROM_NOW, line, after):
                yield day, end


def _span_amount(line: _Line, at: int) -> _Found[tuple[int, int]]:
    yield from _look(_SPANS, line, at)
    for count, after in _count(line, at):
        for (months, days), end in _look(_SPAN_UNITS, line, after):
            yield (count * months, count * days), end
    for weeks, end in _weeks(line, at):
        yield (0, 7 * weeks), end


def _weeks(line: _Line, at: int) -> _Found[int]:
    for count, after in _count(line, at):
        for _, end in _look(_WEEK_UNITS, line, after):
            yield count, end


def _year(line: _Line, at: int) -> _Found[int]:
    """A year after a date or week. Four figures that make no likely year are left to be a time."""
    for year, end in _number(line, at, 4, 4):
        if 2000 <= year < 2200:
            yield year, end


def _numbered_week(line: _Line, at: int) -> _Found[_DayOfWeek]:
    """V49, vecka 49, week 49 2027, 2026-W49."""
    for number, after in _week_number(line, at):
        for year, end in _if_any(_year, line, after):
            yield partial(_of_week, number, year), end
    for year, after in _year(line, at):
        for start in _past(_JOINTS["-"], line, after):
            for number, end in _week_number(line, start):
                yield partial(_of_week, number, year), end


def _week_number(line: _Line, at: int) -> _Found[int]:
    for _, after in _look(_WEEK, line, at):
        yield from _number(line, after)


def _of_week(number: int, year: int | None, weekday: int) -> _Day:
    return partial(when.weekday_of_week, number, year, weekday)


def _weeks_on(weeks: int, weekday: int) -> _Day:
    return partial(when.weekday_weeks_ahead, weeks, weekday)


def _coming_week(line: _Line, at: int) -> _Found[_DayOfWeek]:
    """Nästa vecka."""
    for weeks, end in _look(_NEXT_WEEK, line, at):
        yield partial(_weeks_on, weeks), end


def _week_some_on(line: _Line, at: int) -> _Found[_DayOfWeek]:
    """Om två veckor, where a weekday stands beside it."""
    for start in _past(_IN, line, at):
        for weeks, after in _weeks(line, start):
            for end in _past(_FROM_NOW, line, after):
                yield partial(_weeks_on, weeks), end


_named_week: Final = _first_of(_numbered_week, _coming_week)
_any_week: Final = _first_of(_named_week, _week_some_on)


def _weekday_in_week(line: _Line, at: int) -> _Found[_Day]:
    """Tis v 49, v 49 tis, fredag om två veckor, and v 49 alone for its Monday."""
    for weekday, after in _weekday(line, at):
        for week, end in _any_week(line, after):
            yield week(weekday), end
    for week, after in _any_week(line, at):
        for weekday, end in _weekday(line, after):
            yield week(weekday), end
    for week, end in _named_week(line, at):
        yield week(0), end


def _lone_weekday(line: _Line, at: int) -> _Found[_Day]:
    """På fredag, nästa fredag."""
    for weekday, end in _weekday(line, at):
        yield partial(when.weekday_ahead, weekday), end
    for weeks, after in _look(_NEXT, line, at):
        for weekday, end in _look(line.weekdays, line, after):
            yield _weeks_on(weeks, weekday), end


def _near_day(line: _Line, at: int) -> _Found[_Day]:
    for days, end in _look(_DAYS_FROM_TODAY, line, at):
        yield partial(when.days_ahead, days), end


# --- Dates ----------------------------------------------------------------------------------------


def _on_date(day: int, month: int, year: int | None) -> _Day:
    if year is None:
        return partial(when.day_of_year, month, day)
    return partial(when.exact_day, year, month, day)


def _iso_date(line: _Line, at: int) -> _Found[_Day]:
    """2027-03-01, with a T before a time."""
    for year, after_year in _number(line, at, 4, 4):
        for month, after_month in _joined("-", line, after_year):
            for day, after in _joined("-", line, after_month):
                for end in _past(_T_JOINT, line, after):
                    yield _on_date(day, month, year), end


def _packed_date(line: _Line, at: int) -> _Found[_Day]:
    """20270301 and 270301."""
    for figures, after in _first_of(_eight_figures, _six_figures)(line, at):
        year, month, day = int(figures[:4]), int(figures[4:6]), int(figures[6:])
        for end in _past(_T_JOINT, line, after):
            yield _on_date(day, month, year), end


def _eight_figures(line: _Line, at: int) -> _Found[str]:
    yield from _figures(line, at, 8, 8)


def _six_figures(line: _Line, at: int) -> _Found[str]:
    yield from _map("20{}".format, _figures(line, at, 6, 6))


def _slash_date(line: _Line, at: int) -> _Found[_Day]:
    """14/12, 14/12-26, 14/12/2026, 14/12 2026."""
    for day, after_day in _number(line, at):
        for month, after in _joined("/", line, after_day):
            for year, end in _if_any(_joined_year, line, after):
                yield _on_date(day, month, year), end


def _joined_year(line: _Line, at: int) -> _Found[int]:
    for mark in "-/":
        yield from _joined(mark, line, at, 4, 4)
        for year, end in _joined(mark, line, at, 2, 2):
            yield 2000 + year, end
    yield from _year(line, at)


def _full_date(line: _Line, at: int) -> _Found[_Day]:
    """14.12.2026 and 14-12-2026: only the year tells these from a time."""
    for mark in ".-":
        for day, after_day in _number(line, at):
            for month, after_month in _joined(mark, line, after_day):
                for year, end in _joined(mark, line, after_month, 4, 4):
                    yield _on_date(day, month, year), end


def _ordinal(line: _Line, at: int) -> _Found[int]:
    """14, 14:e, 14th."""
    for day, after in _number(line, at):
        for end in _past(_ORDINAL, line, after):
            yield day, end


def _named_date(line: _Line, at: int) -> _Found[_Day]:
    """14 dec, den 14:e december 2026, 14th of December, December 14."""
    for day, month, after in _day_and_month(line, at):
        for year, end in _if_any(_year, line, after):
            yield _on_date(day, month, year), end


def _day_and_month(line: _Line, at: int) -> Iterator[tuple[int, int, int]]:
    for day, after in _ordinal(line, at):
        for start in _past(_OF, line, after):
            for month, end in _look(_MONTHS, line, start):
                yield day, month, end
    for month, after in _look(_MONTHS, line, at):
        for start in _past(_THE, line, after):
            for day, end in _ordinal(line, start):
                yield day, month, end


def _date_of_month(line: _Line, at: int) -> _Found[_Day]:
    """Den 14, 14:e: a lone 14 would be an hour."""
    for _, start in _look(_THE, line, at):
        for day, end in _ordinal(line, start):
            yield partial(when.day_of_month, day), end
    for day, after in _number(line, at):
        for _, end in _look(_ORDINAL, line, after):
            yield partial(when.day_of_month, day), end


_written_date: Final = _first_of(_iso_date, _packed_date, _full_date, _slash_date, _named_date)


def _date(line: _Line, at: int) -> _Found[_Day]:
    for start in _past(_THE, line, at):
        yield from _written_date(line, start)
    yield from _date_of_month(line, at)


# --- Days said twice ------------------------------------------------------------------------------


def _checked_weekday(day: _Day, weekday: int, today: date) -> date:
    found = day(today)
    if found.weekday() != weekday:
        raise Unreadable("wrong_weekday")
    return found


def _checked_week(day: _Day, week: int, today: date) -> date:
    found = day(today)
    if found.isocalendar().week != week:
        raise Unreadable("wrong_week")
    return found


def _checked_day(day: _Day, other: _Day, today: date) -> date:
    found = day(today)
    if found != other(today):
        raise Unreadable("days_disagree")
    return found


def _weekday_date(line: _Line, at: int) -> _Found[_Day]:
    """14 dec, and mån 14 dec."""
    for weekday, after in _weekday(line, at):
        for day, end in _date(line, after):
            yield partial(_checked_weekday, day, weekday), end
    yield from _date(line, at)


def _near_date(line: _Line, at: int) -> _Found[_Day]:
    """Imorgon tisdag, imorgon tis 24 nov."""
    for near, after in _near_day(line, at):
        for day, end in _weekday_date(line, after):
            yield partial(_checked_day, day, near), end
        for weekday, end in _weekday(line, after):
            yield partial(_checked_weekday, near, weekday), end


_dated: Final = _first_of(_near_date, _weekday_date)
_word_day: Final = _first_of(_near_day, _near_date, _lone_weekday)
_day: Final = _first_of(_near_day, _dated, _span, _weekday_in_week, _lone_weekday)


# --- Whole phrases --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A day, a time or both; or a wait, counted in real minutes from now."""

    day: _Day | None = None
    clock: _Clock | None = None
    wait: int | None = None


def _phrases(line: _Line) -> Iterator[_Phrase]:
    """The readings that use up the whole line, the likeliest first."""
    for phrase, end in _phrase(line, 0):
        if end == len(line.tokens):
            yield phrase


def _day_then_time(line: _Line, at: int) -> _Found[_Phrase]:
    for day, after in _day(line, at):
        yield _Phrase(day=day), after
        for clock, end in _clock(line, after):
            yield _Phrase(day=day, clock=clock), end


def _time_then_day(line: _Line, at: int) -> _Found[_Phrase]:
    """Kl 10 på fredag. A bare number comes first only before a day in words: 9 imorgon."""
    for clock, after in _clock(line, at):
        for day, end in (_word_day if clock.bare else _day)(line, after):
            yield _Phrase(day=day, clock=clock), end


def _date_then_week(line: _Line, at: int) -> _Found[_Phrase]:
    """Mån 14 dec 2026 kl. 09:00 (v. 51): the week is a check."""
    for day, after in _dated(line, at):
        for clock, then in _maybe(_clock, line, after):
            for week, end in _week_number(line, then):
                yield _Phrase(day=partial(_checked_week, day, week), clock=clock), end


def _weekday_time_week(line: _Line, at: int) -> _Found[_Phrase]:
    """Tis kl 10 v 49: the week chooses the day."""
    for weekday, after in _weekday(line, at):
        for clock, then in _clock(line, after):
            for week, end in _any_week(line, then):
                yield _Phrase(day=week(weekday), clock=clock), end


def _part_of_today(line: _Line, at: int) -> _Found[_Phrase]:
    """Ikväll, ikväll 20:30, kl 8 ikväll, tonight at 8."""
    today: _Day = partial(when.days_ahead, 0)
    for clock, end in _in_part(_PARTS_TODAY, line, at):
        yield _Phrase(day=today, clock=clock), end
    for clock, after in _marked_clock(line, at):
        for part, end in _look(_PARTS_TODAY, line, after):
            yield _Phrase(day=today, clock=replace(clock, part=part)), end


def _lone_time(line: _Line, at: int) -> _Found[_Phrase]:
    for clock, end in _clock(line, at):
        yield _Phrase(clock=clock), end


def _wait(line: _Line, at: int) -> _Found[_Phrase]:
    """Om 2 timmar, om 30 min, 1h 30min, om en kvart."""
    for start in _past(_IN, line, at):
        for minutes, after in _minutes(line, start):
            for end in _past(_FROM_NOW, line, after):
                yield _Phrase(wait=minutes), end


def _minutes(line: _Line, at: int) -> _Found[int]:
    yield from _look(_WAITS, line, at)
    yield from _amount(_MINUTE_UNITS, line, at)
    for hours, after in _amount(_HOUR_UNITS, line, at):
        for start in _past(_AND, line, after):
            for minutes, end in _amount(_MINUTE_UNITS, line, start):
                yield hours + minutes, end
        yield hours, after
    yield from _decimal_hours(line, at)


def _decimal_hours(line: _Line, at: int) -> _Found[int]:
    """1,5 h and 0.75 tim."""
    for hours, after in _number(line, at):
        for _, past_mark in _look(_DECIMAL_MARKS, line, after):
            for figures, then in _figures(line, past_mark, 1, 2):
                for size, end in _look(_HOUR_UNITS, line, then):
                    yield round(float(f"{hours}.{figures}") * size), end


def _amount(units: Mapping[_Words, int], line: _Line, at: int) -> _Found[int]:
    for count, after in _count(line, at):
        for size, end in _look(units, line, after):
            yield count * size, end


_phrase: Final = _first_of(
    _day_then_time,
    _date_then_week,
    _weekday_time_week,
    _part_of_today,
    _wait,
    _lone_time,
    _time_then_day,
)


# --- Counting out ---------------------------------------------------------------------------------


def _first_that_exists(text: str, language: str, now: datetime, default_time: time) -> Reading:
    complaint: Unreadable | None = None
    for phrase in _phrases(_line(text, language)):
        try:
            return _settle(phrase, now, default_time)
        except Unreadable as unreadable:
            complaint = complaint or unreadable
    raise complaint or Unreadable("unreadable")


def _settle(phrase: _Phrase, now: datetime, default_time: time) -> Reading:
    if phrase.wait is not None:
        return Reading(_after(phrase.wait, now), time_given=True)
    if phrase.clock is None:
        clock = default_time.replace(second=0, microsecond=0)
    else:
        clock = phrase.clock.settled()
    if phrase.day is None:
        return Reading(_next_time(clock, now), time_given=True)
    moment = when.stockholm(phrase.day(now.date()), clock)
    return Reading(moment, time_given=phrase.clock is not None)


def _after(minutes: int, now: datetime) -> datetime:
    # Counted in UTC: adding to a Stockholm time would skip or repeat the hour of a clock change.
    later = now.astimezone(UTC) + timedelta(minutes=minutes)
    return later.astimezone(STOCKHOLM).replace(second=0, microsecond=0)


def _next_time(clock: time, now: datetime) -> datetime:
    """Today at `clock` when that is still ahead, else tomorrow."""
    today = now.date()
    if clock > now.time():
        moment = when.stockholm(today, clock)
        # On the autumn night the clocks may show an hour that has already been once.
        if moment.astimezone(UTC) > now.astimezone(UTC):
            return moment
    return when.stockholm(when.days_ahead(1, today), clock)
