"""Removal effects of channels and campaigns in the first-order Markov chain of int_journey_transition.

The effect of a place is the part of all conversions that is lost if nobody can pass it: 1 - P(conversion without it) /
P(conversion). Conversions that pass place i are P(ever in i) x P(conversion from i), so that one inverse answers for
all places: with Q the steps between places, N = inverse(I - Q), s the starts and h = N x (steps to the conversion),
effect i = (s N)_i / N_ii x h_i / (s h). Python, because SQL inverts no matrix.

The last bit of a result is the same with any number of threads and on any processor. BLAS multiplies, since nothing
else is as fast, but only whole numbers so small that their sums are exact in whatever order it adds them; everything
else works on single elements in a fixed order. I - Q is diagonally dominant, so elimination needs no pivots.
"""

from __future__ import annotations

from typing import Any

import numpy as np

DIGITS = 9
"""Effects are rounded to so many digits, and points are whole multiples of the last. The inverse has ten or more."""
SMALL = 32
"""Places up to which elimination by single elements is faster than splitting the matrix."""


def slices(matrix: np.ndarray, axis: int, bits: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whole numbers below 2^bits (high, low), and the power of two of each row (axis 1) or column (axis 0).

    matrix = (high + low / 2^bits) x 2^(power - bits), without what is smaller.
    """
    _, powers = np.frexp(np.abs(matrix).max(axis=axis, keepdims=True))
    scaled = matrix * np.ldexp(1.0, bits - powers)
    high = np.rint(scaled)
    return high, np.rint((scaled - high) * 2.0**bits), powers


def product(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """left x right, of elements with about 42 bits: a double adds that many products of such halves exactly."""
    bits = (53 - (2 * left.shape[1]).bit_length()) // 2
    high, low, rows = slices(left, 1, bits)
    other_high, other_low, columns = slices(right, 0, bits)
    found = low @ other_high + high @ other_low
    found *= 2.0**-bits
    found += high @ other_high
    found *= np.ldexp(1.0, rows - bits)
    found *= np.ldexp(1.0, columns - bits)
    return found


def inverse(matrix: np.ndarray) -> np.ndarray:
    """The inverse of a diagonally dominant matrix, by blocks; of a small one by Gauss-Jordan elimination."""
    found = matrix.astype(float)
    half = len(found) // 2
    if len(found) <= SMALL:
        for k in range(len(found)):
            pivot = found[k, k]
            row = found[k] / pivot
            column = found[:, k].copy()
            found -= np.multiply.outer(column, row)
            found[:, k] = -column / pivot
            found[k] = row
            found[k, k] = 1 / pivot
        return found
    first = inverse(matrix[:half, :half])
    onward, back = product(first, matrix[:half, half:]), product(matrix[half:, :half], first)
    second = inverse(matrix[half:, half:] - product(matrix[half:, :half], onward))
    found[half:, half:] = second
    found[:half, half:] = -product(onward, second)
    found[half:, :half] = -product(second, back)
    found[:half, :half] = first - product(found[:half, half:], back)
    return found


def total(values: np.ndarray) -> np.ndarray:
    """Sums over the first axis, always in the order of the places."""
    found = np.zeros(values.shape[1:])
    for row in values:
        found += row
    return found


def removal_effects(starts: np.ndarray, steps: np.ndarray, converts: np.ndarray, leaves: np.ndarray) -> np.ndarray:
    """Effect of each of n places from counts of journeys.

    starts (n): begin there; steps (n x n): go from row to column; converts (n): convert from there; leaves (n): end
    there without. Steps to the same place are left out. Without any conversion there is nothing to lose: every effect
    is 0.
    """
    if not converts.any():
        return np.zeros(len(starts))
    steps = steps.astype(float)
    np.fill_diagonal(steps, 0)
    outgoing = total(steps.T) + converts + leaves
    steps /= -outgoing[:, None]
    np.fill_diagonal(steps, 1)
    fundamental = inverse(steps)
    begun = starts / starts.sum()
    visits = total(begun[:, None] * fundamental)
    converting = total(fundamental.T * (converts / outgoing)[:, None])
    effects = visits / np.diagonal(fundamental) * converting / total(begun * converting)
    return np.clip(np.round(effects, DIGITS), 0, 1)


def effects_of(transitions: Any) -> dict[str, float]:
    """Effect of each place, in the order of their names, from a frame with columns kind, from_key, to_key and journeys.

    Kinds are start, step, conversion and end; a start comes from nowhere, a conversion and an end lead nowhere.
    """
    import pandas as pd

    number = len(transitions)
    codes, names = pd.factorize(pd.concat([transitions["from_key"], transitions["to_key"]]), sort=True)
    before, after = codes[:number], codes[number:]
    kinds, journeys = transitions["kind"].to_numpy(), transitions["journeys"].to_numpy(dtype=float)
    counts = {kind: np.zeros(len(names)) for kind in ("start", "conversion", "end")}
    for kind, place in (("start", after), ("conversion", before), ("end", before)):
        np.add.at(counts[kind], place[kinds == kind], journeys[kinds == kind])
    steps = np.zeros((len(names), len(names)))
    going = kinds == "step"
    np.add.at(steps, (before[going], after[going]), journeys[going])
    effects = removal_effects(counts["start"], steps, counts["conversion"], counts["end"])
    return {str(name): float(effect) for name, effect in zip(names, effects, strict=True)}


def model(dbt: Any, session: Any) -> Any:
    """Effect and points of each place: one row per stage, kind of place and place."""
    import pandas as pd

    dbt.config(materialized="table")
    transitions = dbt.ref("int_journey_transition")
    chains = transitions.project("stage, dimension_type").distinct().order("stage, dimension_type").fetchall()
    found = [
        (stage, dimension, place, effect, round(effect * 10**DIGITS))
        for stage, dimension in chains
        for place, effect in effects_of(
            transitions.filter(f"stage = '{stage}' and dimension_type = '{dimension}'")
            .project("kind, from_key, to_key, journeys")
            .df()
        ).items()
    ]
    types = {
        "stage": "str", "dimension_type": "str", "dimension_key": "str", "removal_effect": "float64", "points": "int64",
    }  # fmt: skip
    return pd.DataFrame(found, columns=list(types)).astype(types)
