"""Chapter goals: what many goals cost beside a few, on three years of daily metrics.

Subject: the compiled SQL from the metrics of each day to attainment, SMART check, tree and gaps of every goal, in a fresh process.
Goals last a quarter each, begin at some month of the three years, and are of the company, a team, rep or channel. Reference (1.0):
the same with 50 goals.
"""

from __future__ import annotations

from typing import Any

import duckdb
from rich.console import Console

from tests.bench.empty import AS_OF, RUN, filled_build
from tests.bench.measure import alternate, run_child, table

FEW = 50
MODELS = (
    "int_goal,mart_goal_history,dim_goal_period,fct_goal_progress,mart_goal_attainment,mart_goal_smart,mart_goal_tree,"
    "mart_goal_deal,mart_goal_gap"
)
METRICS = ["revenue", "won_deals", "win_rate", "leads", "mqls", "cycle_time"]
SCOPES = {"company": 1, "team": 3, "rep": 30, "channel": 15}


def chapter(console: Console, runs: int, goals: list[int]) -> list[dict[str, Any]]:
    """Each number of goals beside FEW."""
    documents = []
    settings, few = filled_build("goals", FEW, _fill)
    for number in goals:
        _, many = filled_build("goals", number, _fill)
        ways = {
            f"{FEW} goals": lambda _: run_child(RUN, settings.home, few, MODELS),
            f"{number:,} goals": lambda _, file=many: run_child(RUN, settings.home, file, MODELS),
        }
        title = f"{number:,} goals of a quarter, three years of days"
        documents.append(table(console, title, alternate(ways, runs), f"{FEW} goals", many.stat().st_size / 1e6))
    return documents


def _fill(connection: duckdb.DuckDBPyConnection, goals: int) -> None:
    scopes = ", ".join(f"('{scope}', {count})" for scope, count in SCOPES.items())
    connection.execute(f"""
        insert into marts.mart_metric_daily by name
        select metric, cast(day as date) as date_day, scope_type, scope_type || ':' || number as scope_id,
            hash(metric, day, number) % 50 as numerator, 50 as denominator, 100 as squares, date '{AS_OF}' as data_as_of
        from (select unnest({METRICS}) as metric) as metrics
        cross join (values {scopes}) as scopes (scope_type, many)
        cross join lateral range(scopes.many) as numbers (number)
        cross join generate_series(date '{AS_OF}' - 1095, date '{AS_OF}', interval 1 day) as days (day)
    """)
    connection.execute(f"""
        insert into staging.stg_goals by name
        select 'G' || number as goal_id, 1 as goal_version, 'Goal ' || number as goal_name,
            ({METRICS})[1 + number % {len(METRICS)}] as metric, scope_type,
            scope_type || ':' || number % many as scope, 'Ann' as owner, 'absolute' as target_kind, 1000 as target_value,
            cast(date_trunc('month', date '{AS_OF}' - interval (1 + number * 7 % 33) month) as date) as start_date,
            last_day(start_date + interval 2 month) as end_date, start_date as valid_from, 'calendar' as pacing,
            'month' as cadence, case when number > 20 then 'G' || number % 20 end as parent_goal_id
        from range({goals}) as numbers (number)
        inner join (values ('company', 1, 0), ('team', 3, 1), ('rep', 30, 2), ('channel', 15, 3))
            as scopes (scope_type, many, place) on number % 4 = place
    """)
    connection.execute("""
        insert into intermediate.int_goal_scope by name
        select goal_id, goal_version, scope as scope_id from staging.stg_goals
    """)
