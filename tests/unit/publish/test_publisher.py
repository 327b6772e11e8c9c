"""Publishing: whole versions, one switch, kept history."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from funnelhouse.cli import app
from funnelhouse.publish import publisher, reader
from funnelhouse.publish.errors import NothingPublished, PublishRefused, RollbackImpossible
from funnelhouse.publish.publisher import publish, rollback, table_hashes, versions
from funnelhouse.settings import Settings
from funnelhouse.store.locks import run_lock, writer_lock
from tests.unit.publish.publish_factory import GOOD, SPEND, change_build, dbt_manifest, small_build

MORE = [*SPEND, ("2026-10-31", "Email", "0.10")]


def spend(settings: Settings) -> object:
    return reader.query(settings, "select sum(spend)::varchar from marts.mart_spend")[1][0][0]


def test_a_publish_gives_file_parquet_and_manifest_of_one_version(settings: Settings) -> None:
    small_build(settings)
    version = publish(settings)
    assert version.tables == {"dim_channel": 1, "mart_spend": 2}
    assert version.is_current and version.as_of == "2026-10-31"
    assert settings.published_file.resolve() == version.path
    manifest = json.loads((settings.published / "manifest.json").read_text())
    assert manifest["version"] == version.version
    assert (settings.published / "parquet").resolve().parent == version.path.parent
    assert (settings.published / "workbook.xlsx").resolve().parent == version.path.parent
    assert spend(settings) == "3.750000"
    with duckdb.connect() as connection:
        described = connection.execute(
            f"describe select * from '{settings.published}/parquet/mart_spend.parquet'"
        ).fetchall()
        rows = connection.execute(f"select * from '{settings.published}/parquet/mart_spend.parquet'").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [
        ("day", "DATE"), ("channel", "VARCHAR"), ("spend", "DECIMAL(18,6)"), ("click_rate", "DOUBLE"),
    ]  # fmt: skip
    assert rows == reader.query(settings, "select * from marts.mart_spend")[1]


def test_the_manifest_tells_sums_types_and_hashes(settings: Settings) -> None:
    small_build(settings)
    version = publish(settings)
    manifest = json.loads((version.path.parent / "manifest.json").read_text())
    table = next(table for table in manifest["tables"] if table["name"] == "mart_spend")
    assert table["rows"] == 2
    assert table["columns"][2] == {"name": "spend", "type": "DECIMAL(18,6)"}
    assert table["content_hash"] == table_hashes(settings.build_file)["marts.mart_spend"]
    for name, facts in manifest["files"].items():
        content = (version.path.parent / name).read_bytes()
        assert facts == {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert manifest["gate"]["status"] == "not checked"


def test_the_file_is_read_only_in_the_old_storage_format_with_marts_and_meta_only(settings: Settings) -> None:
    small_build(settings)
    path = publish(settings).path
    assert path.stat().st_mode & 0o777 == 0o444
    # Bytes 12-19 of a DuckDB file are its storage version; 64 is what DuckDB 1.0 and 1.1 read.
    assert int.from_bytes(path.read_bytes()[12:20], "little") == 64
    with duckdb.connect(str(path), read_only=True) as connection:
        schemas = connection.execute("select distinct schema_name from duckdb_tables() order by 1").fetchall()
    assert schemas == [("marts",), ("meta",)]


def test_the_same_build_written_twice_has_the_same_parquet_bytes(settings: Settings, tmp_path: Path) -> None:
    small_build(settings)
    first = publish(settings).path.parent / "parquet" / "mart_spend.parquet"
    other = replace(settings, home=tmp_path / "other")
    other.make_folders()
    small_build(other, list(reversed(SPEND)))
    second = publish(other).path.parent / "parquet" / "mart_spend.parquet"
    assert first.read_bytes() == second.read_bytes()


def test_an_old_reader_keeps_its_version_and_a_new_one_in_the_same_process_sees_the_new(settings: Settings) -> None:
    small_build(settings)
    publish(settings)
    with reader.connect(settings) as old:
        small_build(settings, MORE)
        publish(settings)
        with reader.connect(settings) as new:
            assert new.execute("select count(*) from marts.mart_spend").fetchall() == [(3,)]
        assert old.execute("select count(*) from marts.mart_spend").fetchall() == [(2,)]


def test_equal_content_gives_no_new_version_but_a_log_entry(settings: Settings) -> None:
    small_build(settings)
    first = publish(settings)
    small_build(settings, list(reversed(SPEND)))
    again = publish(settings)
    assert again.version == first.version
    assert len(versions(settings)) == 1
    log = json.loads((settings.published / "publish_log.json").read_text())
    assert [entry["event"] for entry in log] == ["publish", "unchanged"]


def test_a_new_column_alone_gives_a_new_version(settings: Settings) -> None:
    small_build(settings)
    first = publish(settings)
    change_build(settings, "alter table marts.dim_channel add column label varchar")
    assert publish(settings).version != first.version


def test_the_last_versions_are_kept_and_the_current_is_never_deleted(settings: Settings) -> None:
    kept = replace(settings, keep_versions=2)
    published = []
    for amount in ("1", "2", "3", "4"):
        small_build(kept, [("2026-10-31", "Email", amount)])
        published.append(publish(kept).version)
    assert [known.version for known in versions(kept)] == [published[3], published[2]]
    rollback(kept, published[2])
    one = replace(settings, keep_versions=1)
    small_build(one, [("2026-10-31", "Email", "5")])
    newest = publish(one).version
    assert [known.version for known in versions(one)] == [newest]


def test_rollback_goes_to_what_readers_had_before(settings: Settings) -> None:
    small_build(settings)
    first = publish(settings)
    small_build(settings, MORE)
    second = publish(settings)
    assert rollback(settings).version == first.version
    assert spend(settings) == "3.750000"
    # The third replaces the first (readers were rolled back to it), so a rollback skips the withdrawn second.
    small_build(settings, [("2026-10-31", "Email", "7")])
    third = publish(settings)
    assert rollback(settings).version == first.version
    assert rollback(settings, second.version).version == second.version
    assert [known.is_current for known in versions(settings)] == [False, True, False]
    assert third.version == versions(settings)[0].version


def test_a_rollback_works_while_a_run_or_the_services_are_up_and_says_what_readers_get(settings: Settings) -> None:
    small_build(settings)
    first = publish(settings)
    small_build(settings, MORE)
    publish(settings)
    with run_lock(settings, "funnelhouse ui"), writer_lock(settings, "build"):
        done = CliRunner().invoke(app, ["publish", "--rollback", "--home", str(settings.home)], env={"COLUMNS": "500"})
    assert done.exit_code == 0, done.output
    assert f"Readers now get version {first.version}, data as of {first.as_of}" in " ".join(done.output.split())
    assert settings.published_file.resolve() == first.path


def test_the_log_in_the_next_version_tells_of_the_rollback(settings: Settings) -> None:
    small_build(settings)
    first = publish(settings)
    small_build(settings, MORE)
    second = publish(settings)
    rollback(settings)
    small_build(settings, [("2026-10-31", "Email", "7")])
    third = publish(settings)
    log = reader.query(settings, "select event, version, previous_version from meta.publish_log")[1]
    assert log == [
        ("publish", first.version, None),
        ("publish", second.version, first.version),
        ("rollback", first.version, second.version),
        ("publish", third.version, first.version),
    ]


def test_rollback_works_while_readers_have_both_versions_open(settings: Settings) -> None:
    small_build(settings)
    publish(settings)
    with reader.connect(settings):
        small_build(settings, MORE)
        publish(settings)
        with reader.connect(settings):
            rollback(settings)
            assert spend(settings) == "3.750000"
            assert len(table_hashes(settings.published_file)) == 2


def test_rollback_without_an_older_version_says_what_is_kept(settings: Settings) -> None:
    with pytest.raises(NothingPublished):
        rollback(settings)
    small_build(settings)
    version = publish(settings)
    with pytest.raises(RollbackImpossible, match=version.version):
        rollback(settings)
    with pytest.raises(RollbackImpossible, match="is not kept"):
        rollback(settings, "20200101T000000Z-abcdef")


@pytest.mark.parametrize("name", ["workbook.xlsx", "parquet/mart_spend.parquet", "warehouse.duckdb"])
@pytest.mark.parametrize("is_gone", [True, False])
def test_readers_are_never_sent_back_to_a_damaged_version_and_a_publish_replaces_it(
    settings: Settings, name: str, *, is_gone: bool
) -> None:
    small_build(settings)
    first = publish(settings)
    damaged = first.path.parent / name
    if is_gone:
        damaged.unlink()
    else:
        damaged.chmod(0o644)
        content = bytearray(damaged.read_bytes())
        content[len(content) // 2] ^= 1
        damaged.write_bytes(content)
    again = publish(settings)
    assert again.version != first.version
    assert (again.path.parent / name).exists()
    with pytest.raises(RollbackImpossible, match=f"{name} {'is missing' if is_gone else 'was changed'}"):
        rollback(settings)
    assert settings.published_file.resolve() == again.path
    assert publish(settings).version == again.version


def test_a_table_with_a_key_lies_in_its_order_and_equal_tables_have_equal_files(
    settings: Settings, tmp_path: Path
) -> None:
    contents = []
    other = replace(settings, home=tmp_path / "other")
    other.make_folders()
    for house, rows in ((settings, MORE), (other, list(reversed(MORE)))):
        small_build(house, rows)
        dbt_manifest(house, GOOD, {"grain": {"columns": ["channel", "day"]}})
        contents.append((publish(house).path.parent / "parquet" / "mart_spend.parquet").read_bytes())
    assert contents[0] == contents[1]
    found = reader.query(settings, "select channel, day::varchar from marts.mart_spend")[1]
    assert found == [("Email", "2026-10-31"), ("Paid Search", "2026-10-30"), ("Paid Search", "2026-10-31")]


def test_a_share_is_a_fraction_but_what_has_no_rate_is_counted(settings: Settings) -> None:
    small_build(settings)
    change_build(
        settings, "create table marts.t as select 0.5::double as win_rate, 2::bigint as deals_without_rate, "
                  "1.1::decimal(18, 6) as fx_rate",
    )  # fmt: skip
    publish(settings)
    units = reader.query(
        settings, "select column_name, unit from meta.data_dictionary where object_name = 't' and position > 0"
    )[1]
    assert dict(units) == {"win_rate": "fraction", "deals_without_rate": None, "fx_rate": None}


def test_a_view_of_the_build_is_published_as_a_table(settings: Settings) -> None:
    small_build(settings)
    change_build(settings, "create view marts.mart_days as select day, spend from marts.mart_spend")
    with duckdb.connect(str(publish(settings).path), read_only=True) as connection:
        days = connection.execute("select day::varchar, spend::varchar from marts.mart_days order by 1").fetchall()
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    assert days == [("2026-10-30", "1.500000"), ("2026-10-31", "2.250000")]
    assert ("mart_days",) in tables


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("create table marts.t as select sum(1::bigint) as n", r"marts\.t\.n has type HUGEINT.*cast it to BIGINT"),
        ("create table marts.t as select [1] as n", r"marts\.t\.n has type INTEGER\[\]"),
        ("create table marts.t as select now() as n", r"marts\.t\.n has type TIMESTAMP WITH TIME ZONE.*UTC"),
    ],
)
def test_what_readers_cannot_use_is_refused_by_name_and_nothing_changes(
    settings: Settings, statement: str, message: str
) -> None:
    small_build(settings)
    first = publish(settings)
    change_build(settings, statement)
    with pytest.raises(PublishRefused, match=message):
        publish(settings)
    assert [known.version for known in versions(settings)] == [first.version]
    assert sorted(path.name for path in first.path.parents[1].iterdir()) == [first.version]


def test_hashes_ignore_the_order_of_rows_but_count_equal_rows(settings: Settings) -> None:
    small_build(settings)
    before = table_hashes(settings.build_file)
    small_build(settings, list(reversed(SPEND)))
    assert table_hashes(settings.build_file) == before
    small_build(settings, [*SPEND, *SPEND])
    assert table_hashes(settings.build_file)["marts.mart_spend"] != before["marts.mart_spend"]
    assert table_hashes(settings.build_file)["marts.dim_channel"] == before["marts.dim_channel"]


def test_hashes_ignore_the_last_digits_of_ratios(settings: Settings) -> None:
    small_build(settings)
    change_build(settings, "update marts.mart_spend set click_rate = 0.1::double + 0.2::double")
    before = table_hashes(settings.build_file)
    change_build(settings, "update marts.mart_spend set click_rate = 0.3::double")
    assert table_hashes(settings.build_file) == before
    change_build(settings, "update marts.mart_spend set click_rate = 0.300001::double")
    assert table_hashes(settings.build_file) != before


def test_the_build_file_is_free_again_after_a_publish(settings: Settings) -> None:
    small_build(settings)
    publish(settings)
    change_build(settings, "drop table marts.dim_channel")


def test_a_damaged_log_is_rebuilt_from_the_kept_versions(settings: Settings) -> None:
    small_build(settings)
    first = publish(settings)
    (settings.published / "publish_log.json").write_text("{ damaged")
    small_build(settings, MORE)
    second = publish(settings)
    log = reader.query(settings, "select event, version from meta.publish_log")[1]
    assert log == [("publish", first.version), ("publish", second.version)]


def test_versions_sort_by_publish_even_within_one_second(settings: Settings) -> None:
    names = []
    for amount in ("1", "2", "3"):
        small_build(settings, [("2026-10-31", "Email", amount)])
        names.append(publish(settings).version)
    assert names == sorted(names)
    assert len({name.split("-")[0] for name in names}) == 3


def test_public_names_are_importable_from_the_publisher() -> None:
    assert {"publish", "rollback", "versions", "table_hashes"} <= set(publisher.__all__)
