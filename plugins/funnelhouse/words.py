"""Words, numbers and days for people in English, Vietnamese and Amharic.

English texts are written in the code and the templates; the others are gettext catalogues in `locale/`, read as they
are, so that a translator edits one text file and nothing is compiled. A test fails on a text without a translation and
on a translation that nothing uses.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "vi", "am")
CATALOGUES = Path(__file__).parent / "locale"
UNKNOWN = "–"
"""What stands for something nobody knows."""


def catalogue_paths(language: str) -> list[Path]:
    """Files with the translations of a language other than English; each text stands in one of them."""
    return sorted((CATALOGUES / language / "LC_MESSAGES").glob("*.po"))


@cache
def _translations(language: str) -> dict[str, str]:
    if language == "en":
        return {}
    from babel.messages.pofile import read_po

    texts: dict[str, str] = {}
    for path in catalogue_paths(language):
        with path.open("rb") as file:
            texts |= {str(one.id): str(one.string) for one in read_po(file) if one.id and one.string}
    return texts


class Words:
    """Texts and formats of one language. Raises KeyError for a language there is no catalogue of."""

    def __init__(self, language: str, currency: str) -> None:
        from babel import Locale

        if language not in LANGUAGES:
            raise KeyError(language)
        self.language = language
        self.currency = currency
        self.locale = Locale.parse(language)
        self.is_right_to_left = self.locale.text_direction == "rtl"

    def text(self, english: str, **values: object) -> str:
        """The text in this language; `{name}` in it is replaced by the value of that name."""
        said = _translations(self.language).get(english, english)
        return said.format(**values) if values else said

    def number(self, value: Decimal | float | int | None, places: int = 0) -> str:
        """A number with its groups; a dash if it is unknown."""
        from babel.numbers import format_decimal

        if value is None:
            return UNKNOWN
        # Adding 0 takes the sign off a zero that a small negative number was rounded to.
        rounded = round(Decimal(str(value)), places) + 0
        return str(format_decimal(rounded, format=_pattern(places), locale=self.locale))

    def share(self, value: Decimal | float | None) -> str:
        """A share as a percentage with one place."""
        from babel.numbers import format_percent

        if value is None:
            return UNKNOWN
        rounded = round(Decimal(str(value)), 3) + 0
        return str(format_percent(rounded, format="#,##0.0%", locale=self.locale))

    def money(
        self, value: Decimal | float | None, currency: str | None = None, *, is_change: bool = False
    ) -> str:  # fmt: skip
        """An amount without cents, by default in the reporting currency; of a change the sign is always written."""
        from babel.numbers import format_currency

        if value is None:
            return UNKNOWN
        code = currency or self.currency
        pattern = "+#,##0 ¤¤;-#,##0 ¤¤" if is_change else "#,##0 ¤¤"
        amount = round(Decimal(str(value)))
        return str(format_currency(amount, code, format=pattern, locale=self.locale, currency_digits=False))

    def day(self, value: date | None) -> str:
        """A day as people of the language write it, the month as a word."""
        from babel.dates import format_date

        return UNKNOWN if value is None else str(format_date(value, format="medium", locale=self.locale))

    def amount(self, value: Any) -> str:
        """An amount of the reporting currency without its name: cents below 100 only, where the currency has any."""
        if value is None:
            return UNKNOWN
        return self.number(value, 0 if abs(value) >= 100 or not value else self._cents)

    @property
    def _cents(self) -> int:
        from babel.numbers import get_currency_precision

        return int(get_currency_precision(self.currency))

    def compact(self, value: Any) -> str:
        """A large number in few characters, as people of the language shorten it: 1.6M, 1,6 Tr, 1.6 ሚ."""
        from babel.numbers import format_compact_decimal

        if value is None:
            return UNKNOWN
        places = 1 if abs(value) >= 1000 or not float(value).is_integer() else 0
        return str(format_compact_decimal(Decimal(str(value)), locale=self.locale, fraction_digits=places))

    def points(self, value: Decimal | float | None) -> str:
        """A change of a rate in percentage points, always with its sign."""
        if value is None:
            return UNKNOWN
        return self.text("{points} points", points=self.signed(Decimal(str(value)) * 100, 1))

    def signed(self, value: Decimal | float | None, places: int = 0) -> str:
        """A number with its sign."""
        if value is None:
            return UNKNOWN
        said = self.number(value, places)
        return f"+{said}" if round(Decimal(str(value)), places) > 0 else said

    def month(self, value: date | None) -> str:
        """A month and its year."""
        from babel.dates import format_skeleton

        return UNKNOWN if value is None else str(format_skeleton("yMMM", value, locale=self.locale))

    def moment(self, value: datetime | None) -> str:
        """A moment in UTC, to the minute, by a clock of 24 hours."""
        return UNKNOWN if value is None else f"{self.day(value)}, {value:%H:%M} UTC"

    def goal_value(self, row: dict[str, Any], value: Any) -> str:
        """A value of a goal; `row` says whether it is a rate (is_rate) or money (currency)."""
        if value is None:
            return UNKNOWN
        if row.get("is_rate"):
            return self.share(value)
        if row.get("currency"):
            return self.money(value, row["currency"])
        return self.number(value, 0 if float(value).is_integer() else 1)


def _pattern(places: int) -> str:
    return "#,##0" + ("." + "0" * places if places else "")
