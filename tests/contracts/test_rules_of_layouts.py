"""Rules of reading that layouts of real platforms ask for; the numbers are made up, the shapes are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from funnelhouse.extract.dry_run import inspect_file
from funnelhouse.settings import Settings
from tests.contracts.conftest import Exports

UNIVERSAL = "# ----------\n# All Web Site Data\n# Audience Overview\n# 20180101-20180131\n# ----------\n\n"
GA4 = "# ----------\n# Report\n# Property: Web\n# Start date: 20240301\n# End date: 20240331\n"


def test_days_of_an_index_are_days_and_their_blank_row_is_a_total(exports: Exports) -> None:
    """Universal Analytics writes days as its user does; the stated period shows which order that is."""
    exports.drop(
        (UNIVERSAL + 'Day Index,Sessions\n1/1/18,100\n1/2/18,"1,120"\n,"1,220"\n').encode(), "us.csv", "ga4/us"
    )
    british = "Day Index,Sessions\n01/01/2018,7\n02/01/2018,8\n,15\n"
    exports.drop((UNIVERSAL + british).encode(), "uk.csv", "ga4/uk").load()
    assert exports.rows("web_traffic", "account_id, date, sessions") == [
        ("uk", "2018-01-01", "7"), ("uk", "2018-01-02", "8"), ("us", "2018-01-01", "100"), ("us", "2018-01-02", "1120"),
    ]  # fmt: skip
    assert exports.query("select count(*) from raw.web_period") == [(0,)]


def test_a_row_without_the_only_dimension_is_a_total_whatever_the_dimension_is_called(exports: Exports) -> None:
    rows = "Service Provider,Users,Sessions\nhome isp,10,12\noffice isp,5,6\n,15,18\n"
    exports.drop((UNIVERSAL + rows).encode(), "provider.csv", "ga4/1").load()
    assert exports.rows("web_period", "breakdown, sessions") == [
        ("Service Provider=home isp", "12"), ("Service Provider=office isp", "6"),
    ]  # fmt: skip


def test_views_alone_are_a_report_where_the_lines_above_tell_whose(exports: Exports) -> None:
    exports.drop((GA4 + "Page path and screen class,Views\n/,50\n/a,5\n").encode(), "pages.csv", "ga4/1")
    exports.drop(b"Date,Page path,Views\n2024-03-01,/,50\n", "whose.csv").load()
    assert exports.rows("web_period", "breakdown, page_views") == [("page_path=/", "50"), ("page_path=/a", "5")]
    assert exports.outcomes()["whose.csv"][:2] == ("refused", "unknown_kind")


def test_a_table_of_a_known_platform_is_told_what_it_lacks(exports: Exports) -> None:
    exports.drop((GA4 + "Item name,Items viewed,Item revenue\nHat,10,20\n").encode(), "items.csv")
    exports.drop("ga4_report/card_without_dates.csv")
    half = "Reporting starts,Campaign name,Amount spent (EUR),Impressions\n2026-10-01,Brand,5,100\n"
    exports.drop(half.encode(), "half.csv").load()
    found = exports.outcomes()
    assert found["items.csv"][:2] == ("refused", "unknown_kind")
    assert "by the lines above it is 'Google Analytics 4" in found["items.csv"][2]
    assert "'Sessions' or 'Engaged sessions'" in found["items.csv"][2]
    assert found["card_without_dates.csv"][:2] == ("refused", "missing_fact")
    assert found["half.csv"][:2] == ("refused", "unknown_period")
    assert "'Reporting starts' is only one end of a period; add the column 'Reporting ends'" in found["half.csv"][2]


def test_the_refusal_of_unreadable_days_shows_one(exports: Exports) -> None:
    rows = "Day,Campaign,Currency code,Cost,Impr.\nspring,A,EUR,1,2\nautumn,A,EUR,1,2\n"
    exports.drop(rows.encode(), "seasons.csv", "google_ads/1").load()
    outcome, reason, message = exports.outcomes()["seasons.csv"]
    assert (outcome, reason) == ("refused", "most_rows_fail") and "column 'Day': 'spring'" in message


def test_a_range_in_the_title_and_totals_with_a_dash(exports: Exports) -> None:
    """Google's tables until 2016; a campaign may be called like a total."""
    old = (
        '"Campaign report (Aug 6, 2013-Sep 4, 2013)"\nCampaign state,Campaign,Clicks,Impressions,Cost,Avg. CPC\n'
        'enabled,Brand,"1,120","25,300",582.40,0.52\npaused,Total - fitness,40,900,17.60,0.44\n'
        'Total - all but removed campaigns, --,"1,160","26,200",600.00,0.52\n'
        'Total - Search, --,"1,160","26,200",600.00,0.52\n'
    )
    exports.drop(old.encode(), "old.csv").load()
    assert exports.rows("ads_period", "campaign_name, period_start, period_end, spend") == [
        ("Brand", "2013-08-06", "2013-09-04", "582.400000"),
        ("Total - fitness", "2013-08-06", "2013-09-04", "17.600000"),
    ]


