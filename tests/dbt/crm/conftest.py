"""The hand-worked company, built once for all tests of the CRM models."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
from tests.conftest import once
from tests.dbt.crm import scenario
from tests.raw_factory import RawFactory

AS_OF = date(2026, 3, 31)


def new_factory(home: object) -> RawFactory:
    """A factory whose company lives in Vietnam and reports in USD."""
    settings = load_settings(str(home))
    return RawFactory(dataclasses.replace(settings, timezone="Asia/Ho_Chi_Minh", as_of=AS_OF))


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> RawFactory:
    """The warehouse of the scenario."""

    def make(folder: Path) -> None:
        scenario.load(new_factory(folder / "home"), scenario.exports(), bare_build)

    home = once(tmp_path_factory, "company", make)
    return new_factory(home / "home")
