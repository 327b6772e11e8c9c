"""Exports of organic social platforms become posts with lifetime counters and daily metrics of a page."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
import xlsxwriter
import xlwt

from tests.contracts.conftest import Exports

Cells = Sequence[Sequence[object]]
METRICS: Cells = [
    ["This sheet shows the performance of your updates."],
    ["Date", "Impressions (organic)", "Impressions (sponsored)", "Impressions (total)", "Unique impressions (organic)",
     "Clicks (total)", "Reactions (organic)", "Engagement rate (total)"],
    ["10/30/2026", 100.0, 20.0, 120.0, 80.0, 9.0, -2.0, 0.075],
    ["10/31/2026", 110.0, "", 110.0, 85.0, 5.0, 3.0, 0.05],
]  # fmt: skip
POSTS: Cells = [
    ["Post title", "Post link", "Post type", "Campaign name", "Posted by", "Created date", "Audience", "Impressions",
     "Views (Excluding offsite video views)", "Clicks", "Likes", "Comments", "Reposts", "Follows", "Engagement rate",
     "Content Type"],
    ["Looms", "https://www.linkedin.com/feed/update/urn:li:activity:7012345678901234567", "Organic", "",
     "Dana Whitfield", "10/02/2026", "All followers", 900.0, "", 30.0, 12.0, 3.0, 1.0, 2.0, 0.05, "Image"],
]  # fmt: skip


def xls(sheets: dict[str, Cells]) -> bytes:
    """A BIFF8 workbook, as LinkedIn writes it."""
    workbook = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = workbook.add_sheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def xlsx(sheets: dict[str, Cells]) -> bytes:
    """The same as a modern workbook."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for row, cells in enumerate(rows):
                sheet.write_row(row, 0, cells)
    return stream.getvalue()


def test_facebook_posts_are_snapshots_of_lifetime_counters(exports: Exports) -> None:
    exports.drop("meta_business_content/May-25-2026_Jun-21-2026_1493633672508178.csv", folder="meta_business/x").load()
    assert exports.rows(
        "social_posts",
        "account_id, platform, post_id, published_at, impressions, is_views, reach, engagements, reactions, "
        "link_clicks, clicks",
    ) == [
        ("104882390011223", "facebook", "122100000000001", "2026-05-26 12:59:00", "1200", "true",
         "900", "55", "40", "12", "70"),
        # The second row ends early and has no views: unknown is not zero.
        ("104882390011223", "facebook", "122100000000002", "2026-06-02 08:00:00", None, "false",
         "300", "9", "7", None, "4"),
    ]  # fmt: skip
    # The third row has metrics of a post that Meta could not read: it is counted, not loaded.
    assert exports.query("select restatement, rows_in, rows_loaded, rows_rejected, rows_dropped from raw._batches") == [
        ("snapshot", 3, 2, 0, 1)
    ]
    assert "second, with a comma" in exports.rows("social_posts", "post_text")[0][0]


def test_instagram_posts_are_told_from_facebook_ones_by_their_labels(exports: Exports) -> None:
    exports.drop("meta_business_content/instagram.csv").load()
    assert exports.rows(
        "social_posts", "account_id, platform, post_id, impressions, reactions, comments, shares, saves, follows"
    ) == [("17841403355667788", "instagram", "18000000000000001", "500", "33", "5", "4", "6", "2")]