def test_amounts_in_millionths_are_refused(exports: Exports) -> None:
    exports.drop("google_ads_api_report/campaigns_by_day.csv", folder="google_ads/1").load()
    outcome, reason, message = exports.outcomes()["campaigns_by_day.csv"]
    assert (outcome, reason) == ("refused", "wrong_kind") and "millionths" in message


def test_a_person_s_linkedin_numbers_are_not_the_page_s(exports: Exports) -> None:
    name = "AggregateAnalytics_Robin_Hale_2026-10-01_2026-10-31.xlsx"
    exports.drop(f"linkedin_page/{name}").load()
    outcome, reason, message = exports.outcomes()[name]
    assert (outcome, reason) == ("refused", "wrong_kind") and "Page as its admin" in message


def test_months_may_be_named(exports: Exports) -> None:
    rows = "Report\n2024\nMonth,Campaign,Currency code,Cost,Impr.\nMar 2024,A,EUR,12.50,10\nApr 2024,A,EUR,1.00,2\n"
    exports.drop(rows.encode(), "months.csv").load()
    assert exports.rows("ads_period", "period_start, period_end, spend") == [
        ("2024-03-01", "2024-03-31", "12.500000"), ("2024-04-01", "2024-04-30", "1.000000"),
    ]  # fmt: skip


GOOGLE = {
    "tr": ("Rapor\n1 Ocak 2024 - 31 Ocak 2024\nKampanya durumu,Kampanya,Para birimi kodu,Gösr.,Tıklama,Maliyet\n"
           'Etkin,A,TRY,"12.345",100,"500,25"\nToplam: Hesap,,TRY,"12.345",100,"500,25"\n', "TRY", "500.250000"),
    "ru": ("Отчет\n1 января 2024 г. - 31 января 2024 г.\nСтатус кампании,Кампания,Код валюты,Показы,Клики,Стоимость\n"
           'Включена,A,RUB,"12 345",100,"700,25"\nВсего: аккаунт,,RUB,"12 345",100,"700,25"\n', "RUB", "700.250000"),
    "ko": ("캠페인 보고서\n2024년 1월 1일 - 2024년 1월 31일\n캠페인 상태,캠페인,통화 코드,노출수,클릭수,비용\n"
           '사용,A,KRW,"12,345",100,"50,000"\n합계: 계정,,KRW,"12,345",100,"50,000"\n', "KRW", "50000.000000"),
    "zh": ("廣告活動報表\n2024年1月1日 - 2024年1月31日\n廣告活動狀態,廣告活動,貨幣代碼,曝光,點擊,費用\n"
           '已啟用,A,TWD,"12,345",100,500\n總計：帳戶,,TWD,"12,345",100,500\n', "TWD", "500.000000"),
}  # fmt: skip


@pytest.mark.parametrize("language", list(GOOGLE))
def test_google_tables_of_more_languages(exports: Exports, language: str) -> None:
    text, currency, spend = GOOGLE[language]
    exports.drop(text.encode(), "table.csv").load()
    assert exports.rows("ads_period", "period_start, period_end, currency, impressions, clicks, spend") == [
        ("2024-01-01", "2024-01-31", currency, "12345", "100", spend)
    ]


META = {
    "tr": "Rapor Başlangıcı,Rapor Sonu,Kampanya Adı,Gösterim,Bağlantı Tıklamaları,Harcanan Tutar (TRY)",
    "ja": "レポート開始日,レポート終了日,キャンペーン名,インプレッション数,リンククリック,消化金額 (JPY)",
    "ko": "보고 시작,보고 종료,캠페인 이름,노출,링크 클릭,지출 금액 (KRW)",
    "zh": "報告開始日期,報告結束日期,行銷活動名稱,曝光次數,連結點擊次數,花費金額 (TWD)",
    "ru": "Начало отчетности,Окончание отчетности,Название кампании,Показы,Клики по ссылке,Потраченная сумма (RUB)",
}


@pytest.mark.parametrize("language", list(META))
def test_meta_tables_of_more_languages(exports: Exports, language: str) -> None:
    exports.drop(f"{META[language]}\n2024-01-01,2024-01-31,A,900,12,345.5\n".encode(), "meta.csv").load()
    assert exports.rows("ads_period", "period_start, period_end, impressions, clicks, spend") == [
        ("2024-01-01", "2024-01-31", "900", "12", "345.500000")
    ]
    assert exports.query("select distinct currency from raw.ads_period") == [(META[language][-4:-1],)]


