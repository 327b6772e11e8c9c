"""Chapter attribution: touches to the credits of all path and points models, every touch stored, exact to the cent.

Subject: the project's compiled SQL of int_attribution_touch, int_influence_match, int_influence_points,
int_attribution_credit and fct_attribution, on touches whose campaigns are as uneven as real ones, in a fresh process with
a limit of 4 GB. Reference (1.0): DuckDB joins the same touches to the same deals and sorts them into a table. Beside it:
a mere copy of the table of credits, which has a row per touch and model where the reference has one per touch; and the
chains of Markov. Peers: PyPI's `marketing_attribution_models` and `ChannelAttribution`, installed into `.bench/peers` by
this chapter. They and we are given the same journeys, sales only, in a file of their own; paths for ChannelAttribution
are built in SQL, and counted. The table of differences compares what each channel gets where they define the same model.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from funnelhouse.settings import Settings
from tests.bench.empty import CONNECT, RUN, filled_build
from tests.bench.measure import RESULTS, alternate, can_import, run_child, table

PEERS = ("marketing_attribution_models==2.1.1", "ChannelAttribution==2.2.5", "matplotlib", "setuptools<81")
SORT = (
    CONNECT
    + """
connection.execute('''create or replace table sorted as
    select c.stage, c.conversion_id, c.amount_native, t.*
    from intermediate.int_conversion as c
    inner join intermediate.int_conversion_person as p using (stage, conversion_id)
    inner join intermediate.int_touchpoint as t
        on p.person_id = t.person_id and t.touched_at between c.counts_from and c.counts_until
    order by c.stage, c.conversion_id, t.touched_at, t.touch_id''')
"""
)
COPY = (
    CONNECT
    + """
connection.execute('create or replace table copied as from marts.fct_attribution')
"""
)
PATHS = "int_attribution_touch,int_influence_match,int_influence_points,int_attribution_credit,fct_attribution"
SHARES = "int_attribution_credit,fct_attribution"
CHAINS = "int_journey_step,int_journey_transition,int_removal_effect,mart_attribution_markov"
JOURNEYS = (
    CONNECT
    + """
connection.execute(f'''copy (
    select stage || conversion_id as journey, string_agg(channel, ' > ' order by position) as path,
        string_agg(cast(days_before * 24 as integer), ' > ' order by position) as hours, 1 as conversions
    from intermediate.int_attribution_touch where stage = 'Won' group by all) to '{sys.argv[3]}' (format csv)''')
"""
)
MAM = """
import sys
import pandas as pd
from mam import MAM
frame = pd.read_csv(sys.argv[1]).rename(columns={'journey': 'journey_id'})
frame['conversions'] = True
mam = MAM(frame, format_type='journey', channels_colname='path', journey_with_conv_colname='conversions',
          time_till_conv_colname='hours')
found = None
for model in ('first_click', 'last_click', 'linear', 'position_based', 'time_decay'):
    one = getattr(mam, 'run_' + model)().to_pandas().rename(columns={'attribution': model})
    found = one if found is None else found.merge(one, on='channels', how='outer')
