"""The login of the pages alone: one user, one password of the home's own, a cookie that nobody can make."""

from __future__ import annotations

import stat
import time

import pytest
from fastapi import HTTPException
from fastapi.testclient import TestClient

from funnelhouse.pages.login import COOKIE, LONGEST_FORM, SECONDS, TRIES, USER, WINDOW, Login
from funnelhouse.pages.server import guarded_app
from funnelhouse.settings import Settings, load_settings

NOW = 1_790_000_000.0


@pytest.fixture
def login(settings: Settings) -> Login:
    return Login(settings)


@pytest.fixture
def client(settings: Settings, login: Login) -> TestClient:
    return TestClient(guarded_app(lambda: settings, login), base_url="http://127.0.0.1", follow_redirects=False)


def test_password_and_key_are_made_once_and_readable_by_their_owner_only(settings: Settings, login: Login) -> None:
    folder = settings.home / "pages"
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "password": 0o600, "key": 0o600,
    }  # fmt: skip
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    again = Login(settings)
    assert again.password == login.password and len(login.password) >= 16
    assert again.is_known(login.cookie(NOW), NOW)


def test_each_home_has_a_login_of_its_own(login: Login, settings: Settings) -> None:
    other_settings = load_settings(settings.home.parent / "other")
    other_settings.make_folders()
    other = Login(other_settings)
    assert other.password != login.password
    assert not other.is_known(login.cookie(NOW), NOW)
    assert not other.accepts(USER, login.password, NOW)


def test_a_new_password_ends_every_session(settings: Settings, login: Login) -> None:
    cookie = login.cookie(NOW)
    (settings.home / "pages" / "password").write_text("another one\n", encoding="ascii")
    assert not Login(settings).is_known(cookie, NOW)


def test_a_cookie_ends_after_twelve_hours(login: Login) -> None:
    cookie = login.cookie(NOW)
    assert login.is_known(cookie, NOW + SECONDS - 1)
    assert not login.is_known(cookie, NOW + SECONDS)


def test_a_forged_cookie_is_not_known(login: Login) -> None:
    until, signature = login.cookie(NOW).split(".")
    later = str(int(until) + 1)
    forged = [
        None, "", ".", until, f"{until}.", f".{signature}", f"{later}.{signature}", f"{until}.{signature[:-1]}0x",
        f"{until}.{signature.upper()}", f"{until}.{'0' * 64}", f"-{until}.{signature}", f"{until}.{signature}.x",
        f"²{until}.{signature}", f"{until}.ż", "9" * 5000 + ".x",
    ]  # fmt: skip
    assert [cookie for cookie in forged if login.is_known(cookie, NOW)] == []


def test_after_ten_wrong_passwords_none_is_looked_at_for_a_minute(login: Login) -> None:
    for _ in range(TRIES):
        assert not login.accepts(USER, "guess", NOW)
    with pytest.raises(HTTPException) as refused:
        login.accepts(USER, login.password, NOW + WINDOW - 1)
    assert refused.value.status_code == 429
    assert login.accepts(USER, login.password, NOW + WINDOW + 1)


def test_the_right_password_opens_the_pages_with_a_cookie_that_scripts_cannot_read(
    client: TestClient, login: Login
) -> None:
    answer = client.post("/login", data={"user": USER, "password": login.password})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    said = answer.headers["set-cookie"].lower()
    assert said.startswith(f"{COOKIE}=") and "httponly" in said and "samesite=strict" in said
    assert login.is_known(client.cookies[COOKIE], time.time())
    assert client.get("/health.json").status_code == 200
    assert client.post("/logout").headers["location"] == "/login"
    assert client.get("/health.json").status_code == 401


@pytest.mark.parametrize("form", [{}, {"user": USER}, {"user": "somebody", "password": "x"}, {"password": ""}])
def test_a_wrong_password_sets_no_cookie_and_is_not_said_again(client: TestClient, form: dict[str, str]) -> None:
    answer = client.post("/login", data=form)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "is not the user and password" in answer.text and "somebody" not in answer.text


def test_wrong_passwords_through_the_door_end_in_429(client: TestClient, login: Login) -> None:
    answers = [client.post("/login", data={"user": USER, "password": str(guess)}) for guess in range(TRIES + 1)]
    assert [answer.status_code for answer in answers] == [401] * TRIES + [429]
    assert client.post("/login", data={"user": USER, "password": login.password}).status_code == 429


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:81"])
@pytest.mark.parametrize("path", ["/login", "/logout"])
def test_a_form_of_another_page_is_refused(client: TestClient, login: Login, path: str, origin: str) -> None:
    form = {"user": USER, "password": login.password}
    answer = client.post(path, data=form, headers={"origin": origin})
    assert answer.status_code == 403 and "set-cookie" not in answer.headers


def test_the_form_of_the_login_itself_is_taken(client: TestClient, login: Login) -> None:
    """Browsers send `Origin: null` with a form of a page whose policy is no-referrer."""
    assert client.get("/login").headers["referrer-policy"] == "same-origin"
    form = {"user": USER, "password": login.password}
    assert client.post("/login", data=form, headers={"origin": "http://127.0.0.1"}).status_code == 303


def test_a_form_that_is_too_large_is_refused(client: TestClient, login: Login) -> None:
    assert client.post("/login", data={"password": "x" * LONGEST_FORM}).status_code == 413
    assert client.post("/login", content=b"\xff\x00=%ff&password=%00").status_code == 401


def test_the_login_is_said_in_the_readers_language(client: TestClient) -> None:
    assert '<html lang="vi"' in client.get("/login?lang=vi").text
    assert '<html lang="en"' in client.get("/login?lang=xx").text
