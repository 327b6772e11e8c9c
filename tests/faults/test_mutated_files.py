"""Damaged files end with an outcome: no traceback, no hang, no lost row, no value that the file does not say.

`make fuzz N=10000` runs many more; the number printed with a failure makes the file again:
`python -m tests.fuzz --seed 7 --first NUMBER --files 1 --keep folder`.
"""

from __future__ import annotations

import pytest

from funnelhouse.settings import Settings
from tests.fuzz.campaign import run

SEED = 7
FILES = 250


@pytest.mark.slow
def test_mutated_files_have_an_outcome_and_rows_add_up(settings: Settings) -> None:
    result = run(settings, range(FILES), SEED, None)
    shown = [f"{failure.number} {failure.original} ({failure.done}): {failure.problems}" for failure in result.failures]
    assert not shown, f"seed {SEED}:\n" + "\n".join(shown)
    assert result.files == FILES
    assert result.rows_in == result.rows_loaded + result.rows_rejected + result.rows_dropped
    # The damage is real, and so is what survives it.
    assert result.dressed > 40
    outcomes = {outcome for outcome, _ in result.outcomes}
    assert outcomes == {"loaded", "loaded_with_rejects", "empty_report", "refused"}
    assert len({reason for _, reason in result.outcomes}) >= 10
