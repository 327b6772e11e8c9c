"""dbt's own unit tests: every formula against numbers worked by hand, on a warehouse without any data."""

from __future__ import annotations

from datetime import date

import pytest

from funnelhouse.transform.dbt_runner import run_dbt
from funnelhouse.transform.raw_views import expose_raw
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow


def test_dbt_unit_tests_pass_and_models_build_without_any_data(raw: RawFactory) -> None:
    expose_raw(raw.settings.build_file, raw.settings.raw)
    # One invocation: dbt runs a model's unit tests after its inputs exist and before the model itself.
    nodes = run_dbt(
        raw.settings, ["build", "--exclude-resource-type", "test"], stage="unit tests", as_of=date(2026, 10, 31)
    )
    failed = [f"{node.kind} {node.name}: {node.message}" for node in nodes if node.status != "ok"]
    assert not failed, "\n".join(failed)
    assert sum(node.kind == "unit_test" for node in nodes) >= 15
    assert sum(node.kind == "model" for node in nodes) >= 60