def test_titles_of_insights_in_more_languages(exports: Exports) -> None:
    def block(title: str, label: str, value: int) -> str:
        return f'"{title}"\n"{label}","Primary"\n"2026-10-01T00:00:00","{value}"\n\n'

    text = "sep=,\n" + block("Instagram takipleri", "Tarih", 3) + block("Facebook ziyaretleri", "Tarih", 4)
    polish = "sep=,\n" + block("Zasięg na Facebooku", "Data", 5)
    exports.drop(text.encode("utf-16"), "tr.csv", "meta_business/1")
    exports.drop(polish.encode("utf-16"), "pl.csv", "meta_business/1").load()
    assert exports.rows("social_daily", "platform, metric, value", "value") == [
        ("instagram", "follows_new", "3.000000"), ("facebook", "visits", "4.000000"), ("facebook", "reach", "5.000000"),
    ]  # fmt: skip


def test_day_and_time_of_sending_may_stand_in_two_columns(exports: Exports) -> None:
    rows = (
        "Campaign Name,Campaign ID,Campaign Channel,Send Date,Send Time,Unique Opens,Unique Clicks,Delivered\n"
        "Spring,01J,Email,2026-10-06,11:00:00,40,2,99\n"
    )
    exports.drop(rows.encode(), "campaigns.csv").load()
    assert exports.rows("email_campaigns", "campaign_name, sent_at, opens_unique") == [
        ("Spring", "2026-10-06 00:00:00", "40")
    ]


def test_deals_of_a_pipedrive_in_spanish(exports: Exports) -> None:
    rows = (
        "Trato - ID,Trato - Título,Trato - Valor,Trato - Moneda de Valor,Trato - Etapa,Trato - Estado,"
        "Trato - Trato creado\n"
        "1,A,1000,EUR,Propuesta,Ganado,2026-10-01 10:00:00\n2,B,500,EUR,Propuesta,Abierto,2026-10-02 10:00:00\n"
    )
    exports.drop(rows.encode(), "deals.csv").load()
    assert exports.rows("crm_opportunities", "record_id, amount, currency, stage, is_closed, is_won", "record_id") == [
        ("1", "1000.000000", "EUR", "Propuesta", "true", "true"),
        ("2", "500.000000", "EUR", "Propuesta", "false", "false"),
    ]