@pytest.mark.parametrize("container", ["xls", "xlsx"])
def test_linkedin_workbook_gives_days_of_the_page_and_posts(exports: Exports, container: str) -> None:
    content = {"xls": xls, "xlsx": xlsx}[container]({"Metrics": METRICS, "All posts": POSTS})
    exports.drop(content, f"brightloom_content_1793527260000.{container}").load()
    # 1793527260000 ms after 1970 is 2026-11-01 10:01 UTC; the page is in the name as well.
    assert exports.query("select distinct account_id, exported_at::varchar from raw._batches") == [
        ("brightloom", "2026-11-01 10:01:00")
    ]
    assert exports.rows("social_daily", "date, metric, scope, value") == [
        ("2026-10-30", "clicks", "total", "9.000000"),
        ("2026-10-30", "impressions", "organic", "100.000000"),
        ("2026-10-30", "impressions", "paid", "20.000000"),
        ("2026-10-30", "impressions", "total", "120.000000"),
        ("2026-10-30", "reach", "organic", "80.000000"),
        ("2026-10-30", "reactions", "organic", "-2.000000"),  # taken back
        ("2026-10-31", "clicks", "total", "5.000000"),
        ("2026-10-31", "impressions", "organic", "110.000000"),
        ("2026-10-31", "impressions", "total", "110.000000"),  # sponsored is blank, not zero
        ("2026-10-31", "reach", "organic", "85.000000"),
        ("2026-10-31", "reactions", "organic", "3.000000"),
    ]
    assert exports.rows(
        "social_posts", "post_id, published_at, post_type, impressions, clicks, reactions, comments, shares, follows"
    ) == [("7012345678901234567", "2026-10-02 00:00:00", "Image", "900", "30", "12", "3", "1", "2")]
    assert b"Dana Whitfield" not in exports.bytes_kept()


def test_linkedin_followers_and_visitors_are_metrics_of_their_own(exports: Exports) -> None:
    followers: Cells = [
        ["Date", "Sponsored followers", "Organic followers", "Auto-invited followers", "Total followers"],
        ["10/30/2026", 1.0, 4.0, 2.0, 7.0],
    ]
    places: Cells = [["Location", "Total followers"], ["Berlin", 400.0]]
    visitors: Cells = [
        ["Date", "Overview page views (total)", "Total page views (total)", "Total unique visitors (total)"],
        ["10/30/2026", 30.0, 44.0, 21.0],
    ]
    exports.drop(xlsx({"New followers": followers, "Location": places}), "brightloom_followers_1793527260000.xlsx")
    exports.drop(xlsx({"Visitor metrics": visitors}), "brightloom_visitors_1793527260000.xlsx").load()
    assert exports.rows("social_daily", "metric, scope, value") == [
        ("follows_new", "invited", "2.000000"),
        ("follows_new", "organic", "4.000000"),
        ("follows_new", "paid", "1.000000"),
        ("follows_new", "total", "7.000000"),
        ("visitors", "total", "21.000000"),
        ("visits", "total", "44.000000"),
        ("visits_overview", "total", "30.000000"),
    ]


def test_page_insights_take_metric_and_platform_from_the_title(exports: Exports) -> None:
    # The label of the second block names another metric than its title; a clock change left an hour in one cell.
    exports.drop("meta_page_insights/Follows.csv", folder="meta_business/104882390011223").load()
    assert exports.rows("social_daily", "page_id, platform, metric, date, value", order="platform, date") == [
        ("104882390011223", "facebook", "follows_new", "2026-10-25", "3.000000"),
        ("104882390011223", "facebook", "follows_new", "2026-10-26", "5.000000"),
        ("104882390011223", "instagram", "follows_new", "2026-10-25", "7.000000"),
    ]


def test_page_insights_without_a_platform_say_what_to_write_where(exports: Exports) -> None:
    exports.drop("meta_page_insights/Reach.csv", folder="meta_business/1").load()
    outcome, reason, message = exports.outcomes()["Reach.csv"]
    assert (outcome, reason) == ("refused", "missing_fact")
    assert "platform: instagram" in message and "_manifest.yml" in message


def test_page_insights_take_the_platform_from_the_manifest(exports: Exports) -> None:
    exports.drop("meta_page_insights/Reach.csv", folder="meta_business/1", platform="instagram").load()
    assert exports.rows("social_daily", "platform, metric, value") == [("instagram", "reach", "300.000000")]


def test_tweets_of_the_old_export_have_a_handle_in_the_name(exports: Exports) -> None:
    exports.drop("x_analytics/tweet_activity_metrics_brightloom_20220201_20220301_en.csv").load()
    assert exports.rows(
        "social_posts", "account_id, post_id, post_text, published_at, impressions, shares, reactions, link_clicks"
    ) == [
        ("brightloom", "1498342210000000001", "Looms & more\nsecond line", "2022-02-28 17:39:00", "376", "2", "9", "4")
    ]


