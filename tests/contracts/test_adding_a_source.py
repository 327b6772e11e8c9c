"""The steps of docs/adding-a-source.md, run as they are written there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import duckdb
import pytest

from funnelhouse.cli import main
from funnelhouse.extract.dry_run import inspect_file
from funnelhouse.extract.extraction import extract_channel
from funnelhouse.receive.front_door import receive_exports
from funnelhouse.settings import REPOSITORY, Settings
from funnelhouse.transform.raw_views import expose_raw
from tests.contracts.conftest import Exports

DOCUMENT = (REPOSITORY / "docs" / "adding-a-source.md").read_text(encoding="utf-8")
ROWS = [
    # 1.204,50 is a decimal comma with a point between thousands; the row "Sum" holds no data.
    ("2026-10-03", "7781", "C-1", "EUR", "1204.500000", 10000, 212, "4.000000"),
    ("2026-10-04", "7781", "C-1", "EUR", "998.100000", 9250, 180, "2.000000"),
    ("2026-10-04", "7781", "C-2", "EUR", "55.000000", 700, 9, "0.000000"),
]


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    assert found is not None
    return found.group(1)


def _commands(verb: str) -> list[list[str]]:
    """Arguments of every command of that verb, in the document's order."""
    lines = re.findall(rf"^\.venv/bin/funnelhouse ({verb} .*)$", DOCUMENT, re.MULTILINE)
    return [shlex.split(line) for line in lines]


def _run(settings: Settings, command: list[str]) -> int:
    with pytest.raises(SystemExit) as left:
        main([*command, "--home", str(settings.home)])
    return int(str(left.value.code))


def _rows(settings: Settings, inbox: Path) -> list[tuple[object, ...]]:
    receive_exports(settings, inbox)
    assert extract_channel(settings, "ads").new_batches == 1
    expose_raw(settings.build_file, settings.raw)
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        return connection.execute(
            "select date::varchar, account_id, campaign_id, currency, spend::varchar, impressions, clicks, "
            "purchases::varchar from raw.ads_performance order by _row_number"
        ).fetchall()


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the document's export; commands are run in it."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "adlantis daily.csv").write_text(_block("csv"), encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def test_an_unknown_platforms_export_becomes_rows_through_the_draft(
    settings: Settings, inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    look, again = _commands("contract check")
    (draft,) = _commands("contract new")
    assert _run(settings, look) == 1
    assert "unknown_kind" in capsys.readouterr().out
    assert _run(settings, draft) == 0
    written = (settings.user_contracts / "adlantis__daily.yml").read_text(encoding="utf-8")
    assert _block("text") in written
    assert _run(settings, again) == 0
    assert _rows(settings, inbox) == ROWS


def test_the_contract_as_the_page_shows_it_read_and_tidied_makes_the_same_rows(settings: Settings, inbox: Path) -> None:
    (settings.user_contracts / "adlantis__daily.yml").write_text(_block("yaml"), encoding="utf-8")
    told = inspect_file(settings, inbox / "adlantis daily.csv", {})
    assert (told["outcome"], told["contract"]) == ("loaded", "adlantis__daily")
    assert _rows(settings, inbox) == ROWS


OWN_DEALS = """contract: erp__deals
version: 1
title: Deals of the ERP
source: erp
evidence: file
detect: {required: [record_id, stage, created_at, close_date, modified_at]}
fields:
  record_id: {labels: [number], type: id}
  stage: {labels: [state]}
  created_at: {labels: [begun]}
  close_date: {labels: [due]}
  modified_at: {labels: [changed]}
outputs: [{entity: crm_opportunities}]
restatement: upsert
"""


def test_records_of_ones_own_are_of_the_newest_day_on_which_something_happened(exports: Exports) -> None:
    """The file was last written on 9 October 2025: a deal due in November is planned, and one of 2099 is a slip."""
    own = exports.settings.home / "contracts" / "erp__deals.yml"
    own.parent.mkdir(exist_ok=True)
    own.write_text(OWN_DEALS, encoding="utf-8")
    rows = {
        "won before it was written": "D1,Won,2025-08-01,2025-09-20,2025-09-18",
        "open, due later": "D2,Open,2025-08-04,2025-11-30,2025-09-02",
        "a slip of the pen": "D3,Open,2099-08-04,,2025-09-01",
    }
    table = "number,state,begun,due,changed\n" + "\n".join(rows.values()) + "\n"
    exports.drop(table.encode(), "deals.csv").load()
    assert exports.query("select exported_at::varchar, exported_at_evidence from raw._batches") == [
        ("2025-09-20 23:59:59", "newest day in the file")
    ]


OWN_COSTS = """contract: erp__invoices
version: 1
title: Invoices of the ERP
source: erp
evidence: file
detect: {required: [cost_id, amount]}
fields:
  cost_id: {labels: [invoice]}
  amount: {labels: [net]}
outputs: [{entity: marketing_costs}]
restatement: upsert
"""


def test_days_that_the_manifest_says_of_a_whole_file_are_days_of_its_rows(exports: Exports) -> None:
    own = exports.settings.home / "contracts" / "erp__invoices.yml"
    own.parent.mkdir(exist_ok=True)
    own.write_text(OWN_COSTS, encoding="utf-8")
    exports.drop(
        b"invoice,net\nR1,12.50\n", "invoices.csv", period_start="2025-08-01", period_end="2025-08-31", currency="EUR"
    ).load()
    assert exports.rows("marketing_costs", "cost_id, period_start, period_end, amount, currency") == [
        ("R1", "2025-08-01", "2025-08-31", "12.500000", "EUR")
    ]
