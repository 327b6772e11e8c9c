"""Countries by all their names, and amounts whose digits are few or many, built once for this file."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from funnelhouse.settings import load_settings
from tests.bare_build import AS_OF, BareBuild
from tests.raw_factory import RawFactory

pytestmark = pytest.mark.slow

COUNTRIES = {
    "Korea, Republic of": "KR", "South Korea": "KR", "KOR": "KR", "Republic of Korea": "KR",
    "Korea, Democratic People's Republic of": "KP", "Côte d'Ivoire": "CI", "Cote d’Ivoire": "CI", "Ivory Coast": "CI",
    "Bosnia and Herzegovina": "BA", "Bosnia & Herzegovina": "BA", "Trinidad and Tobago": "TT", "Macao": "MO",
    "Lao People's Democratic Republic": "LA", "Lao People’s Democratic Republic": "LA", "Germany": "DE", "deu": "DE",
    "Moldova, Republic of": "MD", "Venezuela, Bolivarian Republic of": "VE", "Viet Nam": "VN", "Việt Nam": "VN",
    "The Netherlands": "NL", "Saint Lucia": "LC", "St. Lucia": "LC", "Czech Republic": "CZ", "Turkey": "TR",
    "Congo, The Democratic Republic of the": "CD", "Holy See (Vatican City State)": "VA", "U.S.A.": "US", "uk": "GB",
    "Bonaire, Sint Eustatius and Saba": "BQ", "Curaçao": "CW", "Curacao": "CW", "Türkiye": "TR", "Åland Islands": "AX",
    "Áo": "AT", "AO": "AO", "Bỉ": "BE", "BI": "BI", "Nga": "RU", "NGA": "NG", "Atlantis": "Unknown",
}  # fmt: skip


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, bare_build: BareBuild) -> RawFactory:
    raw = RawFactory(replace(load_settings(tmp_path_factory.mktemp("small_units") / "home"), as_of=AS_OF))
    raw.add("crm_accounts", [
        {"record_id": name, "account_name": name, "billing_country": name} for name in COUNTRIES
    ])  # fmt: skip
    rates = {"CLF": ("CLF", "USD", "43"), "KWD": ("KWD", "USD", "3"), "VND": ("USD", "VND", "25575")}
    raw.add("fx_rates", [
        {"rate_date": "2026-01-01", "from_currency": near, "to_currency": far, "rate": rate}
        for near, far, rate in rates.values()
    ], source="plans")  # fmt: skip
    raw.add("crm_opportunities", [
        {"record_id": currency, "amount": amount, "currency": currency, "created_at": "2026-03-01T09:00:00",
         "close_date": "2026-03-10", "stage": "Closed Won", "is_closed": True, "is_won": True}
        for currency, amount in (("CLF", "1.2345"), ("KWD", "0.125"), ("VND", "80400000"))
    ])  # fmt: skip
    raw.add("crm_subscriptions", [
        {"record_id": f"S{number}", "crm_account_id": "Germany", "plan_name": "Basic", "status": "Active",
         "amount": amount, "currency": "CLF", "billing_period": period, "started_on": "2026-01-01"}
        for number, (amount, period) in enumerate((("0.0449", "Monthly"), ("0.01", "Yearly")))
    ])  # fmt: skip
    bare_build.build(raw.settings, ["dim_account", "fct_opportunity", "fct_subscription"])
    return raw


def test_countries_are_known_by_all_their_names(built: RawFactory) -> None:
    rows = built.rows("select account_name, country_code from marts.dim_account")
    assert {row["account_name"]: row["country_code"] for row in rows} == COUNTRIES


def test_native_amounts_keep_the_digits_of_their_currency(built: RawFactory) -> None:
    rows = built.rows("select currency, amount_native, amount_reporting from marts.fct_opportunity")
    assert {row["currency"]: (row["amount_native"], row["amount_reporting"]) for row in rows} == {
        "CLF": (Decimal("1.2345"), Decimal("53.08")),  # 53.0835; of 1.23 it would be 52.89
        "KWD": (Decimal("0.125"), Decimal("0.38")),
        "VND": (Decimal("80400000"), Decimal("3143.70")),  # 3143.69501; with twelve decimals of the rate 3143.69499
    }


def test_a_month_of_a_subscription_is_a_part_of_the_price_not_of_a_rounded_month(built: RawFactory) -> None:
    rows = built.rows("select subscription_id, mrr_native, mrr_reporting from marts.fct_subscription order by 1")
    # 0.0449 x 43 = 1.9307; 0.01 x 43 / 12 = 0.0358, but a rounded month of 0.0008 would be 0.0344.
    assert [tuple(row.values())[1:] for row in rows] == [
        (Decimal("0.0449"), Decimal("1.93")), (Decimal("0.0008"), Decimal("0.04")),
    ]  # fmt: skip
