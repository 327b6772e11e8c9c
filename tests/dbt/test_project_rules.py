"""The rules of the dbt project, read from its manifest: layers, names, descriptions, keys, contracts, unit tests."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import jinja2
import pytest
import yaml

from funnelhouse.contracts.entities import entities
from funnelhouse.publish.summary import SECTIONS
from funnelhouse.publish.workbook import sheet_plans
from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.transform.dbt_runner import target_folder
from tests.conftest import SAID

pytestmark = pytest.mark.slow  # dbt parses the project

PROJECT = REPOSITORY / "dbt_project"
PREFIXES = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ("dim_", "fct_", "bridge_", "mart_")}
FUNCTION_NAME = re.compile(r"\w+(_as_of|_as_reported_on|_summary|_files)")
MAY_READ = {
    "staging": {"source", "seed", "staging"},
    "intermediate": {"seed", "staging", "intermediate"},
    "marts": {"seed", "intermediate", "marts"},
    "functions": {"marts"},
}
NOT_QUOTIENTS = {
    "conversion_rate_low": "bound of an interval",
    "conversion_rate_high": "bound of an interval",
    "pace": "the inverse where lower is better",
    "required_run_rate": "an amount per day",
    "vendor_open_rate": "the vendor's own figure",
    "vendor_click_rate": "the vendor's own figure",
}
"""Columns that read like a rate and are not a quotient of two columns beside them, with the reason."""
VERSIONS = {f"{name}_version" for name in ("fct_ad_performance", "fct_web_traffic", "fct_email_campaign")}
"""Tables with the columns of their facts, by the same macro: formulas are tested at the fact."""
FORMULA = re.compile(r"safe_divide|kpi_rates|kpi_sums|_columns\(\)|\bcase\b|sum\(", re.IGNORECASE)
WALL_CLOCK = re.compile(r"current_date|current_timestamp|\bnow\(\)|today\(\)|_loaded_at|run_started_at", re.IGNORECASE)


@pytest.fixture(scope="module")
def manifest(prepared_home: Settings) -> dict[str, Any]:
    """dbt's manifest of the project, parsed once; parsing says nothing about deprecations."""
    said = (prepared_home.home / SAID).read_text(encoding="utf-8")
    assert not re.search(
        r"[Dd]eprecat(ed|ion)\w*Summary|Deprecat\w+", re.sub(r"show_all_deprecations|\"flag[^}]*}", "", said)
    )
    parsed: dict[str, Any] = json.loads((target_folder(prepared_home) / "manifest.json").read_text())
    return parsed