def test_sums_without_a_currency_say_how_to_give_it(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "daily.csv"
    path.write_text("Campaign,Day,Cost,Impr.,Avg. CPC\nBrand,2026-10-01,10,100,2\n", encoding="utf-8")
    told = inspect_file(settings, path)
    assert (told["outcome"], told["sums"]["spend"]) == ("loaded", "10")
    assert any(note.startswith("the currency is not known: add the column") for note in told["notes"])
    told = inspect_file(settings, path, {"currency": "EUR"})
    assert not any("the currency is not known" in note for note in told["notes"])


def test_invisible_characters_hide_no_total(exports: Exports) -> None:
    """German YouTube writes soft hyphens into its words, one or several."""
    rows = (
        "Video,Videotitel,Veröffentlichungszeitpunkt des Videos,Auf\u00adru\u00adfe,Wiedergabezeit (Stunden)\n"
        'Ge\u00adsamt\u00ad,,,1000,50\nabc,Eins,"Sep 30, 2023",600,30\n -def,Zwei,"Oct 1, 2023",400,20\n'
    )
    manifest = {"period_start": "2020-01-01", "period_end": "2023-12-31"}
    exports.drop(rows.encode(), "Tabellendaten.csv", "youtube/c", **manifest).load()
    assert exports.rows("social_posts", "post_id, video_views", "post_id") == [("-def", "400"), ("abc", "600")]


def test_a_channel_s_days_may_bear_any_name_where_something_says_whose_they_are(exports: Exports) -> None:
    exports.drop(b"Data,Inscritos\n2020-04-23,4\n2020-04-24,6\nTotal,10", "Youtube_Inscritos.csv")
    exports.drop(b"Date,Views\n2023-01-01,100\n", "views.csv").load()
    assert exports.rows("social_daily", "date, metric, value") == [
        ("2020-04-23", "follows_net", "4.000000"), ("2020-04-24", "follows_net", "6.000000"),
    ]  # fmt: skip
    assert exports.outcomes()["views.csv"][:2] == ("refused", "unknown_kind")


def test_the_title_above_tells_the_platform_of_a_table_without_cost(exports: Exports) -> None:
    rows = 'Untitled report\n"October 1, 2026 - October 31, 2026"\nDay,Add to cart_Conversions\n2026-10-09,4.00\n'
    exports.drop(rows.encode(), "actions.csv").load()
    assert "by the lines above it is 'Google Ads" in exports.outcomes()["actions.csv"][2]
    assert "lacks the columns 'Cost'" in exports.outcomes()["actions.csv"][2]


def test_blocks_of_a_snapshot_count_their_days_in_any_language(exports: Exports) -> None:
    head = "# ----\n# スナップショット\n# プロパティ: Web\n# ----\n# \n# 開始日: 20240101\n# 終了日: 20240131\n"
    days = "N 日目,アクティブ ユーザー\n0000,10\n0001,12\n\n"
    channels = "セッションのメインのチャネル グループ（デフォルト チャネル グループ）,セッション\nDirect,114\n"
    dates = "# 開始日: 20240101\n# 終了日: 20240131\n"
    exports.drop((head + days + dates + channels).encode(), "data-export.csv").load()
    assert exports.rows("web_traffic", "account_id, date, active_users") == [
        ("Web", "2024-01-01", "10"), ("Web", "2024-01-02", "12"),
    ]  # fmt: skip
    assert exports.rows("web_period", "period_start, period_end, channel_group, sessions") == [
        ("2024-01-01", "2024-01-31", "Direct", "114")
    ]


def test_a_file_put_with_a_platform_is_compared_with_its_kinds(exports: Exports) -> None:
    exports.drop(b"Record ID,Email,Phone Number,City,Note\n1,,,,\n", "people.csv", "hubspot/1").load()
    message = exports.outcomes()["people.csv"][2]
    assert "HubSpot contacts: the export lacks the columns 'Create Date'" in message


def test_a_total_in_vietnamese_is_left_out_wherever_it_stands(exports: Exports) -> None:
    head = '"1 tháng 8, 2026 - 10 tháng 8, 2026"\n'
    sums = "Chiến dịch,Mã đơn vị tiền tệ,Số lượt hiển thị,Chi phí\nA,VND,1000,10\nTổng số: Chiến dịch,VND,1000,10\n"
    days = "Ngày,Trạng thái chiến dịch,Chiến dịch,Chi phí,Lượt nhấp,ID Chiến Dịch,Mã đơn vị tiền tệ\n"
    rows = "2026-08-01,Đang bật,A,10,1,9988,VND\n --,Tổng số: Chiến dịch, --,10,1, --,VND\n"
    exports.drop(f"Báo cáo chiến dịch\n{head}{sums}".encode(), "sums.csv", "google_ads/1")
    exports.drop(f"Báo cáo chiến dịch\n{head}{days}{rows}".encode(), "days.csv", "google_ads/1").load()
    assert exports.rows("ads_period", "campaign_name, spend") == [("A", "10.000000")]
    assert exports.rows("ads_performance", "campaign_id, date, spend") == [("9988", "2026-08-01", "10.000000")]


def test_deals_and_contacts_of_a_hubspot_in_japanese(exports: Exports) -> None:
    deals = (
        "レコードID,取引名,取引ステージ,金額,クローズ日,作成日\n101,A,Won,1000.5,2026-07-15 13:05,2026-07-01 09:00\n"
    )
    contacts = (
        "レコードID,名,姓,Eメール,ライフサイクルステージ,作成日\n7,愛子,佐藤,aiko@example.org,Lead,2026-07-01 09:00\n"
    )
    exports.drop(deals.encode(), "deals.csv").drop(contacts.encode(), "contacts.csv").load()
    assert exports.rows("crm_opportunities", "record_id, stage, amount") == [("101", "Won", "1000.500000")]
    assert exports.rows("crm_contacts", "record_id, lifecycle_stage") == [("7", "Lead")]
    assert not any(word.encode() in exports.bytes_kept() for word in ("aiko@example", "愛子", "佐藤"))


def test_a_row_of_explanations_below_the_header_is_no_data_and_may_be_missing(exports: Exports) -> None:
    exports.drop("meta_business_content/page_daily_2019.csv", folder="meta_business/1")
    posts = (
        "Post ID,Permalink,Post Message,Type,Posted,Lifetime Post Total Reach\n{}7_1,,Hi,Photo,10/13/2015 21:00,100\n"
    )
    told = ',,,,,"Lifetime: The total number of people"\n'
    exports.drop(posts.format(told).encode(), "told.csv", "meta_business/2")
    exports.drop(posts.format("").replace("7_1", "7_2").encode(), "untold.csv", "meta_business/2").load()
    assert exports.rows("social_posts", "post_id, published_at, reach", "post_id") == [
        ("7_1", "2015-10-13 21:00:00", "100"), ("7_2", "2015-10-13 21:00:00", "100"),
    ]  # fmt: skip
    assert exports.rows("social_daily", "date, value", "date") and exports.query(
        "select date::varchar, value::int from raw.social_daily where metric = 'reach' order by 1"
    ) == [("2019-10-01", 410), ("2019-10-02", 388)]
