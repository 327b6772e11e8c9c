"""How long a run still takes, worked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from funnelhouse.running.estimate import USUAL_SECONDS, Progress, in_words, read_usual, remember, seconds_left

USUAL = {"receive": 10.0, "extract": 20.0, "build": 60.0, "publish": 10.0}


def test_a_run_as_fast_as_the_last_one_takes_what_is_left_of_it() -> None:
    begun = {"receive": Progress(10, 1.0, True), "extract": Progress(10, 0.5)}
    assert seconds_left(USUAL, begun) == pytest.approx(10 + 60 + 10)


def test_a_slow_run_takes_longer_the_more_of_it_was_slow() -> None:
    """20 s of usual work are believed beforehand: (20 + 20) / (10 + 20), later (200 + 20) / (90 + 20)."""
    assert seconds_left(USUAL, {"receive": Progress(20, 1.0, True)}) == pytest.approx(4 / 3 * (20 + 60 + 10))
    whole = {name: Progress(seconds, 1.0, True) for name, seconds in (("receive", 20), ("extract", 50), ("build", 130))}
    assert seconds_left(USUAL, whole) == pytest.approx(2 * 10)


def test_stages_that_are_left_out_are_not_waited_for() -> None:
    assert seconds_left(USUAL, {"build": Progress(30, 0.5)}) == pytest.approx(30 + 10)


def test_a_stage_without_a_count_never_looks_finished() -> None:
    assert seconds_left(USUAL, {"publish": Progress(10)}) == pytest.approx(5 * (10 + 20) / (5 + 20))
    assert seconds_left(USUAL, {"publish": Progress(1000)}) > 0  # type: ignore[operator]


def test_nothing_is_said_before_the_first_and_after_the_last_known_stage() -> None:
    assert seconds_left(USUAL, {"verify archive": Progress(3)}) is None
    assert seconds_left(USUAL, {"publish": Progress(3, 1.0, True)}) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (1, "about 5 s left"), (42, "about 40 s left"), (58, "about 1 min left"), (200, "about 3 min left")],
)
def test_an_estimate_is_said_roughly(seconds: float | None, words: str) -> None:
    assert in_words(seconds) == words


def test_what_a_run_took_is_the_guess_for_the_next(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "stage_seconds.json"
    assert read_usual(path) == USUAL_SECONDS
    remember(path, {"build": 7.04, "ui": 3.0})
    assert read_usual(path) == {**USUAL_SECONDS, "build": 7.0}


@pytest.mark.parametrize("content", ["", "[1]", '{"build": "soon"}'])
def test_a_damaged_memory_is_forgotten(tmp_path: Path, content: str) -> None:
    path = tmp_path / "stage_seconds.json"
    path.write_text(content)
    assert read_usual(path) == USUAL_SECONDS
