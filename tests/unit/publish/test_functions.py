"""The published file carries position_as_of(): for every reader, under any name, in the oldest storage format."""

from __future__ import annotations

import duckdb
import pytest

from funnelhouse.publish import reader
from funnelhouse.publish.publisher import publish
from funnelhouse.settings import Settings
from tests.unit.publish.publish_factory import change_build, small_build

# x is a lead from the 2nd to the 4th, passes MQL in no time, and is an SAL since.
INTERVALS = [
    ("Lead", "2026-10-02 09:00:00", "2026-10-04 09:00:00", 3),
    ("MQL", "2026-10-04 09:00:00", "2026-10-04 09:00:00", 3),
    ("SAL", "2026-10-04 09:00:00", None, 14),
]


def _publish(settings: Settings) -> None:
    small_build(settings)
    texts = ("entity_type", "entity_id", "person_id", "opportunity_id", "account_id", "pipeline", "stage", "stage_type",
             "rep_id", "rep_name", "team", "region", "segment", "channel", "campaign_id", "source")  # fmt: skip
    columns = ", ".join(f"{name} varchar" for name in texts)
    change_build(
        settings,
        f"create table marts.fct_stage_interval ({columns}, stage_order bigint, entry_number bigint, sla_days bigint, "
        "entered_at timestamp, left_at timestamp, entered_on date, left_on date, amount_reporting decimal(18, 2), "
        "data_as_of date)",
    )
    for stage, entered, left, limit in INTERVALS:
        ends = f"'{left}'" if left else "null"
        change_build(
            settings,
            "insert into marts.fct_stage_interval by name select 'person' as entity_type, 'x' as entity_id, "
            f"'{stage}' as stage, timestamp '{entered}' as entered_at, cast({ends} as timestamp) as left_at, "
            f"date '{entered[:10]}' as entered_on, cast({ends} as date) as left_on, {limit} as sla_days, "
            "date '2026-10-31' as data_as_of",
        )
    publish(settings)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-10-01", []),  # before creation: absent
        ("2026-10-02", [("Lead", 0, False)]),
        ("2026-10-03", [("Lead", 1, False)]),
        ("2026-10-04", [("SAL", 0, False)]),  # the end of the day counts; MQL took no time
        ("2026-10-20", [("SAL", 16, True)]),  # 16 days, the limit is 14
        ("2026-10-31", [("SAL", 27, True)]),
        ("2026-11-01", []),  # not known yet
    ],
)
@pytest.mark.parametrize("name", ["position_as_of", "marts.position_as_of"])
def test_where_somebody_was_at_the_end_of_a_day(
    settings: Settings, name: str, day: str, expected: list[tuple[str, int, bool]]
) -> None:
    _publish(settings)
    sql = f"select stage, days_in_stage, is_over_sla from {name}(date '{day}')"
    assert reader.query(settings, sql)[1] == expected


def test_a_day_may_be_written_as_text_and_the_file_attached_under_another_name(settings: Settings) -> None:
    _publish(settings)
    assert len(reader.query(settings, "from position_as_of('2026-10-03')")[1]) == 1
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.published_file.resolve()}' as other (read_only)")
        connection.execute("use other")
        assert connection.execute("select count(*) from position_as_of(date '2026-10-03')").fetchone() == (1,)


def test_the_file_keeps_the_oldest_storage_format(settings: Settings) -> None:
    _publish(settings)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.published_file.resolve()}' as published (read_only)")
        tags = connection.execute("select tags from duckdb_databases() where database_name = 'published'").fetchone()
    assert tags is not None
    assert "v1.0.0" in str(tags[0])


def test_a_build_without_the_table_is_published_without_the_function(settings: Settings) -> None:
    small_build(settings)
    publish(settings)
    with pytest.raises(reader.QueryFailed, match="position_as_of"):
        reader.query(settings, "from position_as_of(date '2026-10-03')")
