"""Exchange rates of the sample and the one rule by which its truth converts money.

Rates are published on the first of each month: EUR to USD directly, USD to VND only (so VND needs the inverse and
EUR to VND the cross). The rate of an event is the latest one on or before its day.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from sample_company.chance import Chance
from sample_company.company import EXPONENT, REPORTING_CURRENCY


def month_start(day: date, shift: int = 0) -> date:
    """First day of the month `shift` months after the month of `day`."""
    index = day.year * 12 + day.month - 1 + shift
    return date(index // 12, index % 12 + 1, 1)


@cache
def monthly_rate(seed: int, pair: str, month: date) -> Decimal:
    """The rate published on the first of `month` for `EURUSD` or `USDVND`."""
    wobble = Chance(seed, "fx", pair, month).within(-1, 1)
    if pair == "EURUSD":
        return (Decimal("1.0850") + Decimal(str(round(wobble * 0.03, 4)))).quantize(Decimal("0.0001"))
    return Decimal(25_400 + round(wobble * 350))


def rate_to_usd(seed: int, currency: str, day: date) -> Decimal:
    """The rate from `currency` to USD on `day`."""
    if currency == REPORTING_CURRENCY:
        return Decimal(1)
    if currency == "EUR":
        return monthly_rate(seed, "EURUSD", month_start(day))
    return Decimal(1) / monthly_rate(seed, "USDVND", month_start(day))


def to_usd(seed: int, amount: Decimal, currency: str, day: date, places: int = 2) -> Decimal:
    """`amount` in USD by the rate of `day`, rounded half up to `places` decimals."""
    exact = amount * rate_to_usd(seed, currency, day)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def rounded(amount: float | Decimal, currency: str) -> Decimal:
    """`amount` in whole units of the currency's smallest coin."""
    value = amount if isinstance(amount, Decimal) else Decimal(str(round(amount, 6)))
    return value.quantize(Decimal(1).scaleb(-EXPONENT[currency]), ROUND_HALF_UP)
