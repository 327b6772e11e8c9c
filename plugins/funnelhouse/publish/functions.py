"""Table functions that the published file carries: questions with an argument, which no table can answer by itself.

They are DuckDB macros. Each exists twice: in `marts` beside its table, and in `main`, where it needs no schema name.

- `position_as_of(day)`: where each lead and deal stood when the business day ended (R077).
- `<something>_as_reported_on(day)`: what the exports up to the end of the business day said, whatever came later.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from funnelhouse.publish.errors import PublishRefused
from funnelhouse.sql import sql_name as quoted


@dataclass(frozen=True)
class TableFunction:
    """`name(parameters)`, a query on the mart `table`; `example` are arguments that it must answer."""

    name: str
    table: str
    parameters: str
    example: str
    sql: str


VERSION_COLUMNS = "row_key, version_number, reported_from, reported_until, reported_on, replaced_on, ended_by"
EMAIL_COLUMNS = (
    "delivered_gained, opens_gained, clicks_gained, unsubscribes_gained, complaints_gained, orders_gained, "
    "revenue_native_gained, is_first_reading, is_counter_reset"
)
STOOD = "reported_on <= cast(day as date) and (replaced_on is null or replaced_on > cast(day as date))"
"""A version stood when the day ended if it was exported by then and nothing newer was."""
SPEAKS_OF = "least(cast(day as date), data_as_of) as data_as_of"


def _as_reported(name: str, table: str, columns: str, where: str = "true") -> TableFunction:
    return TableFunction(
        name=f"{name}_as_reported_on",
        table=table,
        parameters="day",
        example="date '2000-01-01'",
        sql=f"select {columns} from marts.{table} where {where} and {STOOD}",
    )


def _whole(without: str) -> str:
    return f"* exclude ({without}) replace ({SPEAKS_OF})"


# A deal closed with a later date is open until that day comes, as in fct_opportunity.
OPPORTUNITY = f"""
    record_id as opportunity_id, source, record_name as opportunity_name, account_id, pipeline, source_stage,
    case when status = 'open' or closed_on <= cast(day as date) then stage else stage_before_close end as stage,
    case when closed_on <= cast(day as date) then status else 'open' end as status,
    record_type as opportunity_type, created_on, expected_close_on,
    case when closed_on <= cast(day as date) then closed_on end as closed_on,
    amount_native, currency, is_currency_assumed, amount_reporting, fx_rate, fx_date, is_fx_missing, probability,
    is_stage_unmapped, case when closed_on <= cast(day as date) then loss_reason end as loss_reason, owner_id,
    {SPEAKS_OF}
