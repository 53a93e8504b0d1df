"""The texts of dates, times and durations as regular expressions: exactly what `runtime.time_types` reads.

The calendar is in the expressions: the days of each month, and the leap years. There is no year 0, so the year before
0001 is -0001, and the negative leap years are -0001, -0005, and so on. One difference is left: the runtime refuses
years of more than 4000 digits.
"""

from __future__ import annotations

_ZONE = "(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
_YEAR = "-?(?:[1-9][0-9]{3,}|0(?:[1-9][0-9]{2}|0[1-9][0-9]|00[1-9]))"

_CENTURY = "(?:[1-9][0-9]+|0[0-9])"
_FOURTH = "(?:0[48]|[2468][048]|[13579][26]|[1-9][0-9]*(?:[02468][048]|[13579][26]))"
_LEAP = (
    f"(?:{_CENTURY}(?:0[48]|[2468][048]|[13579][26])|{_FOURTH}00"
    f"|-(?:{_CENTURY}(?:0[59]|[2468][159]|[13579][37])|(?:00|{_FOURTH})01))"
)

_LONG = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
_SHORT = "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
_FEBRUARY = "02-(?:0[1-9]|1[0-9]|2[0-8])"
_DATE = f"(?:{_YEAR}-(?:{_LONG}|{_SHORT}|{_FEBRUARY})|{_LEAP}-02-29)"
_TIME = r"(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?|24:00:00(?:\.0+)?)"

_SECONDS = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)S"
_DAYS = "(?:[0-9]+Y(?:[0-9]+M)?(?:[0-9]+D)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)"
_CLOCK = f"T(?:[0-9]+H(?:[0-9]+M)?(?:{_SECONDS})?|[0-9]+M(?:{_SECONDS})?|{_SECONDS})"

CALENDAR_FORMS = {
    "dateTime": f"{_DATE}T{_TIME}{_ZONE}",
    "date": f"{_DATE}{_ZONE}",
    "time": f"{_TIME}{_ZONE}",
    "gYearMonth": f"{_YEAR}-(?:0[1-9]|1[0-2]){_ZONE}",
    "gYear": f"{_YEAR}{_ZONE}",
    "gMonthDay": f"--(?:{_LONG}|{_SHORT}|{_FEBRUARY}|02-29){_ZONE}",
    "gDay": f"---(?:0[1-9]|[12][0-9]|3[01]){_ZONE}",
    "gMonth": f"--(?:0[1-9]|1[0-2]){_ZONE}",
    "duration": f"-?P(?:{_DAYS}(?:{_CLOCK})?|{_CLOCK})",
}
"""By the type's name, over texts with normalised white space."""