def test_days_of_the_old_x_export_tell_organic_from_promoted(exports: Exports) -> None:
    exports.drop("x_analytics/daily_tweet_activity_metrics_brightloom_20220201_20220301_en.csv").load()
    assert exports.query("select distinct scope from raw.social_daily") == [("organic",)]  # promoted cells are "-"
    assert exports.query("select value::varchar from raw.social_daily where metric = 'impressions'") == [
        ("500.000000",)
    ]


def test_new_x_exports_give_posts_and_days(exports: Exports) -> None:
    exports.drop("x_analytics/account_analytics_content_2026-08-01_2026-08-31.csv", folder="x/brightloom")
    exports.drop("x_analytics/account_overview_analytics.csv", folder="x/brightloom").load()
    assert exports.rows("social_posts", "post_id, post_text, published_at, shares, saves") == [
        ("1960000000000000001", "Looms & more", "2026-08-25 00:00:00", "5", "3")
    ]
    assert exports.query(
        "select date::varchar, value::varchar from raw.social_daily where metric = 'impressions' order by 1"
    ) == [
        ("2026-08-25", "90.000000"),
        ("2026-08-26", "100.000000"),
    ]


def test_youtube_videos_leave_the_channel_total_out(exports: Exports) -> None:
    exports.drop("youtube/Table data.csv", folder="youtube/UC1", period_start="2020-01-01").load()
    assert exports.rows("social_posts", "post_id, published_at, video_views, follows, impressions") == [
        ("-L31PdnCO7A", None, "600", "-1", "10000"),
        ("aBcDeFgHiJk", "2025-09-30 00:00:00", "3000", "25", "40000"),
    ]
    assert exports.query("select rows_in, rows_loaded, rows_dropped from raw._batches") == [(4, 2, 2)]


def test_youtube_table_in_german_is_read_through_its_soft_hyphens(exports: Exports) -> None:
    exports.drop("youtube/Tabellendaten.csv", folder="youtube/UC1", period_start="2020-01-01").load()
    assert exports.rows("social_posts", "post_id, video_views, follows, impressions") == [
        ("aBcDeFgHiJk", "90", "1", "800")
    ]


def test_youtube_table_whose_period_nobody_knows_is_refused(exports: Exports) -> None:
    exports.drop("youtube/Table data.csv", folder="youtube/UC1").load()
    outcome, reason, message = exports.outcomes()["Table data.csv"]
    assert (outcome, reason) == ("refused", "missing_fact")
    for told in (
        "Lifetime",
        "`period_start: 2020-01-31`",
        "`period_end:",
        "_manifest.yml",
        "inbox/youtube/",
        "--period-start",
    ):
        assert told in message


def test_youtube_table_with_a_period_from_the_manifest_is_the_sum_of_that_period(exports: Exports) -> None:
    exports.drop(
        "youtube/Table data.csv", folder="youtube/UC1", period_start="2020-01-01", period_end="2026-10-31"
    ).load()
    assert exports.query(
        "select period_start::varchar, period_end::varchar, exported_at::varchar from raw._batches"
    ) == [("2020-01-01", "2026-10-31", "2026-10-31 23:59:59")]
    assert exports.rows("social_daily", "count(*)", order="1") == [("0",)]


def test_youtube_tables_by_anything_else_are_named_for_what_they_are(exports: Exports) -> None:
    members: dict[str, str | bytes] = {
        "Tabellendaten.csv": b"Land,Aufrufe\nGesamt,10\nDE,10\n",
        "Diagrammdaten.csv": b"Datum,Land,Aufrufe\n2026-05-01,DE,3\n",
        "Gesamtwerte.csv": b"Datum,Aufrufe\n2026-05-01,4\n",
    }
    exports.drop_zip("Land.zip", members, "youtube/UC1").load()
    outcome, reason, message = exports.outcomes()["Land.zip"]
    assert (outcome, reason) == ("loaded_with_rejects", "wrong_kind")
    assert "not by video" in message
    assert exports.rows("social_daily", "metric, value") == [("video_views", "4.000000")]


