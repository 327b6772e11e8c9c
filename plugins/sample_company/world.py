"""The frame of one sample: seed, first and last day, volume."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sample_company.money import month_start

DAY = timedelta(days=1)
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
"""English month names, whatever the machine's locale."""


@dataclass(frozen=True)
class World:
    """The story runs from `start` to `end`, both inclusive; `scale` multiplies its volume (1 = the demo)."""

    seed: int
    start: date
    end: date
    scale: float

    def days(self) -> Iterator[date]:
        """Every day of the story in order."""
        day = self.start
        while day <= self.end:
            yield day
            day += DAY

    @property
    def cutoff(self) -> datetime:
        """The instant after the last day (UTC); nothing later has happened."""
        return midnight(self.end + DAY)

    @property
    def exported(self) -> datetime:
        """When the newest exports were made: the morning after the last day (UTC)."""
        return self.cutoff + timedelta(hours=5)

    def growth(self, day: date) -> float:
        """How much bigger the company is on `day` than in November 2024 (about 1.5 per cent a month)."""
        return 1.0 + 0.015 * ((day.year - 2024) * 12 + day.month - 11)


def make_world(*, months: int, end: date, scale: float, seed: int) -> World:
    """The frame of a sample of `months` calendar months, the last one being the month of `end`.

    Raises ValueError if there is no month or no volume.
    """
    if months < 1:
        raise ValueError(f"months={months} must be at least 1")
    if scale <= 0:
        raise ValueError(f"scale={scale} must be above 0")
    return World(seed, month_start(end, 1 - months), end, scale)


def midnight(day: date) -> datetime:
    """The first instant of `day` in UTC."""
    return datetime.combine(day, time(), UTC)