found.to_csv(sys.argv[2], index=False)
"""
CHANNEL_ATTRIBUTION = """
import sys
import pandas as pd
from ChannelAttribution import heuristic_models
paths = pd.read_csv(sys.argv[1]).groupby('path', as_index=False)['conversions'].sum()
heuristic_models(paths, 'path', 'conversions').to_csv(sys.argv[2], index=False)
"""


def chapter(console: Console, runs: int, touches: list[int]) -> list[dict[str, Any]]:
    """Each number of touches beside a join and sort of them, the chains beside the paths, and the peers."""
    documents = []
    for number in touches:
        settings, file = _home(number)
        size = file.stat().st_size / 1e6
        ways = {
            "all models": lambda _, s=settings, f=file: run_child(RUN, s.home, f, PATHS),
            "join and sort": lambda _, s=settings, f=file: run_child(SORT, s.home, f),
            "copy of the credits": lambda _, s=settings, f=file: run_child(COPY, s.home, f),
            "Markov": lambda _, s=settings, f=file: run_child(RUN, s.home, f, CHAINS),
        }
        documents.append(table(console, f"{number:,} touches", alternate(ways, runs), "join and sort", size))
    documents += _beside_peers(console, runs, min(touches))
    return documents


def _beside_peers(console: Console, runs: int, touches: int) -> list[dict[str, Any]]:
    settings, file = _home(touches)
    python = _peers(console)
    if python is None:
        return []
    run_child(RUN, settings.home, file, PATHS)
    file = _sales_only(file)
    paths = RESULTS / "data" / f"journeys-{touches}.csv"
    made = {name: RESULTS / "data" / f"{name}-{touches}.csv" for name in ("mam", "channel_attribution")}

    def build_paths() -> tuple[float, float, float]:
        return run_child(JOURNEYS, settings.home, file, paths)

    def channel_attribution(_: int) -> tuple[float, float, float]:
        building, ours = (
            build_paths(),
            run_child(CHANNEL_ATTRIBUTION, paths, made["channel_attribution"], python=python),
        )
        return building[0] + ours[0], building[1] + ours[1], max(building[2], ours[2])

    build_paths()
    ways = {
        "all models": lambda _: run_child(RUN, settings.home, file, SHARES),
        "marketing_attribution_models, 5 models": lambda _: run_child(MAM, paths, made["mam"], python=python),
        "ChannelAttribution, 3 models": channel_attribution,
    }
    title = f"{touches:,} touches beside packages of PyPI (sales only there)"
    document = table(console, title, alternate(ways, runs), "all models", file.stat().st_size / 1e6)
    document["differences"] = _differences(console, file, made)
    return [document]


def _sales_only(file: Path) -> Path:
    """A copy of a build file with the journeys of sales alone, as the packages are given them."""
    copied = file.parent / "sales" / file.name  # compiled SQL names the database as the file is called
    copied.parent.mkdir(exist_ok=True)
    shutil.copyfile(file, copied)
    with duckdb.connect(str(copied)) as connection:
        for table in ("int_conversion", "int_attribution_touch", "int_influence_points"):
            connection.execute(f"delete from intermediate.{table} where stage <> 'Won'")
    return copied


def _differences(console: Console, file: Path, made: dict[str, Path]) -> dict[str, float]:
    """The largest difference between what we and a package give a channel, in conversions, by model."""
    same = {
        "first_touch": ("first_click", "first_touch"),
        "last_touch": ("last_click", "last_touch"),
        "linear": ("linear", "linear_touch"),
        "position_40_20_40": ("position_based", None),
        "time_decay": ("time_decay", None),
    }
    found: dict[str, float] = {}
    with duckdb.connect(str(file), read_only=True) as connection:
        ours = {
            (model, channel): float(weight)
            for model, channel, weight in connection.execute(
                "select model, channel, sum(weight) from marts.fct_attribution where stage = 'Won' and touch_id <> '(none)' "
                "group by all"
            ).fetchall()
        }
        total = sum(weight for (model, _), weight in ours.items() if model == "linear")
        for name, path, position in (("mam", made["mam"], 0), ("channel_attribution", made["channel_attribution"], 1)):
            cursor = connection.execute(f"select * from read_csv('{path}')")
            columns = [column[0] for column in cursor.description or []]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            key = next(column for column in columns if column in ("channels", "channel_name", "channel"))
            for model, names in same.items():
                column = names[position]
                if column in columns:
                    found[f"{model}, {name}"] = max(
                        abs(ours.get((model, row[key]), 0) - (row[column] or 0)) for row in rows
                    )
    shown = Table(title=f"largest difference of a channel, of {total:,.0f} sales", title_justify="left", box=None)
    shown.add_column("model and package")
    shown.add_column("conversions", justify="right")
    for name, difference in found.items():
        shown.add_row(name, f"{difference:.6f}")
    console.print(shown)
    return found


def _peers(console: Console) -> str | None:
    """The interpreter of an environment with the packages, made once; None where they cannot be installed."""
    python = RESULTS / "peers" / "bin" / "python"
    if not (python.exists() and can_import(str(python), "mam", "ChannelAttribution")):
        uv = str(Path(sys.executable).with_name("uv"))
        for command in (
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(RESULTS / "peers")],
            [uv, "pip", "install", "--quiet", "--python", str(python), *PEERS],
        ):
            made = subprocess.run(command, check=False, capture_output=True, text=True)
            if made.returncode:
                console.print(f"The packages to compare with cannot be installed:\n{made.stderr.strip()}")
                return None
    return str(python)


def _home(touches: int) -> tuple[Settings, Path]:
    """An empty build, and a copy of it with so many touches, a deal for each hundred of them."""
    return filled_build("attribution", touches, _fill)


def _fill(connection: duckdb.DuckDBPyConnection, touches: int) -> None:
    """Ten touches a person within four months of some year; a deal of every tenth person in them, of which a third is won."""
    people, deals = touches // 10, touches // 100
    channels = ["Email", "Paid Search", "Paid Social", "Direct", "Organic Search", "Events", "Referral", "Display"]
    names = json.dumps(channels).replace('"', "'")
    # Squares of chance: few campaigns and channels have most touches.
    chance = "power((hash(number, {}) % 1000000) / 1000000.0, 2)"
    season = "timestamp '2023-11-01' + interval (hash({}, 9) % 800) day"
    connection.execute(f"""
        insert into intermediate.int_touchpoint by name
        select 'touch:' || number as touch_id, 'campaign_response' as touch_kind, 'p' || (number % {people}) as person_id,
            'campaign ' || cast(floor(2000 * {chance.format(1)}) as integer) as campaign_id,
            {names}[1 + cast(floor({len(channels)} * {chance.format(2)}) as integer)] as channel,
            'Responded' as touch_type, number < {people} as is_lead_creation, 'Marketing' as department,
            {season.format(f"number % {people}")} + interval (hash(number, 3) % {120 * 86400}) second as touched_at
        from range({touches}) as made (number)""")
    begun = f"{season.format('number * 10')} + interval (60 + hash(number, 4) % 40) day"
    closed = f"cast({begun} as date) + cast(hash(number, 5) % 60 as integer)"
    connection.execute(f"""
        create temp table deals as
        select 'd' || number as id, 'p' || (number * 10) as person_id, {begun} as begun, {closed} as closed,
            case hash(number, 6) % 3 when 0 then 'won' when 1 then 'lost' else 'open' end as status,
            cast(hash(number, 7) % 10000000 / 100.0 as decimal(18, 2)) as amount
        from range({deals}) as made (number)""")
    connection.execute("""
        insert into intermediate.int_conversion by name
        select 'Opportunity' as stage, id as conversion_id, 'opportunity' as unit, cast(begun as date) as converted_on,
            begun - interval 90 day as counts_from, begun as counts_until, begun as deal_begun_at, status,
            amount as amount_native, 'USD' as currency, amount as amount_reporting
        from deals
        union all by name
        select 'Won' as stage, id as conversion_id, 'opportunity' as unit, closed as converted_on,
            begun - interval 90 day as counts_from, closed + interval 1 day - interval 1 microsecond as counts_until,
            begun as deal_begun_at, status, amount as amount_native, 'USD' as currency, amount as amount_reporting
        from deals where status = 'won'""")
    connection.execute("""
        insert into intermediate.int_conversion_person by name
        select conversions.stage, conversion_id, person_id, 'opportunity' as basis,
            false as is_account_only
        from intermediate.int_conversion as conversions inner join deals on conversion_id = id""")
    connection.execute("""
        insert into intermediate.int_opportunity_person by name
        select id as opportunity_id, person_id, true as is_origin from deals""")
    connection.execute("""
        insert into intermediate.int_opportunity_base by name
        select id as opportunity_id, 'crm' as source, case when status <> 'open' then closed end as closed_on from deals""")
