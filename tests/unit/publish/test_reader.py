"""The reader: read-only, fenced in, and clear when there is nothing to read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from funnelhouse.publish import reader
from funnelhouse.publish.errors import NothingPublished
from funnelhouse.publish.publisher import publish, rollback
from funnelhouse.settings import Settings
from tests.unit.publish.publish_factory import SPEND, small_build


def test_nothing_published_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(NothingPublished, match="make run"):
        reader.connect(settings)


def test_a_vanished_version_says_how_to_go_back(settings: Settings) -> None:
    small_build(settings)
    publish(settings)
    small_build(settings, SPEND[:1])
    newest = publish(settings)
    shutil.rmtree(newest.path.parent)
    with pytest.raises(NothingPublished, match="--rollback"):
        reader.connect(settings)
    rollback(settings)
    assert reader.query(settings, "select count(*) from marts.mart_spend")[1] == [(2,)]


def test_query_gives_columns_and_rows(settings: Settings) -> None:
    small_build(settings)
    publish(settings)
    columns, rows = reader.query(settings, "select channel, count(*) as days from marts.mart_spend group by all")
    assert columns == ["channel", "days"]
    assert rows == [("Paid Search", 2)]


@pytest.mark.parametrize(
    "sql",
    [
        "insert into marts.dim_channel values ('x')",
        "create table marts.x as select 1 as a",
        "drop table marts.dim_channel",
        "select * from read_csv('{secret}')",
        "select * from '{secret}'",
        "select * from read_text('{secret}')",
        "select * from glob('{folder}/*')",
        "copy marts.dim_channel to '{folder}/out.csv'",
        "attach '{folder}/other.duckdb' as other",
        "export database '{folder}/export'",
        "set enable_external_access = true",
        "set memory_limit = '100GB'",
        "set lock_configuration = false",
        "install httpfs",
        "load '{folder}/x.duckdb_extension'",
        "select nonsense",
    ],
)
def test_nothing_but_reading_the_published_tables_is_possible(settings: Settings, tmp_path: Path, sql: str) -> None:
    small_build(settings)
    version = publish(settings)
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(reader.QueryFailed):
        reader.query(settings, sql.format(secret=secret, folder=tmp_path))
    assert sorted(tmp_path.rglob("*")) == before
    assert reader.query(settings, "select count(*) from marts.dim_channel")[1] == [(1,)]
    assert version.path.stat().st_mode & 0o222 == 0
