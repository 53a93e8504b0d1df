"""Converters for dates, with and without a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from .converters import Converter, wrong_type

if TYPE_CHECKING:
    from datetime import date, datetime


class DateConverter(Converter["date"]):
    """Dates of the years 0001 to 9999. A time zone belongs to the spelling of a date, not to its value."""

    __slots__ = ()
    expected = ("a date such as 2024-05-31, of the years 0001 to 9999",)

    def read(self, text: str) -> date:
        found = re.fullmatch(_DATE, text.strip(" \t\r\n"))
        value: date = _calendar().date.fromisoformat(found[1] if found else "")
        return value

    def spellings(self, value: date) -> Iterator[str]:
        if not isinstance(value, _calendar().date) or isinstance(value, _calendar().datetime):
            raise wrong_type(value, "a date")
        yield value.isoformat()
        yield f"{value.isoformat()}Z"


class DateTimeConverter(Converter["datetime"]):
    """Dates with a time, of the years 0001 to 9999, with or without a time zone. What is smaller than a microsecond
    belongs to the spelling."""

    __slots__ = ()
    expected = ("a date and time such as 2024-05-31T13:20:00Z, of the years 0001 to 9999",)

    def read(self, text: str) -> datetime:
        found = re.fullmatch(_DATE_AND_TIME, text.strip(" \t\r\n"))
        day, time, fraction, zone = found.groups("") if found else ("", "", "", "")
        is_end = time == "24:00:00" and not fraction.strip(".0")
        moment = f"{day}T{'00:00:00' if is_end else time}{fraction[:7].ljust(7, '0') if fraction else ''}{zone}"
        value: datetime = _calendar().datetime.fromisoformat(moment) + _calendar().timedelta(days=is_end)
        return value

    def spellings(self, value: datetime) -> Iterator[str]:
        if not isinstance(value, _calendar().datetime):
            raise wrong_type(value, "a date with a time")
        text = value.replace(tzinfo=None).isoformat()
        offset = value.utcoffset()
        if offset is not None and offset % _calendar().timedelta(minutes=1):
            raise ValueError(f"{value!r} has a time zone with seconds, which XML Schema does not allow")
        written = value.isoformat()[len(text) :]
        for zone in ("Z", written) if offset is not None and not offset else (written,):
            if value.microsecond:
                yield text.rstrip("0") + zone
            yield text + zone


_DATE = "([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?"
_DATE_AND_TIME = r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})?"


@cache
def _calendar() -> Any:
    import datetime

    return datetime
