"""Failing rows of raw tables that do not count any more, because a newer export replaced them (macro row_outcomes)."""

from __future__ import annotations

from funnelhouse.contracts.entities import Entity, entities
from funnelhouse.quality.suites import Suite
from funnelhouse.sql import sql_name, sql_text


def replaced_rows_query(suite: Suite, failing: str) -> str | None:
    """SQL that selects `_batch_id` and `_row_number` of those rows of `failing` that a newer export replaces.

    `failing` is SQL that selects rows of the suite's table with these two columns. None for a table without exports
    that replace each other. Where the models have a finer rule, a row is rather taken to count still.
    """
    entity = entities().get(suite.table.removeprefix("raw.")) if suite.boundary == "raw" else None
    if entity is None:
        return None
    table = f"raw.{sql_name(entity.name)}"
    key = " and ".join(
        f"newer.{sql_name(name)} is not distinct from own.{sql_name(name)}"
        for name in ("source", "account_id", *entity.key)
    )
    return f"""
        with own as (
            select rows.*, batches.exported_at as batch_at, coalesce(batches.scope, '') as batch_scope,
                batches.account_id as batch_account
            from {table} as rows
            semi join (select distinct _batch_id, _row_number from ({failing})) as failing
                on rows._batch_id = failing._batch_id and rows._row_number = failing._row_number
            inner join raw._batches as batches on rows._batch_id = batches.batch_id
        ),
        older_version as (
            select own._batch_id, own._row_number, {_key_of("own", entity)} as row_key
            from own
            inner join {table} as newer on {key}
            inner join raw._batches as batches on newer._batch_id = batches.batch_id
            where (batches.exported_at, newer._batch_id, newer._row_number)
                > (own.batch_at, own._batch_id, own._row_number)
        ),
        not_in_newest as (
            select own._batch_id, own._row_number, {_key_of("own", entity)} as row_key
            from own
            inner join raw._batches as newer
                on own.source = newer.source and own.batch_account = newer.account_id
                and own.batch_scope = coalesce(newer.scope, '') and newer.exported_at > own.batch_at
            where list_contains(string_split(newer.entities, ','), {sql_text(entity.name)}) and {_replaces(entity)}
        )
        select _batch_id, _row_number
        from (
            select own._batch_id, own._row_number, {_key_of("own", entity)} in (
                select row_key from older_version union all select row_key from not_in_newest
            ) as is_replaced
            from own
        )
        group by all
        having bool_and(is_replaced)
    """


def _key_of(relation: str, entity: Entity) -> str:
    names = ("_batch_id", "_row_number", *entity.key)
    parts = ", ".join(f"coalesce({relation}.{sql_name(name)}::varchar, '')" for name in names)
    return f"concat_ws(chr(31), {parts})"


def _replaces(entity: Entity) -> str:
    """SQL: an export `newer` takes the place of the row `own`, whether it has it or not."""
    if not entity.column("date"):
        return "newer.restatement = 'full'"
    return (
        "(newer.restatement = 'full' or (newer.restatement = 'replace_period' "
        "and own.date between newer.period_start and newer.period_end))"
    )