def _models(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def _layer(node: dict[str, Any]) -> str:
    """Folder of a model; functions of the published file, though among the marts, are a layer behind them."""
    if node["config"]["materialized"] == "table_function":
        return "functions"
    return "seed" if node["resource_type"] == "seed" else str(node["fqn"][1])


def _marts(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in _models(manifest) if _layer(node) == "marts"]


def _functions(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [node for node in _models(manifest) if _layer(node) == "functions"]


def test_every_model_is_named_after_its_layer(manifest: dict[str, Any]) -> None:
    functions = [node["name"] for node in _functions(manifest)]
    tables = [node for node in _models(manifest) if node["name"] not in functions]
    assert not [node["name"] for node in tables if not node["name"].startswith(PREFIXES[_layer(node)])]
    assert not [name for name in functions if not FUNCTION_NAME.fullmatch(name)]


def test_layers_read_only_from_the_layers_before_them(manifest: dict[str, Any]) -> None:
    wrong = []
    for node in _models(manifest):
        for parent in node["depends_on"]["nodes"]:
            layer = "source" if parent.startswith("source.") else _layer(manifest["nodes"][parent])
            if layer not in MAY_READ[_layer(node)]:
                wrong.append(f"{node['name']} reads {parent}")
    assert not wrong, wrong


def test_every_relation_is_reached_by_ref_or_source(manifest: dict[str, Any]) -> None:
    hard_coded = re.compile(r"\b(from|join)\s+\"?(raw|staging|intermediate|marts|seeds)\"?\.", re.IGNORECASE)
    assert not [node["name"] for node in _models(manifest) if hard_coded.search(node["raw_code"])]


def test_no_model_reads_the_wall_clock_or_the_time_of_loading(manifest: dict[str, Any]) -> None:
    assert not [node["name"] for node in _models(manifest) if WALL_CLOCK.search(node["raw_code"])]


def test_every_model_is_described_with_its_grain(manifest: dict[str, Any]) -> None:
    assert not [node["name"] for node in _models(manifest) if "Grain:" not in node["description"]]


def _meta(node: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = node["config"]["meta"]
    return found


def _folder(node: dict[str, Any]) -> str:
    """`staging_crm` for a model of models/staging/crm, `seeds` for a seed."""
    return "seeds" if node["resource_type"] == "seed" else "_".join(node["fqn"][1:-1])


def _tables(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Seeds and models that hold rows: an ephemeral model is tested as the one it becomes, a function has none."""
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
    return [node for node in nodes if node["config"]["materialized"] not in ("ephemeral", "table_function")]


def test_the_rows_of_every_table_are_tested_once_with_its_folder(manifest: dict[str, Any]) -> None:
    tested: dict[str, list[str]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node["name"].startswith("rows_of_"):
            assert node["config"]["severity"].lower() == "error" and not node["config"]["where"]
            for key in node["depends_on"]["nodes"]:
                tested.setdefault(key, []).append(node["name"].removeprefix("rows_of_"))
    assert tested == {node["unique_id"]: [_folder(node)] for node in _tables(manifest)}


def test_every_mart_names_its_primary_key_and_every_table_has_a_tested_one(manifest: dict[str, Any]) -> None:
    # These two have no key of their own: a rejected cell and a period total may occur twice.
    without = {"stg_rejected_rows", "int_period_total"}
    wrong = []
    for node in _tables(manifest):
        grain = _meta(node).get("grain", {})
        columns = grain.get("columns", [])
        named = re.search(r"Primary key:\s+([\w\s,]+?)(\.|$)", node["description"])
        if (not columns and node["name"] not in without) or not grain:
            wrong.append(f"{node['name']}: its key is not tested")
        if named and set(re.split(r",\s*", named.group(1).strip())) != set(columns):
            wrong.append(f"{node['name']}: described key {named.group(1)}, tested {columns}")
        if node["fqn"][1] == "marts" and not named:
            wrong.append(f"{node['name']}: no `Primary key:` in its description")
        if node["fqn"][1] == "marts" and (unknown := set(columns) - set(node["columns"])):
            wrong.append(f"{node['name']}: columns {sorted(unknown)} of its key are not described")
    assert not wrong, wrong


def test_every_check_of_rows_is_spelled_as_the_test_reads_it(manifest: dict[str, Any]) -> None:
    """A misspelled name in `config: meta:` is not an error for dbt: the check would silently not run."""
    known = {"grain": {"columns", "nullable", "not_null", "holds"}, "intervals": {"entity", "valid_from", "valid_to"}}
    rate = {"rate", "numerator", "denominator", "factor", "where", "label", "direction", "range"}
    wrong = []
    for node in _tables(manifest):
        meta = _meta(node)
        for name, words in known.items():
            wrong += [f"{node['name']}: {name}: {word}" for word in meta.get(name, {}).keys() - words]
        wrong += [f"{node['name']}: rates: {word}" for one in meta.get("rates", []) for word in one.keys() - rate]
        grain = meta.get("grain", {})
        for word in set(grain.get("nullable", [])) - set(grain.get("columns", [])):
            wrong.append(f"{node['name']}: nullable {word} is not in its key")
    assert not wrong, wrong


def test_every_rate_of_a_mart_is_tested_as_the_quotient_it_is_described_as(manifest: dict[str, Any]) -> None:
    quotient = re.compile(r"^(?:(\d+) x )?(\w+) / (\w+)(?=[ .;,]|$)")
    wrong = []
    for node in _marts(manifest):
        tested = {rate["rate"]: rate for rate in _meta(node).get("rates", [])}
        for name, column in node["columns"].items():
            said = quotient.search(column["description"])
            is_rate = said or name.endswith("_rate") or "_rate_" in name
            known = tested | NOT_QUOTIENTS
            if column["data_type"] == "double" and is_rate and name not in known and node["name"] not in VERSIONS:
                wrong.append(f"{node['name']}.{name}: not in meta.rates")
            if said and name in tested:
                rate = tested[name]
                parts = (str(rate.get("factor", 1)), rate["numerator"], rate["denominator"])
                if parts != (said.group(1) or "1", said.group(2), said.group(3)):
                    wrong.append(f"{node['name']}.{name}: described as {said.group()}, tested as {parts}")
    assert not wrong, wrong


def test_every_rate_has_a_label_and_no_direction_but_up_or_down(manifest: dict[str, Any]) -> None:
    wrong, found = [], 0
    for node in _marts(manifest):
        for rate in _meta(node).get("rates", []):
            found += 1
            if not rate.get("label") or rate.get("direction", "up") not in ("up", "down"):
                wrong.append(f"{node['name']}.{rate['rate']}")
    assert found > 90
    assert not wrong, wrong


def test_the_range_of_every_rate_is_the_one_the_gate_checks(manifest: dict[str, Any]) -> None:
    """Both ways: a rate with `range` is checked so in its suite, and a suite bounds no rate that has no `range`."""
    defined, checked, rates = set(), set(), set()
    for node in _marts(manifest):
        for rate in _meta(node).get("rates", []):
            rates.add((node["name"], rate["rate"]))
            if "range" in rate:
                defined.add((node["name"], rate["rate"], *rate["range"]))
    for path in sorted((REPOSITORY / "expectations" / "marts").glob("*.json")):
        suite = json.loads(path.read_text(encoding="utf-8"))
        for check in suite["expectations"]:
            bounds = check["kwargs"]
            key = (suite["table"].removeprefix("marts."), bounds.get("column"))
            if check["type"] == "expect_column_values_to_be_between" and key in rates:
                checked.add((*key, bounds.get("min_value"), bounds.get("max_value")))
    assert len(defined) > 30
    assert defined == checked


def test_the_rates_of_the_channel_marts_are_computed_as_they_are_defined(manifest: dict[str, Any]) -> None:
    text = (PROJECT / "macros" / "kpi_rates.sql").read_text(encoding="utf-8")
    computed = re.findall(r"\('(\w+)', '(\w+)', '(\w+)', (\d+)\)", text)
    for name in ("mart_channel_kpi_daily", "mart_channel_kpi_period"):
        rates = _meta(manifest["nodes"][f"model.funnelhouse.{name}"])["rates"]
        assert computed == [(r["rate"], r["numerator"], r["denominator"], str(r.get("factor", 1))) for r in rates]


def test_every_mart_column_is_described_and_typed_under_a_contract(manifest: dict[str, Any]) -> None:
    wrong = []
    for node in _marts(manifest):
        if not node["contract"]["enforced"]:
            wrong.append(f"{node['name']}: contract not enforced")
        for column in node["columns"].values():
            if not column["description"] or not column["data_type"]:
                wrong.append(f"{node['name']}.{column['name']}: description or data_type missing")
            if re.search(r"hugeint|struct|\[\]|interval|map\(", column["data_type"] or "", re.IGNORECASE):
                wrong.append(f"{node['name']}.{column['name']}: {column['data_type']} does not travel")
        if "data_as_of" not in node["columns"]:
            wrong.append(f"{node['name']}: no data_as_of")
    assert not wrong, wrong


def test_every_description_can_be_read_alone(manifest: dict[str, Any]) -> None:
    """A reader sees one column at a time: nothing that only points at the column above, and nothing of three words."""
    pointing = re.compile(r"(Those|Its|The same|Theirs?|Likewise|Same|It|First of them|Last of them|Of them)\b")
    wrong = []
    for node in _tables(manifest):
        for column in node["columns"].values():
            text = " ".join(column["description"].split())
            if pointing.match(text) or (_layer(node) == "marts" and len(text) < 12) or not text:
                wrong.append(f"{node['name']}.{column['name']}: {text}")
    assert not wrong, wrong


def test_every_mart_with_a_formula_has_a_unit_test(manifest: dict[str, Any]) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    macros = {"fct_email_campaign"}  # named so that the pattern is known to find at least this one
    with_formula = {node["name"] for node in _marts(manifest) if FORMULA.search(node["raw_code"])}
    assert macros <= with_formula
    # Counting files and rows needs no worked example: the sums are tested against their sources.
    counted = {"mart_file_outcome", "mart_exclusion_log", "mart_source_freshness"}
    assert not sorted(with_formula - tested - counted - VERSIONS)


def test_every_function_of_the_published_file_has_a_unit_test_and_names_tables_without_their_database(
    manifest: dict[str, Any],
) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    functions = {node["name"]: node["raw_code"] for node in _functions(manifest)}
    assert functions
    assert not sorted(functions.keys() - tested)
    tables = re.compile(r"ref\('\w+'\)(?!\.include\(database=false\))")
    assert not [name for name, code in functions.items() if tables.search(code)]


def test_every_macro_is_described_with_its_arguments(manifest: dict[str, Any]) -> None:
    parser = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=True)
    wrong, found = [], 0
    for macro in manifest["macros"].values():
        path = Path(macro["original_file_path"])
        if macro["package_name"] != "funnelhouse" or path.parts[0] != "macros":
            continue
        found += 1
        signature = next(parser.parse(macro["macro_sql"]).find_all(jinja2.nodes.Macro))
        described = {argument["name"]: argument["description"] for argument in macro["arguments"]}
        if not macro["description"]:
            wrong.append(f"{macro['name']}: no description")
        if list(described) != [argument.name for argument in signature.args]:
            wrong.append(f"{macro['name']}: takes {[a.name for a in signature.args]}, described {list(described)}")
        wrong += [f"{macro['name']}({name}): no description" for name, text in described.items() if not text]
    assert found > 80
    assert not wrong, wrong


def test_every_consumer_is_an_exposure_and_the_published_file_has_every_mart(manifest: dict[str, Any]) -> None:
    exposures = {exposure["name"]: exposure for exposure in manifest["exposures"].values()}
    reads = {name: set(exposure["depends_on"]["nodes"]) for name, exposure in exposures.items()}
    marts = {node["unique_id"] for node in _marts(manifest)}
    functions = {node["unique_id"] for node in _functions(manifest)}
    assert reads["published_file"] == marts | functions
    assert reads["published_parquet"] == marts
    assert reads["check_report"] == marts
    asked = set(re.findall(r"marts\.(\w+)\(", " ".join(SECTIONS.values())))
    assert {key.rsplit(".", 1)[-1] for key in reads["run_summary"]} == asked
    assert reads["dbt_docs"] == marts
    sheets = {table for plan in sheet_plans() for table in plan.tables}
    assert {key.rsplit(".", 1)[-1] for key in reads["workbook"]} == sheets
    known = {key.rsplit(".", 1)[-1]: key for key in marts | functions}
    for package in ("pages", "digest"):
        folder = REPOSITORY / "plugins" / "funnelhouse" / package
        code = " ".join(p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.suffix in (".py", ".j2"))
        assert reads[package] == {known[name] for name in re.findall(r"\bmarts\.(\w+)", code) if name in known}, package
    assert set(exposures) == {
        "published_file", "published_parquet", "workbook", "pages", "digest", "dbt_docs", "check_report", "run_summary"
    }  # fmt: skip
    assert all(exposure["description"] and exposure["owner"]["name"] for exposure in exposures.values())


def test_every_selection_is_described_here_and_in_the_docs(manifest: dict[str, Any]) -> None:
    docs = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    selectors = manifest["selectors"]
    assert {"everything", "unit_tests", "channels", "funnel", "dated"} <= selectors.keys()
    assert not [name for name, selector in selectors.items() if not selector["description"]]
    assert not [name for name in selectors if f"`{name}`" not in docs]


def test_every_data_test_is_named_by_hand(manifest: dict[str, Any]) -> None:
    wrong = []
    for path in sorted((PROJECT / "models").rglob("*.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for model in document.get("models", []):
            tests = list(model.get("data_tests", []))
            for column in model.get("columns", []):
                tests += column.get("data_tests", [])
            for test in tests:
                if isinstance(test, str) or not next(iter(test.values())).get("name"):
                    wrong.append(f"{path.name}: {model['name']}: {test}")
    assert not wrong, wrong


def test_restatement_keys_are_those_of_the_canonical_entities() -> None:
    text = (PROJECT / "macros" / "entity_rules.sql").read_text(encoding="utf-8")
    lists = {
        "ads_key": re.search(r"set ads_key = (\[.*?\])", text, re.DOTALL),
        "web_key": re.search(r"set web_key = (\[.*?\])", text, re.DOTALL),
        "search_key": re.search(r"set search_key = (\[.*?\])", text, re.DOTALL),
    }
    names: dict[str, Any] = {name: eval(found.group(1)) for name, found in lists.items() if found}
    names["period"] = ["period_start", "period_end"]
    keys = re.findall(r"'(\w+)': \{\s*'key': (.+?)(?:,\s*'date_column'|\})", text)
    assert len(keys) >= 14
    words = {"coalesce", "case", "when", "spend", "is", "null", "then", "end"}
    for entity, expression in keys:
        columns = {name for part in eval(expression, {}, names) for name in re.findall(r"\w+", part)} - words
        assert columns == set(entities()[entity].key), entity


def test_macro_and_seed_agree_on_currency_exponents() -> None:
    text = (PROJECT / "macros" / "currency_exponent.sql").read_text(encoding="utf-8")
    others = {code: int(digits) for code, digits in re.findall(r"'([A-Z]{3})': (\d)", text)}
    seed = {row["currency"]: int(row["exponent"]) for row in _rows("currencies")}
    assert len(seed) > 150
    assert {code: digits for code, digits in seed.items() if digits != 2} == others


def test_every_channel_rule_is_a_sound_pattern() -> None:
    for row in _rows("channel_rules"):
        for column in ("source_pattern", "value_pattern"):
            assert row[column] == row[column].lower()
            re.compile(row[column])


def test_every_rule_about_internal_records_names_a_column_that_is_compared() -> None:
    text = (PROJECT / "macros" / "crm_records.sql").read_text(encoding="utf-8")
    found = re.findall(r"(?:crm|order|web)_internal_columns\(\) -%}\s*{{ return\(({.*?})\) }}", text, re.DOTALL)
    assert len(found) == 3
    compared = {(entity, column) for one in found for entity, columns in eval(one).items() for column in columns}
    assert {(row["entity"], row["column_name"]) for row in _rows("internal_records")} <= compared
    for entity, column in compared:
        assert column in {known.name for known in entities()[entity].columns}


def _rows(seed: str) -> list[dict[str, str]]:
    path: Path = PROJECT / "seeds" / f"{seed}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
