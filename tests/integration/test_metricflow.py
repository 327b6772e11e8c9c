"""What MetricFlow computes from the definitions of the metrics is what the marts say.

Runs where `make metrics` installed MetricFlow.
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.transform.dbt_runner import as_of_date, dbt_command, target_folder

MF = REPOSITORY / ".cache" / "metrics" / "bin" / "mf"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not MF.exists(), reason="MetricFlow is not installed; `make metrics` does it"),
]

COMPARED = """
    select metric, period_start, value from marts.mart_period_comparison
    where scope_type = 'company' and period_type = 'month'
"""
RETENTION = """
    select prefix || measure, period_start, value from (
        select case basis when 'orders' then 'order_' else '' end as prefix, period_start, retention_rate, churn_rate
        from marts.mart_retention where period_grain = 'month'
    ) unpivot (value for measure in (retention_rate, churn_rate))
"""
OF_DAYS = """
    select case metric when 'new_accounts' then 'new_customers' else metric end,
        cast(date_trunc('month', date_day) as date),
        case when count(denominator) > 0 then sum(numerator) / nullif(sum(denominator), 0) else sum(numerator) end
    from marts.mart_metric_daily
    where scope_type = 'company' and metric not in ('mrr', 'subscribers')
    group by all
"""


def _rates(manifest: dict[str, Any]) -> str:
    """Every rate of the channel marts from the sums of its days, by the names the marts give to rates."""
    rates = manifest["nodes"]["model.funnelhouse.mart_channel_kpi_daily"]["config"]["meta"]["rates"]
    columns = {
        one["config"]["meta"]["column_name"]: one["name"] for one in manifest["metrics"].values()
        if one["config"]["meta"].get("mart") == "mart_channel_kpi_daily" and one["type_params"].get("numerator")
    }  # fmt: skip
    assert {rate["rate"] for rate in rates} <= set(columns)
    return " union all ".join(
        f"select '{columns[rate['rate']]}', cast(date_trunc('month', date_day) as date), {rate.get('factor', 1)} * "
        f"cast(sum({rate['numerator']}) as double) / nullif(sum({rate['denominator']}), 0) "
        "from marts.mart_channel_kpi_daily group by all"
        for rate in rates
    )


def _computed(house: Settings, folder: Path, names: list[str]) -> dict[tuple[str, date], float]:
    """Values per metric and month, in one call: the start takes longer than the query."""
    for path in house.dbt_project.iterdir():
        if path.name != "target":
            (folder / path.name).symlink_to(path)
    (folder / "target").mkdir()
    shutil.copy2(target_folder(house) / "semantic_manifest.json", folder / "target")
    _, environment = dbt_command(house, ["parse"], as_of_date(house))
    environment |= {
        "DBT_PROFILES_DIR": str(folder), "DBT_LOG_PATH": str(folder / "logs"), "DBT_TARGET_PATH": "target",
        "WAREHOUSE_BUILD_PATH": str(house.build_file), "WAREHOUSE_TEMP": str(folder / "temp"),
    }  # fmt: skip
    (folder / "logs").mkdir(exist_ok=True)
    command = [str(MF), "query", "--metrics", ",".join(names), "--group-by", "metric_time__month"]
    done = subprocess.run(
        [*command, "--csv", str(folder / "out.csv")], env=environment, cwd=folder, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found = {}
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if day := row.pop("metric_time__month"):
                found |= {(name, date.fromisoformat(day[:10])): float(value) for name, value in row.items() if value}
    return found


def test_every_metric_is_computed_from_its_definition_as_the_marts_have_it(
    sample_house: Settings, tmp_path: Path
) -> None:  # fmt: skip
    manifest = json.loads((target_folder(sample_house) / "manifest.json").read_text(encoding="utf-8"))
    names = [one["name"] for one in manifest["metrics"].values() if one["config"]["meta"].get("unit")]
    (tmp_path / "project").mkdir()
    computed = _computed(sample_house, tmp_path / "project", names)
    compared: dict[str, int] = dict.fromkeys(names, 0)
    with duckdb.connect(str(sample_house.published_file.resolve()), read_only=True) as published:
        for query in (COMPARED, RETENTION, OF_DAYS, _rates(manifest)):
            for name, month, value in published.execute(query).fetchall():
                if value is None or (name, month) not in computed or name not in compared:
                    continue
                compared[name] += 1
                assert computed[name, month] == pytest.approx(float(value), rel=1e-9, abs=1e-9), (name, month)
    without = sorted(name for name, count in compared.items() if not count)
    # What the sample company has none of within three months.
    assert without == [
        "crm_reviews", "cross_sell_revenue", "expansion_deals", "open_rate_human", "social_conversion_rate",
        "upsell_revenue",
    ]  # fmt: skip
