"""The user's own pipelines: CSV files in `$FUNNELHOUSE_HOME/pipelines/` that add to and replace rows of the seeds.

Files are named like the seeds (`pipeline_stages.csv`, `pipeline_steps.csv`, `funnel_stages.csv`,
`conversion_pairs.csv`, `deal_rules.csv`, `cost_steps.csv`, `product_bundles.csv`, `order_statuses.csv`,
`channel_rules.csv`, `advice_rules.csv`) and have the seed's columns; columns that are left out are empty. A row with
the key of a seed's row replaces it, any other row is added. Points models are YAML (`influence_models.yml`, module
`influence`): a model replaces the one of its name. Everything is checked before dbt starts: PipelineError names file
and row or line of every fault and how to fix it.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from funnelhouse.contracts.expressions import check_pattern
from funnelhouse.errors import Verdict
from funnelhouse.files import write_bytes
from funnelhouse.settings import Settings
from funnelhouse.transform.fit_rules import FIT_TEMPLATE, read_fit_rules
from funnelhouse.transform.influence import TEMPLATE, read_models

Row = dict[str, str]

KEYS = {
    "order_statuses": ("source", "label"),
    "pipeline_stages": ("entity", "source", "pipeline", "source_stage", "valid_from"),
    "pipeline_steps": ("pipeline", "canonical_stage", "valid_from"),
    "funnel_stages": ("funnel_stage",),
    "conversion_pairs": ("metric",),
    "deal_rules": ("column_name", "source", "label"),
    "cost_steps": ("department", "category", "cost_target", "channel"),
    "product_bundles": ("source", "bundle", "product"),
    "channel_rules": ("rule_number",),
    "advice_rules": ("lever",),
}
"""Seeds that may be extended, with the columns a row is known by."""

WORDS = {
    "entity": ("lead", "contact", "opportunity"),
    "stage_type": ("open", "won", "lost", "recycle"),
    "entity_type": ("person", "opportunity"),
    "lever": ("budget", "message", "audience", "distribution_channel"),
    "state": ("paid", "open", "void", "cancelled"),
    "applies_to": ("ads", "message", "social", "web_group", "web_source_medium", "cost_channel", "lead_source",
                   "crm_campaign_type"),
    "pair_kind": ("adjacent", "headline"),
    "is_moment_of_truth": ("true", "false"),
    "has_stock": ("true", "false"),
    "column_name": ("opportunity_type", "loss_reason", "stage"),
    "deal_type": ("New business", "Expansion", "Renewal", "Other"),
    "counts_in_win_rate": ("true", "false"),
    "category": ("*", "media", "production", "tools", "people", "other"),
    "cost_target": ("*", "campaign", "channel", "team", "shared_unallocated"),
}  # fmt: skip
REQUIRED = {
    "order_statuses": ("label", "state"),
    "pipeline_stages": ("entity", "source_stage", "canonical_stage", "stage_order", "stage_type"),
    "pipeline_steps": ("canonical_stage",),
    "funnel_stages": ("funnel_stage",),
    "conversion_pairs": ("metric", "entity_type", "from_stage", "to_stage", "pair_kind"),
    "deal_rules": ("column_name", "label"),
    "cost_steps": ("sales_step",),
    "product_bundles": ("bundle", "product"),
    "channel_rules": ("rule_number", "applies_to", "channel"),
    "advice_rules": ("lever", "min_n", "confidence"),
}
NUMBERS = (
    (("stage_order", "sla_days", "min_n", "min_weeks"), r"\d{1,4}", "a whole number"),
    (("quantity", "list_price", "min_variation"), r"(?=.*[1-9])\d{1,12}(\.\d{1,6})?",
     "a number above zero, like 2 or 0.5"),
    (("max_move", "confidence"), r"(?=.*[1-9])0?\.\d{1,6}", "a share above 0 and below 1, like 0.2"),
)  # fmt: skip
"""Columns that hold numbers, what they look like, and what to write."""
LOWER = ("source", "pipeline", "source_stage", "label", "department", "category", "cost_target", "bundle", "product")
"""Compared in lower case, so written in it."""
ANY = ("source", "pipeline", *KEYS["cost_steps"])
"""Mean any if they are empty."""

PERSON_STAGES = (
    "Inquiry", "Lead", "MQL", "SAL", "Opportunity", "Customer", "Contacted", "Negotiation", "Purchased", "Trial",
    "Subscribed", "Signed up", "Subscription kept", "Subscription ended", "Retained", "Churned",
)  # fmt: skip
FUNNEL_STAGES = ("", "Lead", "MQL", "SAL", "Opportunity", "Lost", "Recycled")


class PipelineError(Verdict):
    """An own pipeline file cannot be used; the message names file and row of every fault and how to fix it."""


def own_pipelines(settings: Settings) -> dict[str, str]:
    """Seed -> file with its rows and the user's, for each seed the user has a file for. Raises PipelineError.

    The files are written below `build/pipelines` with the columns of the seed in their order.
    """
    given = {path.stem: path for path in settings.own_files if path.suffix == ".csv"}
    models, rules = (settings.own_pipelines / template.name for template in (TEMPLATE, FIT_TEMPLATE))
    faults = [
        f"{path}: no such table. Files here are called {', '.join(f'{name}.csv' for name in KEYS)}, {TEMPLATE.name} "
        f"and {FIT_TEMPLATE.name}"
        for path in settings.own_files
        if path not in (models, rules) and not (path.suffix == ".csv" and path.stem in KEYS)
    ]
    if not settings.own_files:
        return {}
    merged: dict[str, list[Row]] = {}
    columns: dict[str, list[str]] = {}
    for name in KEYS:
        seed = settings.dbt_project / "seeds" / f"{name}.csv"
        base = _rows(seed)
        columns[name] = seed.read_text(encoding="utf-8").splitlines()[0].split(",")
        merged[name] = base
        if name in given:
            own, found = _read(name, given[name], columns[name])
            faults += found
            merged[name] = _merge(base, own, KEYS[name])
    if models.exists():
        own, found = read_models(models)
        faults += found
        seed = settings.dbt_project / "seeds" / "influence_rules.csv"
        columns["influence_rules"] = ["model", "people", "criterion", "label", "points"]
        merged["influence_rules"] = _merge(_rows(seed), own, ("model",))
        given["influence_rules"] = models
    if rules.exists():
        merged["fit_rules"], found = read_fit_rules(rules)
        faults += found
        columns["fit_rules"] = ["rule", "field", "condition", "value", "points"]
        given["fit_rules"] = rules
    merged["channels"] = _rows(settings.dbt_project / "seeds" / "channels.csv")
    if not faults:
        faults = _faults_together(merged, given)
    if faults:
        raise PipelineError("own pipelines cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))
    written = {}
    for name in given:
        content = _as_csv(columns[name], merged[name])
        # Named by its content, so that a model that reads the seed sees that it changed (macro input_ids).
        path = settings.build / "pipelines" / f"{name}-{hashlib.sha256(content).hexdigest()[:16]}.csv"
        write_bytes(path, content)
        for older in set(path.parent.glob(f"{name}-*.csv")) - {path}:
            older.unlink()
        written[name] = str(path)
    return written


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: (value or "").strip() for name, value in row.items() if name} for row in csv.DictReader(file)]


def _read(name: str, path: Path, columns: list[str]) -> tuple[list[Row], list[str]]:
    """The user's rows with every column of the seed, and what is wrong with them."""
    try:
        given = _rows(path)
    except (UnicodeDecodeError, csv.Error) as problem:
        return [], [f"{path}: not a CSV file in UTF-8 ({problem}). Save it as CSV (UTF-8)"]
    faults = []
    unknown = sorted({column for row in given for column in row} - set(columns))
    if unknown:
        faults.append(f"{path}: unknown column {', '.join(unknown)}. Columns are {', '.join(columns)}")
    rows = []
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(given, 2):
        full = {column: row.get(column, "") for column in columns}
        for column in LOWER:
            if column in full:
                full[column] = full[column].lower()
        for column in ANY:
            if column in full:
                full[column] = full[column] or "*"
        faults += [f"{path}, row {number}: {fault}" for fault in _faults_of_row(name, full)]
        key = tuple(full[column] for column in KEYS[name])
        if key in seen:
            faults.append(
                f"{path}, row {number}: the same {', '.join(KEYS[name])} as row {seen[key]}. Remove one of them"
            )
        seen[key] = number
        rows.append(full)
    return rows, faults


