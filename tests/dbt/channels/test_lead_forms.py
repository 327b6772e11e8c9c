"""Who fills in a lead form of an ad is a lead of that campaign, and one person with the CRM's record of the address."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import BareBuild
from tests.contracts.conftest import Exports

pytestmark = pytest.mark.slow

FORMS = (
    "id\tcreated_time\tad_id\tad_name\tadset_id\tadset_name\tcampaign_id\tcampaign_name\tform_id\tform_name\tis_organic\t"
    "platform\tfull_name\twork_email\n"
    "l:71\t2025-09-12T15:05:13+05:30\tag:1\tAd\tas:2\tSet\tc:3\tLeads\tf:4\tDemo\tfalse\tfb\tJane\tjane@acme.example\n"
    "l:72\t2025-09-13T09:00:00+00:00\t\t\t\t\t\t\tf:4\tDemo\ttrue\tfb\tJon\tjon@acme.example\n"
)
CRM = (
    "Record ID,Email,Lifecycle Stage,Lead Status,Create Date,Original Traffic Source,Number of Form Submissions\n"
    "9,jane@acme.example,Marketing Qualified Lead,Open,2025-09-14 08:00,Offline Sources,0\n"
)


def test_a_filled_form_is_a_lead_and_a_response(tmp_path: Path, bare_build: BareBuild) -> None:
    exports = Exports(replace(load_settings(tmp_path / "home"), as_of=date(2025, 10, 31)))
    exports.settings.make_folders()
    content = b"\xff\xfe" + FORMS.encode("utf-16-le")
    exports.drop(content, "leads.csv", "meta_ads/1", exported_at="2025-10-31", timezone="UTC")
    exports.drop(CRM.encode(), "contacts.csv", "hubspot/1", exported_at="2025-10-31", timezone="UTC").load()
    bare_build.build(exports.settings)  # every data test holds

    def ask(query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(exports.settings.build_file), read_only=True) as connection:
            return connection.execute(query).fetchall()

    # Jane is one lead, from the form on; the CRM met her two days later.
    assert ask(
        "select lead_created_at::varchar, channel, campaign_name, lead_records, responses "
        "from marts.mart_lead_journey order by 1"
    ) == [
        ("2025-09-12 09:35:13", "Paid Social", "Leads", 2, 1),
        ("2025-09-13 09:00:00", "Organic Social", "(none)", 1, 0),
    ]  # fmt: skip
    assert ask("select date_day::varchar, channel, leads, leads_with_form from marts.mart_lead_daily order by 1") == [
        ("2025-09-12", "Paid Social", 1, 1), ("2025-09-13", "Organic Social", 1, 1),
    ]  # fmt: skip
    assert ask("select count(*) from marts.fct_campaign_response where campaign_name = 'Leads'") == [(1,)]
