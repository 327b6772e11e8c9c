"""The company of the nine goals, built once."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
from tests.conftest import once
from tests.dbt.goals import company as nine
from tests.raw_factory import RawFactory


def _factory(home: Path) -> RawFactory:
    return RawFactory(dataclasses.replace(load_settings(str(home)), timezone="Etc/UTC", as_of=nine.AS_OF))


@pytest.fixture(scope="session")
def nine_goals(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> RawFactory:
    """The warehouse of `tests.dbt.goals.company`."""
    home = once(tmp_path_factory, "nine_goals", lambda folder: nine.load(_factory(folder / "home"), bare_build))
    return _factory(home / "home")