"""

FUNCTIONS = (
    # Days, not instants, are compared: who entered on or before the day and left after it was there when the day ended.
    TableFunction(
        name="position_as_of",
        table="fct_stage_interval",
        parameters="day",
        example="date '2000-01-01'",
        sql="""
            select
                entity_type, entity_id, person_id, opportunity_id, account_id, pipeline, stage, stage_order, stage_type,
                entered_at, entered_on, cast(cast(day as date) - entered_on as bigint) as days_in_stage, entry_number,
                sla_days, cast(day as date) - entered_on > sla_days as is_over_sla, rep_id, rep_name, team, region,
                segment, channel, campaign_id, source, amount_reporting, cast(day as date) as position_on
            from marts.fct_stage_interval
            where
                entered_on <= cast(day as date)
                and (left_on is null or left_on > cast(day as date))
                and cast(day as date) <= data_as_of
        """,
    ),
    _as_reported("ad_performance", "fct_ad_performance_version", _whole(VERSION_COLUMNS)),
    _as_reported("web_traffic", "fct_web_traffic_version", _whole(VERSION_COLUMNS)),
    _as_reported("email_campaign", "fct_email_campaign_version", _whole(f"{VERSION_COLUMNS}, {EMAIL_COLUMNS}")),
    _as_reported("social_page", "fct_social_page_version", _whole(VERSION_COLUMNS)),
    # A later reading of a post's counters adds days and changes none: nothing but readings up to the day.
    TableFunction(
        name="social_post_as_reported_on",
        table="fct_social_post_daily",
        parameters="day",
        example="date '2000-01-01'",
        sql=f"select * replace ({SPEAKS_OF}) from marts.fct_social_post_daily where snapshot_on <= cast(day as date)",
    ),
    _as_reported(
        "opportunity",
        "fct_crm_record_version",
        OPPORTUNITY,
        "entity = 'crm_opportunities' and coalesce(created_on, closed_on) <= cast(day as date)",
    ),
    _as_reported(
        "lead",
        "fct_crm_record_version",
        "record_id as lead_id, source, status, lead_source, campaign_id, created_on, is_converted, converted_on, "
        f"account_id, owner_id, {SPEAKS_OF}",
        "entity = 'crm_leads'",
    ),
    _as_reported(
        "contact",
        "fct_crm_record_version",
        "record_id as contact_id, source, account_id, status as lifecycle_stage, lead_source, created_on, owner_id, "
        f"{SPEAKS_OF}",
        "entity = 'crm_contacts'",
    ),
    _as_reported(
        "account",
        "fct_crm_record_version",
        "record_id as account_id, source, record_name as account_name, record_type as account_type, segment, "
        f"lead_source, created_on, owner_id, {SPEAKS_OF}",
        "entity = 'crm_accounts'",
    ),
    _as_reported(
        "subscription",
        "fct_crm_record_version",
        "record_id as subscription_id, source, account_id, record_name as plan_name, status, record_type as "
        "billing_period, amount_native, currency, amount_reporting, fx_rate, fx_date, is_fx_missing, quantity, "
        f"started_on, ended_on, is_trial, created_on, {SPEAKS_OF}",
        "entity = 'crm_subscriptions'",
    ),
    _as_reported(
        "marketing_cost",
        "fct_plan_version",
        "plan_id as cost_id, source, account_id, start_date as period_start, end_date as period_end, category, "
        "department, channel, campaign_name, team, vendor, kind, allocation_key, sales_step, amount_native, "
        f"currency, amount_reporting, fx_rate, is_fx_missing, {SPEAKS_OF}",
        "plan_kind = 'marketing_cost'",
    ),
    _as_reported(
        "goal",
        "fct_plan_version",
        "plan_id as goal_id, goal_version, valid_from, goal_name, metric, scope_type, scope, owner, direction, "
        f"target_kind, target_value, start_date, end_date, cadence, currency, {SPEAKS_OF}",
        "plan_kind = 'goal'",
    ),
)
"""Nothing before the first event of a lead or deal, or before the first export.

`position_as_of` has nothing for days after the one the marts speak of; `as_reported_on` has what is current then.
"""


def create_functions(connection: duckdb.DuckDBPyConnection, catalog: str, tables: set[str]) -> None:
    """Create the functions whose table is among `tables` in an attached database; the connection keeps its own one."""
    row = connection.execute("select current_database()").fetchone()
    # A macro names its table without the database, which readers may attach under any name.
    connection.execute(f"use {quoted(catalog)}")
    try:
        for function in FUNCTIONS:
            if function.table in tables:
                for schema in ("marts", "main"):
                    connection.execute(
                        f"create macro {schema}.{function.name}({function.parameters}) as table {function.sql}"
                    )
    finally:
        connection.execute(f"use {quoted(row[0] if row else 'memory')}")


def verify_functions(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> None:
    """Ask each function once as a reader would. Raises PublishRefused if one does not answer."""
    for function in FUNCTIONS:
        if function.table not in tables:
            continue
        for name in (f"marts.{function.name}", function.name):
            try:
                connection.execute(f"select count(*) from {name}({function.example})").fetchone()
            except duckdb.Error as error:
                raise PublishRefused(f"{name}() does not answer in the written file: {error}") from error
