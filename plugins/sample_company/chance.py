"""Seeded chance that is the same on every machine.

Each part of the story draws from a stream of its own, named by keys: a change in one part never shifts another.
Only `Random.random` is used, whose sequence Python guarantees across versions.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """One stream of random numbers; the same keys give the same stream."""

    def __init__(self, *keys: object) -> None:
        """Name the stream by `keys` (their text counts)."""
        digest = hashlib.sha256("|".join(map(str, keys)).encode()).digest()
        self._random = Random(int.from_bytes(digest[:8], "big")).random

    def share(self) -> float:
        """A number in [0, 1)."""
        return self._random()

    def happens(self, probability: float) -> bool:
        """True with the given probability."""
        return self._random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both inclusive."""
        return low + int(self._random() * (high - low + 1))

    def within(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + self._random() * (high - low)

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`, all equally likely."""
        return options[int(self._random() * len(options))]

    def weighted(self, options: Sequence[tuple[T, float]]) -> T:
        """One of `options`, likely in proportion to its weight."""
        point = self._random() * sum(weight for _, weight in options)
        for option, weight in options:
            point -= weight
            if point < 0:
                return option
        return options[-1][0]

    def normal(self) -> float:
        """A number of mean 0 and deviation 1, never beyond three and a half (sum of four uniforms)."""
        draw = self._random
        return (draw() + draw() + draw() + draw() - 2.0) * 1.7320508075688772

    def waiting(self, mean: float) -> float:
        """An exponential waiting time with the given mean, capped at four times the mean."""
        return min(-math.log(1.0 - self._random()), 4.0) * mean

    def count(self, mean: float) -> int:
        """A Poisson count with the given mean (normal approximation above 30)."""
        if mean <= 0:
            return 0
        if mean > 30:
            return max(0, round(mean + self.normal() * math.sqrt(mean)))
        limit, product, drawn = math.exp(-mean), self._random(), 0
        while product > limit:
            product *= self._random()
            drawn += 1
        return drawn

    def digits(self, length: int) -> str:
        """A number written with exactly `length` digits, the first not zero."""
        return str(self.between(1, 9)) + "".join(str(self.between(0, 9)) for _ in range(length - 1))