def _faults_of_row(name: str, row: Row) -> list[str]:
    faults = [f"{column} is empty. Fill it in" for column in REQUIRED[name] if not row[column]]
    for column, words in WORDS.items():
        if row.get(column) and row[column] not in words:
            faults.append(f"{column} is {row[column]!r}. Write one of {', '.join(words)}")
    for columns, pattern, advice in NUMBERS:
        for column in columns:
            if row.get(column) and not re.fullmatch(pattern, row[column]):
                faults.append(f"{column} is {row[column]!r}. Write {advice}")
    for column in ("valid_from", "valid_to"):
        if row.get(column) and not _is_day(row[column]):
            faults.append(f"{column} is {row[column]!r}. Write a day like 2026-03-31")
    if not faults and row.get("valid_from") and row.get("valid_to") and row["valid_from"] >= row["valid_to"]:
        faults.append(
            f"valid_to {row['valid_to']} is not after valid_from {row['valid_from']}. It is the first day after"
        )
    if name == "pipeline_stages" and row["entity"] in ("lead", "contact") and row["funnel_stage"] not in FUNNEL_STAGES:
        faults.append(
            f"funnel_stage is {row['funnel_stage']!r}. Write one of {', '.join(FUNNEL_STAGES[1:])}, or nothing"
        )
    by_table = {
        "deal_rules": _faults_of_deal_rule,
        "channel_rules": _faults_of_channel_rule,
    }
    return faults + (by_table[name](row) if name in by_table else [])


