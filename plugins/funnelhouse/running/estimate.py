"""How long a run still takes: what its stages took the last time, corrected by how fast this one goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from funnelhouse.files import write_json

USUAL_SECONDS = {
    "sample": 10.0,
    "start": 8.0,
    "receive": 2.0,
    "extract": 33.0,
    "check raw": 7.0,
    "build": 55.0,
    "check marts": 7.0,
    "publish": 6.0,
}
"""Stages of a run in order, with what the sample company takes on two cores: the guess for the first run of a home."""

_BELIEVED = 20.0
"""Seconds of usual work that count like work of this run: one slow first stage is not yet a slow run."""


@dataclass(frozen=True)
class Progress:
    """What is known of a stage that began: seconds so far, share that is done (None = unknown), whether it is over."""

    seconds: float
    share: float | None = None
    is_over: bool = False


def seconds_left(usual: Mapping[str, float], begun: Mapping[str, Progress]) -> float | None:
    """Seconds until the last stage of `usual` ends; None if no stage of it has begun or all are over.

    A stage before the furthest one that began is not waited for: a run leaves out what has nothing to do.
    """
    order = list(usual)
    known = {name: stage for name, stage in begun.items() if name in usual}
    if not known:
        return None
    furthest = max(order.index(name) for name in known)
    spent = done = ahead = 0.0
    for name, stage in known.items():
        share = 1.0 if stage.is_over else _share(stage, usual[name])
        spent += stage.seconds
        done += usual[name] * share
        ahead += usual[name] * (1 - share)
    ahead += sum(usual[name] for name in order[furthest + 1 :])
    if not ahead:
        return None
    return ahead * (spent + _BELIEVED) / (done + _BELIEVED)


def _share(stage: Progress, usual: float) -> float:
    """Without a count, the time says how far it is: never quite done, however long it takes."""
    if stage.share is not None:
        return min(1.0, stage.share)
    return stage.seconds / (stage.seconds + usual) if usual else 0.0


def in_words(seconds: float | None) -> str:
    """`about 40 s left`, `about 3 min left`; empty if nothing is known."""
    if seconds is None:
        return ""
    if seconds < 55:
        return f"about {max(5, 5 * round(seconds / 5))} s left"
    return f"about {max(1, round(seconds / 60))} min left"


def read_usual(path: Path) -> dict[str, float]:
    """Seconds by stage: of the last whole run that wrote `path`, else the usual ones."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {name: float(found.get(name, seconds)) for name, seconds in USUAL_SECONDS.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return dict(USUAL_SECONDS)


def remember(path: Path, seconds: Mapping[str, float]) -> None:
    """Keep what the stages of this run took, for the next one; stages it left out keep what they took before."""
    known = {name: round(value, 1) for name, value in seconds.items() if name in USUAL_SECONDS}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {**read_usual(path), **known})
