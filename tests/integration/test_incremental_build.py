"""A build after a change builds what the change touches, and gives the tables of a build from nothing (D-06)."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from funnelhouse.publish.tables import PublishedTable, content_hash
from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.dbt_runner import LAYERS, LayerResult, as_of_date, build_layer, build_layers
from funnelhouse.transform.raw_views import expose_raw
from tests.bare_build import BareBuild
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(sample_house: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The sample company's house as a build left it, to be built on."""
    home = tmp_path_factory.mktemp("house") / "home"
    for room in ("raw", "build"):
        shutil.copytree(sample_house.home / room, home / room)
    return load_settings(home)


def built(settings: Settings) -> LayerResult:
    expose_raw(settings.build_file, settings.raw)
    return build_layers(settings)


def models(*layers: LayerResult) -> set[str]:
    return {node.name for layer in layers for node in layer.nodes if node.kind == "model" and node.status == "ok"}


def contents(settings: Settings) -> dict[str, str]:
    """Hash of each table's rows, by layer and name."""
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name, table_name, list((column_name, data_type) order by column_index) "
            "from duckdb_columns() where list_contains(?, schema_name) group by all",
            [list(LAYERS)],
        ).fetchall()
        return {
            f"{schema}.{name}": content_hash(connection, "warehouse", PublishedTable(schema, name, tuple(described), 0))
            for schema, name, described in columns
        }


def as_from_nothing(settings: Settings, bare_build: BareBuild, home: Path) -> bool:
    """Whether every table of every layer is what a build of the same batches from nothing gives."""
    anew = load_settings(home)
    anew.make_folders()
    shutil.copytree(settings.raw, anew.raw, dirs_exist_ok=True)
    bare_build.build(anew)
    hashes = [contents(one) for one in (settings, anew)]
    different = {table for table in hashes[0] | hashes[1] if hashes[0].get(table) != hashes[1].get(table)}
    assert not different
    return True


def ads(settings: Settings, raw: RawFactory, exported_after: int, spend: str) -> None:
    """The clicks and costs of a campaign the house knows, exported again so many days after the newest export."""
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        connection.execute("set schema = 'raw'")
        found = connection.execute(
            "select account_id, date::varchar, level, campaign_id, campaign_name, campaign_type, currency, scope "
            "from ads_performance inner join (select batch_id, scope from _batches) on batch_id = _batch_id "
            "where source = 'google_ads' and level = 'campaign' and breakdown = '' order by all desc limit 1"
        ).fetchone()
    assert found
    row = dict(
        zip(("date", "level", "campaign_id", "campaign_name", "campaign_type", "currency"), found[1:7], strict=True)
    )
    raw.add(
        "ads_performance",
        [row | {"spend": spend, "impressions": 1000, "clicks": 30, "breakdown": "", "result_type": ""}],
        source="google_ads",
        account_id=found[0],
        scope=found[7],
        exported_at=f"{as_of_date(settings) + timedelta(days=exported_after)}T12:00:00",
    )


def test_a_build_after_a_change_builds_what_it_touches_and_nothing_is_lost(
    house: Settings, bare_build: BareBuild, tmp_path: Path
) -> None:
    raw = RawFactory(house)

    nothing = built(house)
    assert not models(nothing)
    assert nothing.nodes == nothing.warnings, "only a check that warned is asked again"

    # Another day: every mart says so; what stands below them and does not depend on the day stays.
    raw.add(
        "crm_leads",
        [{"record_id": "L-new", "status": "New", "created_at": f"{as_of_date(house)} 10:00:00", "lead_source": "Web"}],
        exported_at=f"{as_of_date(house) + timedelta(days=1)}T08:00:00",
    )
    another_day = models(built(house))
    assert {"stg_crm_leads", "mart_channel_kpi_daily", "mart_funnel_daily", "mart_goal_attainment"} <= another_day
    assert not {"stg_ads_performance", "int_ads_day", "int_web_day"} & another_day

    # A restated day of ads, layer by layer as the DAG builds: its costs change, nobody's leads do.
    ads(house, raw, 0, "12.34")
    expose_raw(house.build_file, house.raw)
    restated = models(*(build_layer(house, layer) for layer in LAYERS))
    assert {
        "stg_ads_performance",
        "int_ads_day",
        "fct_ad_performance",
        "mart_channel_kpi_daily",
        "mart_roi",
    } <= restated
    assert not {"stg_crm_leads", "int_person", "fct_stage_interval", "mart_funnel_conversion"} & restated

    # An older export that comes late changes nothing that counts, but it is a version of what was reported.
    ads(house, raw, -1, "99.00")
    late = models(built(house))
    assert "fct_ad_performance_version" in late
    assert "mart_channel_kpi_daily" not in late

    # A table that somebody removed is made again; its rows are the same, so that nothing else is.
    with duckdb.connect(str(house.build_file)) as connection:
        connection.execute("drop table intermediate.int_person")
    assert models(build_layer(house, "intermediate")) == {"int_person"}

    assert as_from_nothing(house, bare_build, tmp_path / "anew")

    # Own rows for a seed, though the seed that comes with the warehouse is the same.
    house.own_pipelines.mkdir(exist_ok=True)
    (house.own_pipelines / "conversion_pairs.csv").write_text(
        "metric,entity_type,from_stage,to_stage,pair_kind\nlead_to_sal,person,Lead,SAL,headline\n", encoding="utf-8"
    )
    own = models(built(house))
    assert "mart_funnel_conversion" in own
    assert not {"stg_crm_leads", "fct_stage_interval"} & own
    assert raw.rows("from marts.mart_funnel_conversion where metric = 'lead_to_sal'")
