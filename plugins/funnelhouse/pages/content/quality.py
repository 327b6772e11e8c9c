"""How far can the numbers be trusted?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from funnelhouse.pages.ask import Ask
from funnelhouse.pages.parts import N_, Card, Choice, Column, Kind, Page, Picture, Table
from funnelhouse.pages.warehouse import STALE_DAYS

MARTS = (
    "mart_metric_trust",
    "mart_source_freshness",
    "mart_file_outcome",
    "mart_period_reconciliation",
    "mart_unknown_value",
)

_CHECKS = """
    select table_name, description, severity, outcome, why, rows_failed, rows_checked
    from meta.check_result
    where outcome in ('failed', 'raised')
    order by list_position(['critical', 'warning', 'info'], severity), table_name, description
"""
_TRUST = """
    select
        trust.label, trust.status, trust.reason, trust.sources, trust.fresh_until, trust.days_behind,
        trust.completeness_share, status.checks_passed, status.checks_failed, trust.reconciled_until,
        trust.reconciled_total, trust.reconciled_difference
    from marts.mart_metric_trust as trust
    left join meta.mart_status as status on trust.mart = status.mart
    order by list_position(['fail', 'warn', 'unknown', 'pass'], trust.status), trust.label
"""
_SOURCES = """
    select channel_kind, source, account_id, last_data_on, days_behind, last_exported_at, file_count,
        suspended_file_count, rows_loaded, case when days_behind > $days then 'warning' end as tone
    from marts.mart_source_freshness
    order by days_behind desc, source, account_id
"""
_FILES = """
    select file_name, sources, outcome, standing, coalesce(standing_reason, message) as why, rows_in, rows_loaded,
        rows_rejected, rows_kept_aside
    from marts.mart_file_outcome
    where outcome <> 'loaded' or standing is distinct from 'counts' or rows_rejected > 0 or rows_kept_aside > 0
    order by outcome = 'loaded', file_name
"""
_TOTALS = """
    select source, account_id, measure, period_start, period_end, total_value, daily_value, difference,
        relative_difference, status
    from marts.mart_period_reconciliation
    order by status = 'agrees', abs(relative_difference) desc nulls last, period_start desc, source, measure
"""
_UNKNOWN = """
    select field, source, value, row_count, first_seen_on, what_to_do
    from marts.mart_unknown_value
    order by row_count desc, field, value
"""
_VERSIONS = """
    select event, happened_at, version, data_as_of, gate_status, row_count
    from meta.publish_log
    order by happened_at desc, version desc
    limit 30
"""


_EDGES = """
    with recursive ancestors as (
        select schema_name, object_name, parent_schema, parent_name
        from meta.lineage
        where schema_name = 'marts' and object_name = $mart
        union
        select edges.schema_name, edges.object_name, edges.parent_schema, edges.parent_name
        from meta.lineage as edges
        inner join ancestors
            on edges.schema_name = ancestors.parent_schema and edges.object_name = ancestors.parent_name
    )

    select * from ancestors order by all
"""
_ENDS = (("schema_name", "object_name"), ("parent_schema", "parent_name"))
_MARTS = "select distinct object_name from meta.lineage where schema_name = 'marts' order by object_name"
DRAWN = "mart_channel_kpi_period"
ROW, LEFT, MIDDLE, RIGHT, WIDTH = 24, 200, 440, 760, 1040
"""Where the picture of a table's origin has its three columns, in pixels."""


def build(ask: Ask) -> Page:
    """Checks that broke, sources and files that lag or do not count, totals that do not agree, and all versions."""
    marts = [row["object_name"] for row in ask.known_rows(_MARTS)]
    mart = ask.filters.known("q", marts, DRAWN if DRAWN in marts else next(iter(marts), ""))
    cards = [
        ask.tried("checks", N_("Checks that broke"), lambda: _checks(ask)),
        ask.tried("trust", N_("How far each number can be trusted"), lambda: _trust(ask)),
        ask.tried("sources", N_("How fresh the sources are"), lambda: _sources(ask)),
        ask.tried("files", N_("Files to look at"), lambda: _files(ask)),
        ask.tried("totals", N_("The platforms' own totals beside ours"), lambda: _totals(ask)),
        ask.tried("unknown", N_("Words that no rule knows"), lambda: _unknown(ask)),
        ask.tried("lineage", N_("What a table is made from"), lambda: _lineage(ask, mart)),
        ask.tried("versions", N_("Published versions"), lambda: _versions(ask)),
    ]
    choice = Choice("q", ask.say(N_("Table")), [(name, name) for name in marts], [mart] if mart else [])
    return Page(cards, [choice], MARTS)


