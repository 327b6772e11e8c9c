"""A build that needs more memory than it may take goes on with a folder, table after table."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.dbt_runner import run_dbt
from funnelhouse.transform.raw_views import expose_raw
from tests.bare_build import TIMEZONE
from tests.bench.funnel import write_stage_events

pytestmark = pytest.mark.slow


def test_a_build_beyond_its_memory_spills_and_goes_on(empty_warehouse: Settings, tmp_path: Path) -> None:
    settings = replace(load_settings(tmp_path / "home"), timezone=TIMEZONE, memory_limit="200MB")
    shutil.copytree(empty_warehouse.build, settings.build)
    settings.make_folders()
    write_stage_events(settings, 250_000)
    expose_raw(settings.build_file, settings.raw)
    # Several tables: what follows the first that spilled has to know the folder, too.
    nodes = run_dbt(
        settings,
        [
            "run",
            "--full-refresh",
            "--select",
            "stg_crm_lead_history",
            "stg_crm_leads",
            "stg_crm_lead_owners",
            "int_identity_edge",
        ],
        stage="spilling",
        as_of=date(2026, 12, 31),
    )
    assert [node for node in nodes if node.status != "ok"] == []
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        assert connection.execute("select count(*) from staging.stg_crm_lead_history").fetchone() == (250_000,)
