"""A run over many mutated files: made from a seed, one after another, with a table of what became of them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from funnelhouse.settings import Settings
from tests.fuzz.corpus import Original, originals
from tests.fuzz.dresses import dressed
from tests.fuzz.driver import Seen, open_driver
from tests.fuzz.mutations import mutate
from tests.fuzz.oracle import differences, problems

DRESSED_SHARE = 0.35


@dataclass
class Failure:
    """A file that something is wrong with; `number` and the seed make it again."""

    number: int
    original: str
    done: str
    problems: list[str]
    name: str
    content: bytes


@dataclass
class Result:
    """Counts of a run."""

    files: int = 0
    dressed: int = 0
    rows_in: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    rows_dropped: int = 0
    slowest: tuple[float, int] = (0.0, 0)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    def count(self, number: int, seen: Seen) -> None:
        """Add one file."""
        self.files += 1
        self.outcomes[(seen.outcome or "none", seen.reason or "")] += 1
        for table in seen.tables:
            self.rows_in += table.rows_in
            self.rows_loaded += table.rows_loaded
            self.rows_rejected += table.rows_rejected
            self.rows_dropped += sum(table.dropped.values())
        self.slowest = max(self.slowest, (seen.seconds, number))


def run(
    settings: Settings,
    numbers: range,
    seed: int,
    sample: Path | None,
    progress: Callable[[Result], None] | None = None,
) -> Result:
    """See the files `numbers` of a seed. The originals must be sound themselves: AssertionError if not."""
    result = Result()
    with open_driver(settings) as driver:
        sources = originals(driver, sample)
        for original in sources:
            found = problems(original.seen)
            assert not found, (original.name, found)
        for number in numbers:
            rng = random.Random(f"{seed}:{number}")
            original = rng.choice(sources)
            made = _make(rng, original)
            seen = driver.see(made[0], made[1], at_the_door=number % 4 == 0)
            found = problems(seen)
            if made[3] and not found:
                found = differences(original.seen, seen)
            result.dressed += made[3]
            result.count(number, seen)
            if found:
                result.failures.append(Failure(number, original.name, made[2], found, made[0], made[1]))
            if progress:
                progress(result)
    return result


def _make(rng: random.Random, original: Original) -> tuple[str, bytes, str, bool]:
    """Name, bytes, what was done, and whether the meaning must be the same."""
    if rng.random() < DRESSED_SHARE and (made := dressed(rng, original)):
        return made[0], made[1], "dress: " + made[2].shown(), True
    name, content, chosen = mutate(rng, original)
    return name, content, ", ".join(chosen), False
