"""Removal effects of channels and campaigns in the first-order Markov chain of int_journey_transition.

The effect of a place is the part of all conversions that is lost if nobody can pass it: 1 - P(conversion without it) /
P(conversion). Conversions that pass place i are P(ever in i) x P(conversion from i), so that one inverse answers for
all places: with Q the steps between places, N = inverse(I - Q), s the starts and h = N x (steps to the conversion),
effect i = (s N)_i / N_ii x h_i / (s h). Python, because SQL inverts no matrix.

Every operation works on single elements in a fixed order, never in BLAS: the last bit of a result is the same with any
number of threads. I - Q is diagonally dominant, so elimination needs no pivots.
"""

from __future__ import annotations

from typing import Any

import numpy as np

DIGITS = 12
"""Effects are rounded to so many digits, and points are whole multiples of the last one."""


def inverse(matrix: np.ndarray) -> np.ndarray:
    """The inverse of a diagonally dominant matrix, by Gauss-Jordan elimination in place."""
    found = matrix.astype(float)
    products = np.empty_like(found)
    for k in range(len(found)):
        pivot = found[k, k]
        row = found[k] / pivot
        column = found[:, k].copy()
        others = np.flatnonzero(column)  # few places follow a place: at first most rows have nothing to eliminate
        if 3 * len(others) < len(found):
            found[others] -= column[others, None] * row[None, :]
        else:
            found -= np.multiply.outer(column, row, out=products)
        found[:, k] = -column / pivot
        found[k] = row
        found[k, k] = 1 / pivot
    return found


def total(values: np.ndarray) -> np.ndarray:
    """Sums over the first axis, always in the order of the places."""
    return np.add.accumulate(values)[-1]


def removal_effects(transitions: list[tuple[str, str | None, str | None, int]]) -> dict[str, float]:
    """Effect of each place from rows (kind, from, to, journeys); kinds: start, step, conversion, end.

    Without any conversion there is nothing to lose: every effect is 0.
    """
    places = sorted({place for _, before, after, _ in transitions for place in (before, after) if place is not None})
    number = {place: position for position, place in enumerate(places)}
    starts, converts, leaves = np.zeros(len(places)), np.zeros(len(places)), np.zeros(len(places))
    steps = np.zeros((len(places), len(places)))
    for kind, before, after, journeys in transitions:
        if kind == "start" and after is not None:
            starts[number[after]] += journeys
        elif kind == "conversion" and before is not None:
            converts[number[before]] += journeys
        elif kind == "step" and before is not None and after is not None and before != after:
            steps[number[before], number[after]] += journeys
        elif kind == "end" and before is not None:
            leaves[number[before]] += journeys
    if not converts.any():
        return dict.fromkeys(places, 0.0)
    outgoing = total(steps.T) + converts + leaves
    fundamental = inverse(np.eye(len(places)) - steps / outgoing[:, None])
    begun = starts / total(starts)
    visits = total(begun[:, None] * fundamental)
    converting = total(fundamental.T * (converts / outgoing)[:, None])
    effects = visits / np.diagonal(fundamental) * converting / total(begun * converting)
    return {
        place: min(max(round(float(effect), DIGITS), 0.0), 1.0) for place, effect in zip(places, effects, strict=True)
    }


def model(dbt: Any, session: Any) -> Any:
    """Effect and points of each place: one row per stage, kind of place and place."""
    import pandas as pd

    dbt.config(materialized="table")
    counted: dict[tuple[str, str], list[tuple[str, str | None, str | None, int]]] = {}
    counts = dbt.ref("int_journey_transition").df().astype(object)
    for row in counts.where(counts.notna(), None).to_dict("records"):
        key = row["stage"], row["dimension_type"]
        counted.setdefault(key, []).append((row["kind"], row["from_key"], row["to_key"], row["journeys"]))
    found = [
        (stage, dimension, place, effect, round(effect * 10**DIGITS))
        for (stage, dimension), transitions in sorted(counted.items())
        for place, effect in removal_effects(transitions).items()
    ]
    types = {
        "stage": "str", "dimension_type": "str", "dimension_key": "str", "removal_effect": "float64", "points": "int64",
    }  # fmt: skip
    return pd.DataFrame(found, columns=list(types)).astype(types)
