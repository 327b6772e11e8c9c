"""One level counts per campaign and day, whatever was exported: files through the door, spend worked by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import duckdb
import pytest

from funnelhouse.settings import load_settings
from funnelhouse.store.batches import read_batches
from tests.bare_build import AS_OF, BareBuild
from tests.contracts.conftest import Exports

pytestmark = pytest.mark.slow

META = "Reporting starts,Reporting ends,Campaign name,Day,Amount spent (EUR),Impressions,Link clicks,Ends,Budget\n"
CAMPAIGNS = "Campaign report\n1 May 2026 - 2 May 2026\nDay,Campaign{id},Campaign type,Currency code,Impr.,Clicks,Cost\n"
GROUPS = (
    "Ad group report\n1 May 2026 - 2 May 2026\n"
    "Day,Campaign,Campaign ID,Campaign type,Ad group,Ad group ID,Currency code,Impr.,Clicks,Cost\n"
)


def meta(name: str, day: int, spend: int, ends: str = "2026-05-30", budget: int = 96) -> str:
    """A line of Meta's campaign table, which has no campaign id."""
    date = f"2026-05-0{day}"
    return f"{date},{date},{name},{date},{spend},{spend * 30},{spend},{ends},{budget}\n"


def group(campaign: str, number: int, name: str, day: int, spend: int) -> str:
    """A line of Google's ad group report."""
    return f"2026-05-0{day},{campaign},{number},Search,{name},{number}{name},EUR,1000,50,{spend}.00\n"


def campaign(name: str, day: int, spend: int, number: int | None = None) -> str:
    """A line of Google's campaign report, with the campaign's id if there is one."""
    shown = f"{name},{number}" if number else name
    return f"2026-05-0{day},{shown},Performance Max,EUR,9000,80,{spend}.00\n"


class Ads:
    """A home and the spend per day that its files become."""

    def __init__(self, home: Path, build: BareBuild) -> None:
        self.exports = Exports(replace(load_settings(home), currency="EUR", as_of=AS_OF))
        self.exports.settings.make_folders()
        self.build = build

    def meta(self, exported: str, *lines: str) -> Ads:
        text = META + "".join(lines)
        self.exports.drop(text.encode(), "table.csv", "meta_ads/7", exported_at=f"2026-05-{exported}").load()
        return self

    def google(self, exported: str, header: str, *lines: str) -> Ads:
        text = header + "".join(lines)
        self.exports.drop(text.encode(), "report.csv", "google_ads/2", exported_at=f"2026-05-{exported}").load()
        return self

    def spend(self) -> dict[int, Decimal]:
        """Day of May -> spend."""
        return dict(self._ask("fct_ad_performance", "select day(date_day), sum(spend_native) from {} group by all"))

    def spend_reported_on(self, day: str) -> dict[int, Decimal]:
        """Day of May -> spend that counted after the exports of a day of May."""
        query = (
            "select day(date_day), sum(spend_native) from {} "
            f"where reported_from <= '2026-05-{day}' and coalesce(reported_until > '2026-05-{day}', true) group by all"
        )
        return dict(self._ask("fct_ad_performance_version", query))

    def _ask(self, model: str, query: str) -> list[tuple[int, Decimal]]:
        self.build.build(self.exports.settings, [model])
        with duckdb.connect(str(self.exports.settings.build_file), read_only=True) as connection:
            return connection.execute(query.format(f"marts.{model}")).fetchall()


@pytest.fixture
def ads(tmp_path: Path, bare_build: BareBuild) -> Ads:
    return Ads(tmp_path / "home", bare_build)


@pytest.mark.parametrize("order", permutations(range(2)))
def test_a_second_campaign_of_one_name_leaves_the_newer_export_the_newer(ads: Ads, order: tuple[int, ...]) -> None:
    loads = [
        lambda: ads.meta("02", meta("Post: tip", 1, 10), meta("Only one", 1, 100), meta("Only one", 2, 30)),
        lambda: ads.meta("05", meta("Post: tip", 1, 12), meta("Post: tip", 1, 8), meta("Only one", 1, 150)),
    ]
    for number in order:
        loads[number]()
    # The newer export does not have the second day: what it leaves out stays.
    assert ads.spend() == {1: 170, 2: 30}
    assert ads.spend_reported_on("03") == {1: 110, 2: 30}
    assert ads.spend_reported_on("06") == {1: 170, 2: 30}


def test_a_campaign_of_two_names_that_is_one_again(ads: Ads) -> None:
    ads.meta("02", meta("Post", 1, 12), meta("Post", 1, 8))
    ads.meta("05", meta("Post", 1, 14))
    assert ads.spend() == {1: 14}
    assert (ads.spend_reported_on("03"), ads.spend_reported_on("06")) == ({1: 20}, {1: 14})


def test_only_lines_that_are_equal_in_every_cell_are_one_line(ads: Ads) -> None:
    ads.meta("04", meta("Post", 1, 5, budget=96), meta("Post", 1, 5, budget=42), meta("Post", 1, 5, budget=42))
    assert ads.spend() == {1: 10}
    notes = [note for batch in read_batches(ads.exports.settings.raw) for note in batch.notes]
    assert "1 lines are equal to another one in every cell: each such line counts once" in notes


def test_ad_groups_of_search_stay_beside_campaigns_of_performance_max(ads: Ads) -> None:
    ads.google("04", GROUPS, *(group("Search DE", 11, name, day, spend)
                               for day in (1, 2) for name, spend in (("1", 60), ("2", 40))))  # fmt: skip
    ads.google("04", CAMPAIGNS.format(id=",Campaign ID"), campaign("PMax", 1, 40, 22), campaign("PMax", 2, 40, 22))
    assert ads.spend() == {1: 140, 2: 140}
    assert ads.spend_reported_on("05") == {1: 140, 2: 140}
    # A campaign report that has both: now the ad groups say the same a second time.
    ads.google(
        "06", CAMPAIGNS.format(id=",Campaign ID"), campaign("PMax", 1, 41, 22), campaign("Search DE", 1, 101, 11)
    )
    assert ads.spend() == {1: 142, 2: 140}
    assert (ads.spend_reported_on("05"), ads.spend_reported_on("07")) == ({1: 140, 2: 140}, {1: 142, 2: 140})


@pytest.mark.parametrize("newer", ["ids", "names"])
def test_ids_and_names_of_one_campaign_count_once(ads: Ads, newer: str) -> None:
    """The name it has, and the one it had: both are known from an export with ids."""
    header = CAMPAIGNS.format(id=",Campaign ID")
    ads.google("01", header, campaign("Old name", 2, 1, 11))
    ads.google("05" if newer == "ids" else "03", header, campaign("New name", 1, 50, 11), campaign("Other", 1, 7, 12))
    ads.google("04", CAMPAIGNS.format(id=""), campaign("Old name", 1, 49), campaign("Third", 1, 5))
    assert ads.spend() == ({1: 62, 2: 1} if newer == "ids" else {1: 61, 2: 1})
