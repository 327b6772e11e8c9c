"""Markov removal effects: as the textbook has them, as a slow walk through the chain finds them, and without chance."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from funnelhouse.settings import REPOSITORY
from tests.bare_build import python_model

Journey = tuple[tuple[str, ...], bool]
"""Places in order, and whether a conversion came at the end."""
removal = python_model("int_removal_effect")


def transitions(journeys: list[Journey], *, self_loops: bool = False) -> list[tuple[str, str | None, str | None, int]]:
    """Rows as int_journey_transition has them."""
    counted: Counter[tuple[str, str | None, str | None]] = Counter()
    for path, converts in journeys:
        counted["start", None, path[0]] += 1
        for before, after in pairwise(path):
            if before != after or self_loops:
                counted["step", before, after] += 1
        counted["conversion" if converts else "end", path[-1], None] += 1
    return [(*key, number) for key, number in counted.items()]


def removal_effects(rows: list[tuple[str, str | None, str | None, int]]) -> dict[str, float]:
    frame = pd.DataFrame(rows, columns=["kind", "from_key", "to_key", "journeys"])
    found: dict[str, float] = removal.effects_of(frame)
    return found


def chain(journeys: list[Journey]) -> dict[str, dict[str, Fraction]]:
    """Probability of each next place, self-loops among them; "(start)", "(conversion)" and "(end)" are places, too."""
    counted: dict[str, Counter[str]] = {}
    for path, converts in journeys:
        whole = ["(start)", *path, "(conversion)" if converts else "(end)"]
        for before, after in pairwise(whole):
            counted.setdefault(before, Counter())[after] += 1
    return {
        place: {after: Fraction(number, after_all.total()) for after, number in after_all.items()}
        for place, after_all in counted.items()
    }


def converting(steps: dict[str, dict[str, Fraction]], removed: str | None = None) -> Fraction:
    """P(conversion) from the start if nobody can pass `removed`, by exact elimination of one place after the other."""
    left = {place: dict(after) for place, after in steps.items() if place != removed}
    for after in left.values():
        if removed in after:
            after["(end)"] = after.get("(end)", Fraction(0)) + after.pop(removed)
    for place in [one for one in left if one != "(start)"]:
        onward = left.pop(place)
        stays = onward.pop(place, Fraction(0))
        for after in left.values():
            through = after.pop(place, Fraction(0))
            for further, share in onward.items():
                after[further] = after.get(further, Fraction(0)) + through * share / (1 - stays)
    return left["(start)"].get("(conversion)", Fraction(0)) / sum(left["(start)"].values())


def slow_effects(journeys: list[Journey]) -> dict[str, Fraction]:
    """Each place taken out of the chain, one after the other."""
    steps = chain(journeys)
    whole = converting(steps)
    places = sorted({place for path, _ in journeys for place in path})
    return {place: 1 - converting(steps, place) / whole for place in places}


def random_journeys(seed: int, places: int, journeys: int) -> list[Journey]:
    chance = random.Random(seed)
    names = [f"place {number:03}" for number in range(places)]
    made: list[Journey] = [
        (tuple(chance.choice(names[: chance.randint(1, places)]) for _ in range(chance.randint(1, 9))),
         chance.random() < 0.3)
        for _ in range(journeys)
    ]  # fmt: skip
    return [*made, ((names[0],), True)]


def test_the_three_channels_of_the_textbook() -> None:
    journeys: list[Journey] = [(("C1", "C2", "C3"), True), (("C1",), False), (("C2", "C3"), False)]
    assert removal_effects(transitions(journeys)) == {"C1": 0.5, "C2": 1.0, "C3": 1.0}


@pytest.mark.parametrize("seed", range(8))
def test_the_effects_are_those_of_taking_each_place_out_of_the_chain(seed: int) -> None:
    journeys = random_journeys(seed, places=2 + seed, journeys=30)
    expected = slow_effects(journeys)
    found = removal_effects(transitions(journeys))
    assert found.keys() == expected.keys()
    assert all(abs(found[place] - float(effect)) <= 0.51e-9 for place, effect in expected.items())


def test_a_step_to_the_same_place_changes_nothing() -> None:
    journeys = random_journeys(1, places=4, journeys=60)
    longer: list[Journey] = [
        (tuple(place for one in path for place in [one] * (1 + number % 3)), converts)
        for number, (path, converts) in enumerate(journeys)
    ]
    assert longer != journeys
    assert removal_effects(transitions(longer)) == removal_effects(transitions(journeys))
    assert removal_effects(transitions(longer, self_loops=True)) == removal_effects(transitions(journeys))


def test_the_order_of_journeys_changes_nothing_to_the_last_bit() -> None:
    journeys = random_journeys(2, places=40, journeys=900)
    shuffled = random.Random(5).sample(journeys, len(journeys))
    assert removal_effects(transitions(shuffled)) == removal_effects(transitions(journeys))


def test_effects_and_nothing_without_a_conversion() -> None:
    assert removal_effects([]) == {}
    assert removal_effects(transitions([(("a", "b"), False)])) == {"a": 0.0, "b": 0.0}
    assert removal_effects(transitions([(("a",), True)])) == {"a": 1.0}


def test_without_journeys_that_end_without_a_conversion_the_effect_is_the_chance_to_pass() -> None:
    journeys: list[Journey] = [(("a",), True), (("a", "b"), True), (("b",), True), (("a",), True)]
    # Four begin: three at a, of which a third goes on to b; one at b.
    assert removal_effects(transitions(journeys)) == {"a": 0.75, "b": 0.5}


def test_the_inverse_of_blocks_is_an_inverse() -> None:
    """A chain of three hundred places that goes on nearly without end, which is the hardest to solve."""
    chance = np.random.default_rng(7)
    steps = (chance.random((300, 300)) < 0.2) * chance.random((300, 300)) ** 8
    np.fill_diagonal(steps, 0)
    matrix = np.eye(300) - 0.9999 * steps / steps.sum(axis=1, keepdims=True)
    found = removal.inverse(matrix)
    assert np.abs(found @ matrix - np.eye(300)).max() < 1e-9


@pytest.mark.slow
def test_neither_threads_nor_the_processor_change_a_bit() -> None:
    code = (
        "import numpy as np\nfrom tests.dbt.attribution.test_removal_effects import *\n"
        "dense = np.eye(300) * 3 - np.cos(np.arange(90000.)).reshape(300, 300) / 300\n"
        "print(removal.inverse(dense).tobytes().hex())\n"
        "print(removal_effects(transitions(random_journeys(3, 60, 999))))"
    )
    said: list[Any] = []
    for settings in (
        {"OPENBLAS_NUM_THREADS": "1"},
        {"OPENBLAS_NUM_THREADS": "2"},
        {"OPENBLAS_NUM_THREADS": "2", "OPENBLAS_CORETYPE": "Nehalem"},
    ):
        environment = {**os.environ, **settings}
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=REPOSITORY, env=environment, capture_output=True, check=True
        )
        said.append(run.stdout)
    assert said[0] == said[1] == said[2] and len(said[0]) > 1000