def _checks(ask: Ask) -> Card:
    return Table(
        "checks", ask.say(N_("Checks that broke")), "meta.check_result",
        [
            Column("severity", N_("Severity"), Kind.WORD, tone="severity"),
            Column("table_name", N_("Table")),
            Column("description", N_("Check"), prose=True),
            Column("why", N_("Why it matters"), prose=True),
            Column("rows_failed", N_("Rows"), Kind.COUNT),
            Column("rows_checked", N_("Of"), Kind.COUNT),
        ],
        ask.data.rows(_CHECKS), ask.say(N_("Every check passed.")),
    )  # fmt: skip


def _trust(ask: Ask) -> Card:
    rows = ask.data.rows(_TRUST)
    for row in rows:
        row["said"] = ask.say(row["label"])
    return Table(
        "trust", ask.say(N_("How far each number can be trusted")), "marts.mart_metric_trust",
        [
            Column("said", N_("Metric"), source=""),
            Column("status", N_("Trust"), Kind.WORD, tone="status"),
            Column("reason", N_("Why"), Kind.WORD),
            Column("sources", N_("Source")),
            Column("fresh_until", N_("Data through"), Kind.DATE),
            Column("days_behind", N_("Days behind"), Kind.COUNT),
            Column("completeness_share", N_("Rows loaded, share"), Kind.RATE),
            Column("checks_passed", N_("Checks passed"), Kind.COUNT, "meta.mart_status.checks_passed"),
            Column("checks_failed", N_("Checks broken"), Kind.COUNT, "meta.mart_status.checks_failed"),
            Column("reconciled_until", N_("Compared up to"), Kind.DATE),
            Column("reconciled_total", N_("Total of the platform"), Kind.NUMBER),
            Column("reconciled_difference", N_("Difference"), Kind.NUMBER, change=True),
        ],
        rows, ask.say(N_("No metric is known.")),
        ask.say(N_("Compared: with the newest total of its own that a platform exported.")),
    )  # fmt: skip


def _sources(ask: Ask) -> Card:
    return Table(
        "sources", ask.say(N_("How fresh the sources are")), "marts.mart_source_freshness",
        [
            Column("source", N_("Source")),
            Column("account_id", N_("Account")),
            Column("last_data_on", N_("Newest data"), Kind.DATE, tone="tone"),
            Column("days_behind", N_("Days behind"), Kind.COUNT),
            Column("last_exported_at", N_("Exported at"), Kind.TIME),
            Column("file_count", N_("Files"), Kind.COUNT),
            Column("suspended_file_count", N_("Files suspended"), Kind.COUNT),
            Column("rows_loaded", N_("Rows"), Kind.COUNT),
        ],
        ask.data.rows(_SOURCES, days=STALE_DAYS), ask.say(N_("Nothing was loaded yet.")),
    )  # fmt: skip


def _files(ask: Ask) -> Card:
    rows, more = ask.shown(ask.data.rows(_FILES), 30)
    return Table(
        "files", ask.say(N_("Files to look at")), "marts.mart_file_outcome",
        [
            Column("file_name", N_("File")),
            Column("sources", N_("Source")),
            Column("outcome", N_("Outcome"), Kind.WORD, tone="outcome"),
            Column("standing", N_("Counts"), Kind.WORD, tone="standing"),
            Column("why", N_("Why"), prose=True),
            Column("rows_in", N_("Rows"), Kind.COUNT),
            Column("rows_loaded", N_("Loaded"), Kind.COUNT),
            Column("rows_rejected", N_("Rejected"), Kind.COUNT),
            Column("rows_kept_aside", N_("Kept aside"), Kind.COUNT),
        ],
        rows, ask.say(N_("Every file was read whole and counts.")), more=more,
    )  # fmt: skip


