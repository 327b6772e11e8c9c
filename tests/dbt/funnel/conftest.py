"""Random lives, built and published once per seed for all tests of the funnel."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pytest

from funnelhouse.publish.publisher import publish
from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
from tests.conftest import once
from tests.dbt.funnel import story
from tests.raw_factory import RawFactory


@dataclass
class Told:
    """The lives and the warehouse made of them."""

    lives: list[story.Life]
    raw: RawFactory


def _factory(home: Path) -> RawFactory:
    return RawFactory(dataclasses.replace(load_settings(home), timezone="Asia/Ho_Chi_Minh", as_of=story.AS_OF))


def build(home: Path, lives: list[story.Life], bare_build: BareBuild, *, parts: int = 1) -> RawFactory:
    """A published warehouse of these lives; with `parts`, every export comes in so many files, last rows first."""
    raw = _factory(home)
    for entity, rows in story.raw_rows(lives).items():
        for part in reversed(range(parts)):
            if chosen := rows[part::parts][:: 1 if parts == 1 else -1]:
                raw.add(entity, chosen, restatement="full", scope=entity, exported_at="2026-07-31T12:00:00")
    bare_build.build(raw.settings)
    publish(raw.settings)
    return raw


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> Told:
    """Ninety lives, among them every kind of turn (test_position.py asks for them by name)."""
    lives = story.tell(seed=1)
    folder = once(tmp_path_factory, "told", lambda folder: build(folder / "home", lives, bare_build))
    return Told(lives, _factory(folder / "home"))
