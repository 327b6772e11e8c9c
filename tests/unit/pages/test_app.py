"""The pages as an application: nothing without a login, nothing from elsewhere, and states that say what to do."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

import funnelhouse_plugin
from funnelhouse.pages.app import ASSETS, create_app
from funnelhouse.pages.catalogue import PAGES
from funnelhouse.pages.login import Login
from funnelhouse.pages.server import guarded_app
from funnelhouse.settings import Settings
from funnelhouse_plugin import pages_app
from tests.unit.pages.conftest import let_in
from tests.unit.pages.little_house import published

OPEN = {("GET", "/login"), ("POST", "/login"), ("POST", "/logout")}
"""What asks for a login cannot ask for one."""


def requests_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and address of each route, with a page and a table that there are."""
    assert all(isinstance(route, APIRoute) for route in app.routes), "a route that this walk cannot ask for"
    for route in app.routes:
        assert isinstance(route, APIRoute)
        for method in sorted(route.methods):
            for name in ["pages.css"] if "assets" in route.path else [entry.name for entry in PAGES]:
                yield method, route.path.format(name=name, table="goals")


@pytest.fixture
def alone(little_house: Settings, settings: Settings) -> FastAPI:
    """The pages of the little house behind the login of another, empty home."""
    return guarded_app(lambda: little_house, Login(settings))


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*"])
def test_no_route_of_the_pages_alone_answers_without_a_login(alone: FastAPI, accept: str) -> None:
    stranger = TestClient(alone, follow_redirects=False, headers={"accept": accept})
    asked = [one for one in dict.fromkeys(requests_of(alone)) if one not in OPEN]
    assert len(asked) > 20
    for method, path in asked:
        answer = stranger.request(method, path)
        if accept == "text/html":
            assert (answer.status_code, answer.headers["location"]) == (303, "/login"), path
        else:
            assert answer.status_code == 401, path
        assert "campaign" not in answer.text and "marts." not in answer.text


def test_no_route_of_the_pages_in_airflow_answers_without_its_login() -> None:
    app: Any = pages_app()
    stranger = TestClient(app, follow_redirects=False, headers={"accept": "text/html"})
    asked = list(dict.fromkeys(requests_of(app)))
    assert len(asked) > 20
    assert {(one, stranger.request(*one).status_code) for one in asked} == {(one, 401) for one in asked}


def test_airflow_shows_no_pages_where_there_are_several_companies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever Airflow knows could otherwise read the numbers of every company."""
    monkeypatch.setenv("FUNNELHOUSE_TENANTS", "/anywhere")
    assert runpy.run_path(str(funnelhouse_plugin.__file__))["FunnelhousePlugin"].external_views == []
    app: Any = pages_app()
    asked = list(dict.fromkeys(requests_of(app)))
    monkeypatch.setattr(funnelhouse_plugin, "SEVERAL", True)
    refusing: Any = pages_app()
    answers = [TestClient(refusing).request(*one) for one in asked]
    assert {answer.status_code for answer in answers} == {403}
    assert {answer.text for answer in answers} == {funnelhouse_plugin.NOT_HERE}


def test_an_application_without_a_guard_is_not_made(settings: Settings) -> None:
    with pytest.raises(ValueError, match="never served without a login"):
        create_app(lambda: settings, [])


def test_nothing_can_be_changed_and_no_description_of_the_routes_is_served(client: TestClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert {client.request(method, path).status_code for path in ("/", "/overview", "/health.json")} == {405}
    assert {client.get(path).status_code for path in ("/docs", "/openapi.json", "/redoc")} == {404}


def test_every_answer_has_the_headers_that_keep_it_here(client: TestClient, alone: FastAPI) -> None:
    paths = ["/", "/campaigns", "/campaigns/scores.csv", "/no-such-page", "/health.json", "/assets/pages.css", "/a/b/c"]
    for answer in [*map(client.get, paths), TestClient(alone).get("/login"), TestClient(alone).get("/overview")]:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';") and "http" not in policy
        assert "frame-ancestors 'self'" in policy and "form-action 'self'" in policy and "base-uri 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"].startswith("private")
        assert "server" not in answer.headers


def test_what_does_not_exist_is_404_and_says_what_does(client: TestClient) -> None:
    answer = client.get("/no-such-page?lang=vi")
    assert answer.status_code == 404
    assert "campaigns" in answer.text and '<html lang="vi"' in answer.text
    missing = [
        "/campaigns/no-such-table.csv",
        "/no-such-page/scores.csv",
        "/assets/pages.py",
        "/assets/..%2fapp.py",
        "/a/b/c",
    ]
    assert {path: client.get(path).status_code for path in missing} == dict.fromkeys(missing, 404)


def test_before_the_first_version_every_page_says_what_to_run(settings: Settings) -> None:
    client = let_in(settings)
    for path in [*(f"/{entry.name}" for entry in PAGES), "/campaigns/scores.csv"]:
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "make run" in answer.text and "build_warehouse" in answer.text
    assert client.get("/health.json").json() == {"published": False}


def test_a_version_that_vanished_says_how_to_go_back(settings: Settings) -> None:
    published(settings)
    settings.published_file.resolve().unlink()
    answer = let_in(settings).get("/campaigns")
    assert answer.status_code == 503 and "--rollback" in answer.text


def test_a_file_that_cannot_be_read_is_503_and_names_no_path(settings: Settings) -> None:
    published(settings)
    path = settings.published_file.resolve()
    path.chmod(0o644)
    path.write_bytes(b"not a database" * 999)
    answer = let_in(settings).get("/campaigns")
    assert answer.status_code == 503
    assert "could not be read" in answer.text and str(settings.home) not in answer.text


def test_a_mart_that_is_missing_takes_only_its_own_part_of_the_page(client: TestClient) -> None:
    answer = client.get("/campaigns")
    assert answer.status_code == 200
    assert answer.text.count('class="failed"') == 2  # advice and variants
    assert "mart_recommendation" in answer.text and "mart_campaign_variant" in answer.text
    assert answer.text.count("<tbody>") == 1 and "1,234" in answer.text


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_a_version_without_the_marts_of_a_page_says_so_on_the_page(client: TestClient, entry: Any) -> None:
    answer = client.get(f"/{entry.name}?period=2026-10&model=x&team=y&q=z")
    assert answer.status_code == 200
    assert f"<h1>{entry.title}</h1>" in answer.text


def test_the_first_page_is_reached_from_any_prefix(client: TestClient) -> None:
    assert client.get("/").headers["location"] == "overview"


def test_health_tells_monitoring_what_is_published(little_house: Settings, client: TestClient) -> None:
    found = client.get("/health.json").json()
    assert found["published"] is True
    assert found["version"] == little_house.published_file.resolve().parent.name
    assert (found["tables"], found["failed"], found["warned"]) == (5, 0, 0)


def test_assets_are_those_that_pages_ask_for(client: TestClient) -> None:
    for name, kind in ASSETS.items():
        answer = client.get(f"/assets/{name}")
        assert answer.status_code == 200 and answer.headers["content-type"].startswith(kind)
