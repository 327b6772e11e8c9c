"""What Spark is shown of the raw layer, and what comes back; neither needs Spark."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import Settings, SettingsError, load_settings
from funnelhouse.transform import due
from funnelhouse.transform.dbt_runner import dbt_command
from funnelhouse.transform.kept_aside import KeptRow
from funnelhouse.transform.raw_views import expose_raw, keep_aside
from funnelhouse.transform.spark import engine
from funnelhouse.transform.spark.raw_tables import write_raw_statements
from tests.bare_build import AS_OF
from tests.raw_factory import RawFactory

LEADS = [{"record_id": "L1", "status": "New"}, {"record_id": "L2", "status": "New"}]


def statement_of(settings: Settings, table: str) -> str:
    """The one statement that makes a table or view of schema raw."""
    lines = write_raw_statements(settings).read_text(encoding="utf-8").split(";\n")
    found = [line for line in lines if line.startswith((f"create table raw.{table} ", f"create view raw.{table} "))]
    assert len(found) == 1, found
    return found[0]


def test_an_entity_is_a_table_over_its_files_where_they_lie(raw: RawFactory) -> None:
    ids = [raw.add("crm_leads", LEADS, exported_at=f"2026-10-0{day}T00:00:00") for day in (1, 2)]
    expose_raw(raw.settings.build_file, raw.settings.raw)
    statement = statement_of(raw.settings, "crm_leads")
    assert "`record_id` string" in statement and "`_exported_at` timestamp_ntz" in statement
    names = ",".join(sorted(f"{identifier}.parquet" for identifier in ids))
    assert statement.endswith(f"using parquet options (path '{raw.settings.raw}/crm_leads/{{{names}}}')")


def test_an_entity_without_files_is_an_empty_table(raw: RawFactory) -> None:
    expose_raw(raw.settings.build_file, raw.settings.raw)
    statement = statement_of(raw.settings, "orders")
    folder = Path(statement.split("path '")[1].removesuffix("')"))
    assert folder.is_dir() and not any(folder.iterdir())


def test_rows_kept_aside_are_in_no_entity(raw: RawFactory) -> None:
    whole = raw.add("crm_leads", LEADS, exported_at="2026-10-01T00:00:00")
    partly = raw.add("crm_leads", LEADS, exported_at="2026-10-02T00:00:00")
    expose_raw(raw.settings.build_file, raw.settings.raw)
    keep_aside(raw.settings.build_file, raw.settings.raw, [KeptRow(partly, 1, "crm_leads", "c", "status", "d", "w")])
    assert "raw._kept_aside" in statement_of(raw.settings, "crm_leads")
    assert whole in statement_of(raw.settings, "crm_leads__whole")
    assert partly in statement_of(raw.settings, "crm_leads__partly")
    # Spark skips a file whose name begins with an underscore.
    path = statement_of(raw.settings, "_kept_aside").split("path '")[1].removesuffix("')")
    assert not Path(path).name.startswith(("_", "."))
    with duckdb.connect() as connection:
        rows = connection.execute(f"select batch_id, row_number from read_parquet('{path}')").fetchall()
    assert rows == [(partly, 1)]


def test_a_home_with_an_apostrophe(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "o'neil co")
    raw = RawFactory(settings)
    raw.add("crm_leads", LEADS)
    expose_raw(settings.build_file, settings.raw)
    assert "o\\'neil co/raw/crm_leads/" in statement_of(settings, "crm_leads")


def test_a_home_whose_name_spark_would_take_for_a_pattern(tmp_path: Path) -> None:
    settings = load_settings(tmp_path / "acme [eu]")
    settings.make_folders()
    with pytest.raises(SettingsError, match=r"acme \[eu\].*pattern"):
        write_raw_statements(settings)


def test_what_spark_built_is_read_by_checks_and_publishing(settings: Settings) -> None:
    folder = settings.spark / "tables" / "marts.db" / "mart_thing"
    folder.mkdir(parents=True)
    (settings.spark / "tables" / "marts.db" / "mart_never_finished").mkdir()
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.execute(f"copy (select 1 as n union all select 2) to '{folder}/part-0.parquet'")
        # A table that DuckDB built before the engine was changed.
        connection.execute("create schema marts; create table marts.mart_thing as select 'old' as n")
    assert engine.bring_home(settings) == 1
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        assert connection.execute("select sum(n) from marts.mart_thing").fetchone() == (3,)


def test_tables_of_an_earlier_build_are_not_taken_for_those_of_this_one(settings: Settings) -> None:
    """A server whose warehouse directory is another leaves the old ones as they are."""
    settings = replace(settings, spark_server="spark.example:10000")
    folder = settings.spark / "tables" / "marts.db" / "mart_thing"
    folder.mkdir(parents=True)
    duckdb.execute(f"copy (select 1 as n) to '{folder}/part-0.parquet'")
    os.utime(folder / "part-0.parquet", (1_000, 1_000))
    with pytest.raises(engine.SparkElsewhere, match=r"spark.sql.warehouse.dir of spark.example:10000"):
        engine.bring_home(settings, since=2_000)
    assert engine.bring_home(settings, since=1_000) == 1


def test_after_spark_duckdb_finds_no_views_in_the_place_of_its_tables(settings: Settings) -> None:
    folder = settings.spark / "tables" / "seeds.db" / "channels"
    folder.mkdir(parents=True)
    duckdb.execute(f"copy (select 1 as n) to '{folder}/part-0.parquet'")
    engine.bring_home(settings)
    with duckdb.connect(str(settings.build_file)) as connection:
        connection.execute("create view staging.own as select 1 as n")
    engine.leave(settings)
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        left = connection.execute("select view_name from duckdb_views() where not internal").fetchall()
        assert left == [("own",)]


def test_a_home_that_was_copied_builds_everything_in_its_own_place(settings: Settings, tmp_path: Path) -> None:
    """Spark's catalogue knows tables by their full path: that of a copy would write to the first home."""
    settings = replace(settings, engine="spark")
    engine.environment(settings)
    (settings.spark / "catalogue" / "derby.log").touch()
    engine.environment(settings)
    assert (settings.spark / "catalogue" / "derby.log").exists()
    copy = replace(load_settings(tmp_path / "copy"), engine="spark")
    shutil.copytree(settings.home, copy.home)
    engine.environment(copy)
    assert not (copy.spark / "catalogue" / "derby.log").exists()
    assert due.circumstances(copy) != due.circumstances(settings)


def test_dbt_is_told_where_spark_is(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "check_installed", lambda settings: None)
    command, environment = dbt_command(replace(settings, engine="spark"), ["build"], AS_OF)
    assert command[command.index("--target") + 1] == "spark"
    assert environment["WAREHOUSE_SPARK_RAW"] == str(settings.spark / "raw.sql")
    server = replace(settings, engine="spark", spark_server="spark.example:10000")
    command, environment = dbt_command(server, ["build"], AS_OF)
    assert command[command.index("--target") + 1] == "spark_server"
    assert (environment["WAREHOUSE_SPARK_HOST"], environment["WAREHOUSE_SPARK_PORT"]) == ("spark.example", "10000")
    command, environment = dbt_command(settings, ["build"], AS_OF)
    assert "--target" not in command and "WAREHOUSE_SPARK" not in environment


def test_without_its_packages_the_message_says_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(engine.SparkMissing, match="make setup EXTRAS=spark"):
        dbt_command(replace(settings, engine="spark"), ["build"], AS_OF)


@pytest.mark.parametrize(
    ("name", "value"), [("FUNNELHOUSE_ENGINE", "hadoop"), ("FUNNELHOUSE_SPARK_SERVER", "somewhere")]
)
def test_an_unusable_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load_settings()