def test_youtube_totals_are_days_of_the_channel(exports: Exports) -> None:
    exports.drop("youtube/Totals.csv", folder="youtube/UC1").load()
    assert exports.rows("social_daily", "account_id, metric, date, value") == [
        ("UC1", "video_views", "2026-10-01", "120.000000"),
        ("UC1", "video_views", "2026-10-02", "0.000000"),
    ]


def test_tiktok_days_without_a_year_count_back_from_the_export(exports: Exports) -> None:
    exports.drop("tiktok/Overview.csv", folder="tiktok/brightloom", exported_at="2026-01-02").load()
    assert exports.query(
        "select date::varchar, value::varchar from raw.social_daily where metric = 'video_views' order by 1"
    ) == [
        ("2025-12-30", "100.000000"),
        ("2025-12-31", "110.000000"),
        ("2026-01-01", "90.000000"),
    ]
    # "undefined" is not a value.
    assert len(exports.query("select 1 from raw.social_daily where metric = 'visits'")) == 2


def test_tiktok_business_center_writes_whole_dates(exports: Exports) -> None:
    exports.drop("tiktok/Business overview.csv", folder="tiktok/brightloom").load()
    assert exports.query(
        "select metric, sum(value)::varchar from raw.social_daily where metric like 'follows%' group by 1 order by 1"
    ) == [("follows_lost", "3.000000"), ("follows_net", "1.000000"), ("follows_new", "4.000000")]


def test_tiktok_videos_have_their_id_and_account_in_the_link(exports: Exports) -> None:
    exports.drop("tiktok/Content.csv", folder="tiktok/brightloom", exported_at="2026-01-02").load()
    assert exports.rows("social_posts", "page_id, post_id, published_at, video_views, reactions") == [
        ("brightloom", "7300000000000000001", "2025-12-30 00:00:00", "1500", "12")
    ]


def test_facebook_videos_are_posts_with_their_own_ids(exports: Exports) -> None:
    exports.drop("meta_business_content/facebook_videos.csv").load()
    assert exports.rows("social_posts", "post_id, post_type, post_text, video_views, reach") == [
        ("990000000000001", "Video", "How looms work", "120", "300")
    ]


def test_facebook_posts_until_2021_skip_the_row_that_explains_the_columns(exports: Exports) -> None:
    exports.drop("meta_business_content/facebook_posts_2015.csv").load()
    assert exports.rows("social_posts", "page_id, post_id, published_at, impressions, reach") == [
        ("104882390011223", "104882390011223_900000000000001", "2015-10-01 21:00:00", "900", "400")
    ]


@pytest.mark.parametrize(
    ("file", "word"),
    [
        ("meta_business_content/Audience.csv", "Results"),
        ("youtube/Chart data.csv", "Totals.csv"),
        ("tiktok/FollowerGender.csv", "FollowerHistory"),
    ],
)
def test_exports_that_answer_no_question_are_refused_with_the_one_that_does(
    exports: Exports, file: str, word: str
) -> None:
    exports.drop(file, folder="social").load()
    ((outcome, reason, message),) = exports.outcomes().values()
    assert outcome == "refused" and reason in ("wrong_kind", "not_used")
    assert word in message


def test_linkedin_competitors_are_refused(exports: Exports) -> None:
    rows: Cells = [
        ["From 10/01/2026 to 10/31/2026"],
        ["Page", "Total Followers", "New Followers", "Total Post Engagements", "Total Posts"],
        ["Other company", 1000.0, 10.0, 50.0, 5.0],
    ]
    exports.drop(xlsx({"COMPETITORS": rows}), "Brightloom_competitor_analytics_1793527260000.xlsx").load()
    ((outcome, reason, message),) = exports.outcomes().values()
    assert (outcome, reason) == ("refused", "wrong_kind")
    assert "Content" in message
