"""How leads and deals move: the statuses and stages they pass and when, drawn by chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sample_company.chance import Chance
from sample_company.company import STAGES

PROPOSAL = 3
"""From this stage on a deal has its product lines."""


def later(chance: Chance, at: datetime, mean_days: float) -> datetime:
    """An instant some waiting time after `at`, at least ten minutes, whole seconds."""
    return at + timedelta(seconds=600 + int(chance.waiting(mean_days) * 86_400))


def lead_path(chance: Chance, created: datetime) -> list[tuple[str, datetime]]:
    """The statuses of a lead with their instants, `New` first. Some skip statuses, some are recycled and come back."""
    path = [("New", created)]
    at = created
    if not chance.happens(0.88):
        return path
    if not chance.happens(0.08):
        at = later(chance, at, 0.8)
        path.append(("Working", at))
    if not chance.happens(0.62):
        if chance.happens(0.5):
            path.append(("Unqualified", later(chance, at, 6)))
        return path
    skips_mql = chance.happens(0.05)
    if not skips_mql:
        at = later(chance, at, 2.5)
        path.append(("MQL", at))
        at, goes_on = _handed_over(chance, path, at)
        if not goes_on:
            return path
    if skips_mql or not chance.happens(0.06):
        at = later(chance, at, 1.5)
        path.append(("SAL", at))
    fate = chance.share()
    if fate < 0.68:
        path.append(("Qualified", later(chance, at, 3.5)))
    elif fate < 0.88:
        path.append(("Unqualified", later(chance, at, 8)))
    return path


def _handed_over(chance: Chance, path: list[tuple[str, datetime]], at: datetime) -> tuple[datetime, bool]:
    """Whether Sales takes the MQL; a recycled one may come back as an MQL later. Extends `path`."""
    fate = chance.share()
    if fate < 0.72:
        return at, True
    if fate < 0.87:
        at = later(chance, at, 3)
        path.append(("Recycled", at))
        if chance.happens(0.4):
            at = later(chance, at, 12)
            path.append(("MQL", at))
            return at, chance.happens(0.6)
    elif fate < 0.95:
        path.append(("Unqualified", later(chance, at, 3)))
    return at, False


@dataclass(frozen=True)
class Step:
    """A deal enters a stage (index into STAGES) at an instant."""

    stage: int
    at: datetime


def deal_path(chance: Chance, created: datetime) -> list[Step]:
    """The stages of a deal with their instants up to its close, with skips and steps back."""
    steps = [Step(0 if chance.happens(0.8) else 1, created)]
    went_back = False
    while True:
        current, at = steps[-1].stage, steps[-1].at
        at = later(chance, at, 8)
        if chance.happens(0.17):
            return [*steps, Step(len(STAGES) - 1, at)]
        if current == PROPOSAL and not went_back and chance.happens(0.07):
            went_back = True
            steps.append(Step(current - 1, at))
            continue
        following = current + (2 if current <= PROPOSAL and chance.happens(0.1) else 1)
        steps.append(Step(following, at))
        if following == len(STAGES) - 2:
            return steps
