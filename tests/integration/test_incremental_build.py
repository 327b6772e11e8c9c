"""A build after a change builds what the change touches, and gives the tables of a build from nothing (D-06)."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from funnelhouse.publish.tables import PublishedTable, content_hash
from funnelhouse.settings import Settings, load_settings
from funnelhouse.transform.dbt_runner import BuildResult, as_of_date, build
from funnelhouse.transform.raw_views import expose_raw
from tests.bare_build import BareBuild
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

LAYERS = ("staging", "intermediate", "marts")


@pytest.fixture(scope="module")
def house(sample_house: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The sample company's house as a build left it, to be built on."""
    home = tmp_path_factory.mktemp("house") / "home"
    for room in ("raw", "build"):
        shutil.copytree(sample_house.home / room, home / room)
    return load_settings(home)


def built(settings: Settings) -> set[str]:
    """Names of the models that a build of what the raw layer holds now ran."""
    expose_raw(settings.build_file, settings.raw)
    return models(build(settings))


def models(result: BuildResult) -> set[str]:
    return {node.name for node in result.nodes if node.kind == "model"}


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
    # What a build had to look at, and what was ever said, is about the way here.
    way = {f"staging.{name}" for name in ("stg_crm_touched", "stg_last_build")}
    way |= {f"intermediate.{name}" for name in ("int_touched", "int_lookup_version")}
    different = {table for table in hashes[0] | hashes[1] if hashes[0].get(table) != hashes[1].get(table)} - way
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

    assert not build(house).nodes, "without a change no dbt process is started"

    # Another day: every mart names it; what is upstream of them and does not depend on the day stays.
    raw.add(
        "crm_leads",
        [{"record_id": "L-new", "status": "New", "created_at": f"{as_of_date(house)} 10:00:00", "lead_source": "Web"}],
        exported_at=f"{as_of_date(house) + timedelta(days=1)}T08:00:00",
    )
    another_day = built(house)
    assert {"stg_crm_leads", "mart_channel_kpi_daily", "mart_funnel_daily", "mart_goal_attainment"} <= another_day
    assert not {"stg_ads_performance", "int_ads_day", "int_web_day"} & another_day
    touched = raw.rows("select count(*) as records from intermediate.int_touched")[0]["records"]
    leads = raw.rows("select count(*) as records from staging.stg_crm_leads")[0]["records"]
    assert 0 < touched < leads / 2

    # A restated day of ads: its costs change, nobody's records do.
    ads(house, raw, 0, "12.34")
    restated = built(house)
    assert {"stg_ads_performance", "int_ads_day", "fct_ad_performance", "mart_roi", "stg_batches"} <= restated
    assert not {"stg_crm_leads", "stg_crm_touched", "stg_web_traffic"} & restated

    # An older export that comes late changes nothing that counts, but it is a version of what was reported.
    ads(house, raw, -1, "99.00")
    assert "fct_ad_performance_version" in built(house)

    assert as_from_nothing(house, bare_build, tmp_path / "anew")

    # Own rows for a seed, though the seed that comes with the warehouse is the same.
    house.own_pipelines.mkdir(exist_ok=True)
    (house.own_pipelines / "conversion_pairs.csv").write_text(
        "metric,entity_type,from_stage,to_stage,pair_kind\nlead_to_sal,person,Lead,SAL,headline\n", encoding="utf-8"
    )
    assert "mart_funnel_conversion" in built(house)
    assert raw.rows("from marts.mart_funnel_conversion where metric = 'lead_to_sal'")
