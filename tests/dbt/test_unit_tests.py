"""dbt's own unit tests: every formula against numbers worked by hand, on a warehouse without any data."""

from __future__ import annotations

import json

import pytest

from funnelhouse.settings import Settings
from tests.conftest import NODES

pytestmark = pytest.mark.slow


def test_dbt_unit_tests_pass_and_models_build_without_any_data(empty_warehouse: Settings) -> None:
    nodes = json.loads((empty_warehouse.home / NODES).read_text(encoding="utf-8"))
    failed = [f"{node['kind']} {node['name']}: {node['message']}" for node in nodes if node["status"] != "ok"]
    assert not failed, "\n".join(failed)
    assert sum(node["kind"] == "unit_test" for node in nodes) >= 15
    assert sum(node["kind"] == "model" for node in nodes) >= 60
