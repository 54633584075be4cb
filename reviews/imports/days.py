"""Days as agencies write them: the forms that are known, reading a cell by them, and saying them in words."""

import datetime as dt
import re
from collections.abc import Sequence

# The form that is always understood, and days as a spreadsheet program counts them.
ISO, SERIAL = "%Y-%m-%d", "serial"

# The forms with an example of each. Month first comes before day first: it is how most member agencies write; where
# both fit, the page says so and asks.
FORMS = {
    ISO: "2019-03-24",
    "%m/%d/%Y": "03/24/2019",
    "%d/%m/%Y": "24/03/2019",
    "%m/%d/%y": "03/24/19",
    "%d.%m.%Y": "24.03.2019",
    "%m-%d-%Y": "03-24-2019",
    "%Y/%m/%d": "2019/03/24",
    "%d-%b-%Y": "24-Mar-2019",
    "%d-%b-%y": "24-Mar-19",
    "%b %d, %Y": "Mar 24, 2019",
    "%B %d, %Y": "March 24, 2019",
    SERIAL: "43548, a day as a spreadsheet program counts it",
}
_LONGEST = 40
_BEGINS_AS_ISO = re.compile(r"\s*\d{4}-\d\d-\d\d\b")  # a time may follow, as in the cells of a workbook


def day_of(text: str, forms: Sequence[str]) -> dt.date | None:
    """The day that a cell says in one of these forms. A day written as 2019-03-04, as the day cells of workbooks
    come, is one whatever the form."""
    for form in (*forms, ISO):
        try:
            if form == SERIAL:
                return _of_serial(float(text))
            if form == ISO and _BEGINS_AS_ISO.match(text):
                return dt.datetime.fromisoformat(text.strip()).date()
            return dt.datetime.strptime(text.strip()[:_LONGEST], form).date()  # noqa: DTZ007 (a day has no zone)
        except (ValueError, OverflowError):
            continue
    return None


def in_words(forms: Sequence[str]) -> str:
    """`like 03/24/2019 or like 24-Mar-19`; a form that is not of the list as its own letters."""
    return " or ".join(f"like {FORMS.get(form, form)}" for form in forms)


def _of_serial(number: float) -> dt.date:
    """The day that a spreadsheet program counts, 1 being the first of 1900; it counts a 29 February 1900 (day 60)
    that never was. Raises ValueError for numbers before it and after 2200."""
    if not 61 <= number < 110_000:
        raise ValueError
    return dt.date(1899, 12, 30) + dt.timedelta(days=int(number))
