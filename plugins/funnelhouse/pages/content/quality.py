"""How far can the numbers be trusted?"""

from __future__ import annotations

from funnelhouse.pages.ask import Ask
from funnelhouse.pages.parts import N_, Card, Column, Kind, Page, Table

MARTS = ("mart_source_freshness", "mart_file_outcome", "mart_period_reconciliation", "mart_unknown_value")

_CHECKS = """
    select table_name, description, severity, outcome, why, rows_failed, rows_checked
    from meta.check_result
    where outcome in ('failed', 'raised')
    order by list_position(['critical', 'warning', 'info'], severity), table_name, description
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


def build(ask: Ask) -> Page:
    """Checks that broke, sources and files that lag or do not count, totals that do not agree, and all versions."""
    cards = [
        ask.tried("checks", N_("Checks that broke"), lambda: _checks(ask)),
        ask.tried("sources", N_("How fresh the sources are"), lambda: _sources(ask)),
        ask.tried("files", N_("Files to look at"), lambda: _files(ask)),
        ask.tried("totals", N_("The platforms' own totals beside ours"), lambda: _totals(ask)),
        ask.tried("unknown", N_("Words that no rule knows"), lambda: _unknown(ask)),
        ask.tried("versions", N_("Published versions"), lambda: _versions(ask)),
    ]
    return Page(cards, (), MARTS)


def _checks(ask: Ask) -> Card:
    return Table(
        "checks", ask.say(N_("Checks that broke")), "meta.check_result",
        [
            Column("severity", N_("Severity"), Kind.WORD, tone="severity"),
            Column("table_name", N_("Table")),
            Column("description", N_("Check")),
            Column("why", N_("Why it matters")),
            Column("rows_failed", N_("Rows"), Kind.COUNT),
            Column("rows_checked", N_("Of"), Kind.COUNT),
        ],
        ask.data.rows(_CHECKS), ask.say(N_("Every check passed.")),
    )  # fmt: skip


def _sources(ask: Ask) -> Card:
    from funnelhouse.pages.warehouse import STALE_DAYS

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
            Column("why", N_("Why")),
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
            Column("what_to_do", N_("What to do")),
        ],
        rows, ask.say(N_("Every word in the exports is known.")), more=more,
    )  # fmt: skip


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