def _totals(ask: Ask) -> Card:
    rows, more = ask.shown(ask.data.rows(_TOTALS), 30)
    return Table(
        "totals", ask.say(N_("The platforms' own totals beside ours")), "marts.mart_period_reconciliation",
        [
            Column("source", N_("Source")),
            Column("measure", N_("Measure")),
            Column("period_start", N_("From"), Kind.DATE),
            Column("period_end", N_("To"), Kind.DATE),
            Column("total_value", N_("Total of the platform"), Kind.NUMBER),
            Column("daily_value", N_("Sum of our days"), Kind.NUMBER),
            Column("difference", N_("Difference"), Kind.NUMBER, change=True),
            Column("relative_difference", N_("Difference, share"), Kind.RATE),
            Column("status", N_("Status"), Kind.WORD, tone="status"),
        ],
        rows, ask.say(N_("No export with totals of a period was loaded.")), more=more,
    )  # fmt: skip


def _unknown(ask: Ask) -> Card:
    rows, more = ask.shown(ask.data.rows(_UNKNOWN), 30)
    return Table(
        "unknown", ask.say(N_("Words that no rule knows")), "marts.mart_unknown_value",
        [
            Column("field", N_("Field")),
            Column("source", N_("Source")),
            Column("value", N_("Value")),
            Column("row_count", N_("Rows"), Kind.COUNT),
            Column("first_seen_on", N_("First seen"), Kind.DATE),
            Column("what_to_do", N_("What to do"), prose=True),
        ],
        rows, ask.say(N_("Every word in the exports is known.")), more=more,
    )  # fmt: skip


def _lineage(ask: Ask, mart: str) -> Card:
    edges: dict[str, set[str]] = {}
    for row in ask.data.rows(_EDGES, mart=mart):
        child, parent = (f"{row[schema]}.{row[name]}" for schema, name in _ENDS)
        edges.setdefault(child, set()).add(parent)
    target = f"marts.{mart}"
    feeds = {parent: exports_below(parent, edges) for parent in sorted(edges.get(target, ()))}
    nodes, lines = placed(feeds, target)
    return Picture(
        "lineage", ask.say(N_("What {table} is made from"), table=mart), nodes, lines, WIDTH,
        max((node["y"] for node in nodes), default=0) + ROW,
        ask.say(N_("Left: what was exported. Middle: what the table reads. Each line says that the export feeds it, "
                   "over any number of steps between.")),
    )  # fmt: skip


def exports_below(name: str, edges: dict[str, set[str]]) -> set[str]:
    """Raw entities that a table is made from, over any number of steps; the records of the house itself left out."""
    found, seen, open_ = set(), {name}, [name]
    while open_:
        for parent in edges.get(one := open_.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                open_.append(parent)
        if one.startswith("raw.") and not one.startswith("raw._"):
            found.add(one)
    return found


def placed(feeds: dict[str, set[str]], target: str) -> tuple[list[dict[str, Any]], list[tuple[int, int, int, int]]]:
    """Names with their places, and lines between them: exports left, what the table reads in the middle, the table."""
    exports = sorted(set().union(*feeds.values())) if feeds else []
    tall = max(len(exports), len(feeds), 1) * ROW

    def column(names: Iterable[str], left: int, side: str) -> dict[str, dict[str, Any]]:
        listed = list(names)
        gap = tall / max(len(listed), 1)
        return {
            name: {"name": name.partition(".")[2], "x": left, "y": round(gap * (place + 0.5)), "side": side}
            for place, name in enumerate(listed)
        }

    left = column(exports, LEFT, "end")
    middle = column(feeds, MIDDLE, "start")
    right = column([target], RIGHT, "start")
    lines = [
        (LEFT + 8, left[export]["y"], MIDDLE - 8, middle[table]["y"])
        for table, found in feeds.items()
        for export in sorted(found)
    ]
    lines += [(MIDDLE + 230, node["y"], RIGHT - 8, right[target]["y"]) for node in middle.values()]
    return [*left.values(), *middle.values(), *right.values()], lines


def _versions(ask: Ask) -> Card:
    return Table(
        "versions", ask.say(N_("Published versions")), "meta.publish_log",
        [
            Column("happened_at", N_("When"), Kind.TIME),
            Column("event", N_("What happened"), Kind.WORD),
            Column("version", N_("Version")),
            Column("data_as_of", N_("Data through"), Kind.DATE),
            Column("gate_status", N_("Checks"), Kind.WORD, tone="gate_status"),
            Column("row_count", N_("Rows"), Kind.COUNT),
        ],
        ask.data.rows(_VERSIONS), ask.say(N_("Nothing was published yet.")),
    )  # fmt: skip
