"""Dates, times and durations (XML Schema Datatypes 3.2.6 to 3.2.14 and appendix D).

Where Jing and the specification differ on texts that hardly occur, the specification is followed: ``24:00:00`` is
the end of a day, time zones reach to 14:00 on both sides, and a decimal point is followed by digits. The year 0000
does not exist in version 1.0, and the year before 0001 is -0001. A leap second, ``:60``, is allowed after any minute.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .datatypes import BOUNDS, PATTERN, Datatype, Namespaces, Parameters

_YEAR = "(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
_MONTH = "(?P<month>0[1-9]|1[0-2])"
_DAY = "(?P<day>0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?P<hour>[01][0-9]|2[0-4]):(?P<minute>[0-5][0-9]):(?P<second>(?:[0-5][0-9]|60)(?:\.[0-9]+)?)"
_ZONE = "(?P<zone>Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"

_SHAPES: dict[str, tuple[str, str]] = {
    "dateTime": (f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}", "a date and time such as 2024-05-31T13:20:00Z"),
    "date": (f"{_YEAR}-{_MONTH}-{_DAY}", "a date such as 2024-05-31"),
    "time": (_TIME, "a time such as 13:20:00"),
    "gYearMonth": (f"{_YEAR}-{_MONTH}", "a month of a year such as 2024-05"),
    "gYear": (_YEAR, "a year such as 2024"),
    "gMonthDay": (f"--{_MONTH}-{_DAY}", "a day of a month such as --05-31"),
    "gDay": (f"---{_DAY}", "a day such as ---31"),
    "gMonth": (f"--{_MONTH}", "a month such as --05"),
}

_LEAP_YEAR = 2000
"""Stands in where a type has no year: any day of any month exists in it."""

_DAY_SECONDS = 86400
_ZONE_LIMIT = 14 * 3600

_YEAR_DIGITS = 4000
"""`int` refuses not many more."""

Instant = tuple[int, Decimal]
"""Whole seconds since the start of year 1 and the fraction after them; within a leap second, the seconds up to its end
and the fraction that is missing there, negative."""


class Moment(Datatype):
    """The types that name a point or a stretch of the calendar, with or without a time zone.

    A value is whether there is a time zone, and the instant. Values with and without one are never equal, and ordered
    only when fourteen hours to either side do not matter (3.2.7.3).
    """

    facets = BOUNDS | PATTERN
    is_named = True

    def __init__(self, library: str, type: str, params: Parameters = ()) -> None:
        shape, self.noun = _SHAPES[type]
        self._match = re.compile(shape + _ZONE).fullmatch
        super().__init__(library, type, params)

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        match = self._match(text)
        if match is None:
            raise ValueError(f"is not {self.noun}")
        parts = match.groupdict()
        day = _day_number(_year(parts), int(parts.get("month") or 1), int(parts.get("day") or 1))
        seconds, fraction = _time_of_day(parts)
        zone = parts["zone"]
        return zone is not None, (day * _DAY_SECONDS + seconds - _zone_seconds(zone), fraction)

    def compare(self, value: Any, other: Any) -> int | None:
        (zoned, instant), (other_zoned, other_instant) = value, other
        if zoned == other_zoned:
            return super().compare(instant, other_instant)
        if not other_zoned:
            order = self.compare(other, value)
            return None if order is None else -order
        second, fraction = instant
        if (second + _ZONE_LIMIT, fraction) < other_instant:
            return -1
        return 1 if (second - _ZONE_LIMIT, fraction) > other_instant else None


def _year(parts: dict[str, str | None]) -> int:
    year = parts.get("year") or str(_LEAP_YEAR)
    if len(year) > _YEAR_DIGITS:
        raise ValueError(f"has a year of more than {_YEAR_DIGITS} digits")
    return int(year)


def _day_number(year: int, month: int, day: int) -> int:
    """Days since the start of year 1 of the calendar without a year 0, which repeats every 400 years."""
    if not year:
        raise ValueError("has the year 0000, which does not exist")
    astronomical = year if year > 0 else year + 1
    cycles, place = divmod(astronomical - 1, 400)
    try:
        return cycles * 146097 + date(place + 1, month, day).toordinal() - 1
    except ValueError:
        raise ValueError(f"has the day {day}, which that month does not have") from None


def _time_of_day(parts: dict[str, str | None]) -> Instant:
    if parts.get("hour") is None:
        return 0, Decimal(0)
    hour, minute = int(parts["hour"] or 0), int(parts["minute"] or 0)
    second, _, digits = (parts["second"] or "").partition(".")
    seconds, fraction = int(second), Decimal(f"0.{digits or 0}")
    if hour == 24 and (minute or seconds or fraction):
        raise ValueError("has a time after 24:00:00")
    if seconds == 60:
        fraction -= 1
    return hour * 3600 + minute * 60 + seconds, fraction


def _zone_seconds(zone: str | None) -> int:
    if zone is None or zone == "Z":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return -seconds if zone[0] == "-" else seconds


_duration = re.compile(
    r"(-)?P(?=[0-9T])(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?"
    r"(?:T(?=[0-9.])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]*)?|\.[0-9]+)S)?)?"
).fullmatch

_REFERENCES = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))
"""Year and month of the four moments that decide the order of durations (3.2.6.2)."""


class Duration(Datatype):
    """``duration``: six numbers with a common sign. Two durations are the same where all six are; their order is that
    of the moments that lie so far from four reference moments."""

    noun = "a duration such as P1Y2M3DT4H5M6S"
    facets = BOUNDS | PATTERN

    def read(self, text: str, namespaces: Namespaces | None) -> Any:
        match = _duration(text)
        if match is None:
            raise ValueError(f"is not {self.noun}")
        parts = (Decimal(part or 0) for part in match.groups()[1:])
        return tuple(part.copy_negate() for part in parts) if match[1] else tuple(parts)

    def compare(self, value: Any, other: Any) -> int | None:
        compare = super().compare
        orders = {compare(_after(value, *reference), _after(other, *reference)) for reference in _REFERENCES}
        return orders.pop() if len(orders) == 1 else None


def _after(duration: tuple[Decimal, ...], year: int, month: int) -> tuple[int, Fraction]:
    """The second at which a duration ends that starts with the given month, in two exact parts."""
    years, months, days, hours, minutes, seconds = duration
    total = (year + int(years)) * 12 + month - 1 + int(months)
    cycles, place = divmod(total - 12, 4800)
    start = cycles * 146097 + date(place // 12 + 1, place % 12 + 1, 1).toordinal()
    whole = ((start + int(days)) * 24 + int(hours)) * 3600 + int(minutes) * 60
    carried, fraction = divmod(Fraction(seconds), 1)
    return whole + carried, fraction


TYPES: Mapping[str, type[Datatype]] = {"duration": Duration, **dict.fromkeys(_SHAPES, Moment)}