def _faults_of_deal_rule(row: Row) -> list[str]:
    if row["column_name"] == "opportunity_type" and not row["deal_type"]:
        return [f"deal_type is empty. Write one of {', '.join(WORDS['deal_type'])}"]
    if row["column_name"] in ("loss_reason", "stage"):
        if row["deal_type"]:
            return [f"deal_type follows from opportunity_type, not from {row['column_name']}. Leave it empty"]
        if not row["counts_in_win_rate"]:
            return ["counts_in_win_rate is empty. Write false to leave such deals out of win rates"]
    return []


def _faults_of_channel_rule(row: Row) -> list[str]:
    faults = []
    if row["rule_number"] and not re.fullmatch(r"\d{1,6}", row["rule_number"]):
        faults.append(f"rule_number is {row['rule_number']!r}. Write a whole number; smaller ones are tried first")
    for column in ("source_pattern", "value_pattern"):
        try:
            check_pattern(row[column])
        except ValueError as problem:
            faults.append(f"{column}: {problem}")
    if not row["source_pattern"] and not row["value_pattern"]:
        faults.append("source_pattern and value_pattern are empty, so that the rule is for everything. Fill one in")
    return faults


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _merge(base: list[Row], own: list[Row], key: tuple[str, ...]) -> list[Row]:
    def name(row: Row) -> tuple[str, ...]:
        return tuple(row[column] for column in key)

    replaced = {name(row) for row in own}
    return [row for row in base if name(row) not in replaced] + own


def _faults_together(tables: dict[str, list[Row]], given: dict[str, Path]) -> list[str]:
    """What no row shows alone: places, validities, names and moments of truth that contradict each other."""
    checks: list[tuple[str, Callable[[dict[str, list[Row]]], list[str]]]] = [
        ("pipeline_stages", _overlapping_names),
        ("pipeline_stages", _two_places),
        ("pipeline_steps", _unknown_steps),
        ("pipeline_steps", _several_moments),
        ("funnel_stages", _changed_funnel),
        ("conversion_pairs", _unknown_stages),
        ("cost_steps", _unknown_cost_steps),
        ("channel_rules", _unknown_channels),
    ]
    # A fault of the tables together is reported at the file of the user that has to do with it.
    blamed = {"pipeline_steps": "pipeline_stages", "conversion_pairs": "pipeline_stages"}
    faults = []
    for name, check in checks:
        path = given.get(name) or given.get(blamed.get(name, ""))
        if path:
            faults += [f"{path}: {fault}" for fault in check(tables)]
    return faults


def _unknown_channels(tables: dict[str, list[Row]]) -> list[str]:
    known = {row["channel"] for row in tables["channels"]}
    return [
        f"rule {row['rule_number']}: channel {row['channel']!r} is not one of {', '.join(sorted(known))}"
        for row in tables["channel_rules"]
        if row["channel"] and row["channel"] not in known
    ]


def _span(row: Row) -> tuple[str, str]:
    return row["valid_from"] or "0001-01-01", row["valid_to"] or "9999-12-31"


def _overlap(one: Row, other: Row) -> bool:
    (start, end), (other_start, other_end) = _span(one), _span(other)
    return start < other_end and other_start < end


