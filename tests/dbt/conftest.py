"""The whole project built once on a warehouse without any data, unit tests included."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.dbt_runner import run_dbt
from funnelhouse.transform.raw_views import expose_raw
from tests.bare_build import AS_OF, TIMEZONE, BareBuild
from tests.conftest import once

NODES = "nodes.json"


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Every model and test on no rows, the compiled SQL beside, each node's fate in `nodes.json`. Do not change it."""

    def make(folder: Path) -> None:
        settings = replace(load_settings(folder / "home"), timezone=TIMEZONE)
        settings.make_folders()
        expose_raw(settings.build_file, settings.raw)
        # One invocation: dbt runs a model's unit tests after its inputs exist and before the model itself.
        nodes = run_dbt(settings, ["build"], stage="unit tests", as_of=AS_OF)
        (settings.home / NODES).write_text(json.dumps([asdict(node) for node in nodes]), encoding="utf-8")

    return load_settings(once(tmp_path_factory, "empty_warehouse", make) / "home")


@pytest.fixture(scope="session")
def bare_build(empty_warehouse: Settings) -> BareBuild:
    """Builds warehouses from raw batches with the compiled SQL alone."""
    return BareBuild(empty_warehouse)