def _overlapping_names(tables: dict[str, list[Row]]) -> list[str]:
    by_name: dict[tuple[str, ...], list[Row]] = {}
    for row in tables["pipeline_stages"]:
        by_name.setdefault((row["entity"], row["source"], row["pipeline"], row["source_stage"]), []).append(row)
    return [
        f"{name[3]!r} ({name[0]}) means both {one['canonical_stage']} and {other['canonical_stage']} at the same time. "
        f"End the older row with valid_to"
        for name, rows in by_name.items()
        for place, one in enumerate(rows)
        for other in rows[place + 1 :]
        if _overlap(one, other)
    ]


def _two_places(tables: dict[str, list[Row]]) -> list[str]:
    steps: dict[tuple[str, ...], list[Row]] = {}
    for row in tables["pipeline_stages"]:
        if row["entity"] == "opportunity" and row["stage_type"] == "open":
            steps.setdefault((row["source"], row["pipeline"], row["canonical_stage"]), []).append(row)
    return sorted({
        f"step {name[2]} has the places {one['stage_order']} and {other['stage_order']} at the same time. Give all its "
        f"names one stage_order"
        for name, rows in steps.items()
        for place, one in enumerate(rows)
        for other in rows[place + 1 :]
        if one["stage_order"] != other["stage_order"] and _overlap(one, other)
    })  # fmt: skip


def _unknown_steps(tables: dict[str, list[Row]]) -> list[str]:
    known = {row["canonical_stage"] for row in tables["pipeline_stages"] if row["entity"] == "opportunity"}
    return [
        f"step {row['canonical_stage']!r} is in no pipeline. Add its names to pipeline_stages.csv"
        for row in tables["pipeline_steps"]
        if row["canonical_stage"] not in known
    ]


def _several_moments(tables: dict[str, list[Row]]) -> list[str]:
    moments: dict[str, set[str]] = {}
    for row in tables["pipeline_steps"]:
        if row["is_moment_of_truth"] == "true":
            moments.setdefault(row["pipeline"], set()).add(row["canonical_stage"])
    return [
        f"pipeline {pipeline!r} has {len(stages)} moments of truth: {', '.join(sorted(stages))}. Keep one, write "
        f"false in the rows of the others"
        for pipeline, stages in moments.items()
        if len(stages) > 1
    ]


def _changed_funnel(tables: dict[str, list[Row]]) -> list[str]:
    faults = []
    moments = [row["funnel_stage"] for row in tables["funnel_stages"] if row["is_moment_of_truth"] == "true"]
    if len(moments) > 1:
        faults.append(f"{', '.join(moments)} are moments of truth. Keep one, write false in the rows of the others")
    known = ("Visitor", "Inquiry", "Lead", "Contacted", "MQL", "SAL", "Opportunity", "Won", "Lost")
    faults += [
        f"funnel_stage {row['funnel_stage']!r} is not one of {', '.join(known)}. Own steps of deals belong into "
        f"pipeline_stages.csv"
        for row in tables["funnel_stages"]
        if row["funnel_stage"] not in known
    ]
    return faults


def _unknown_stages(tables: dict[str, list[Row]]) -> list[str]:
    steps = {row["canonical_stage"] for row in tables["pipeline_stages"] if row["entity"] == "opportunity"}
    known = {"person": {*PERSON_STAGES}, "opportunity": steps | {"Created"}}
    return [
        f"conversion {row['metric']!r} has the unknown stage {row[column]!r}. Known are "
        f"{', '.join(sorted(known[row['entity_type']]))}"
        for row in tables["conversion_pairs"]
        for column in ("from_stage", "to_stage")
        if row[column] not in known[row["entity_type"]]
    ]


def _unknown_cost_steps(tables: dict[str, list[Row]]) -> list[str]:
    stages = {row["funnel_stage"] for row in tables["funnel_stages"]}
    deals = [row for row in tables["pipeline_stages"] if row["entity"] == "opportunity" and row["stage_type"] == "open"]
    known = stages | {row["canonical_stage"] for row in deals}
    other = {row["source_stage"] for row in deals} | {
        row["buyer_step"] for name in ("funnel_stages", "pipeline_steps") for row in tables[name]
    }
    names = {name.lower() for name in known | other}
    return [
        f"sales_step {row['sales_step']!r} is not a step. Write one of {', '.join(sorted(known))}, or what the buyer "
        f"does meanwhile"
        for row in tables["cost_steps"]
        if row["sales_step"].lower() not in names
    ]


def _as_csv(columns: list[str], rows: list[Row]) -> bytes:
    lines = [columns, *([row[column] for column in columns] for row in rows)]
    return "".join(",".join(_cell(value) for value in line) + "\n" for line in lines).encode()


def _cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if re.search(r'[",\n]', value) else value
