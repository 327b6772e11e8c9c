"""A login for the pages alone: one user, a generated password, a signed cookie that ends with the day."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from funnelhouse.files import create_once, private_folder
from funnelhouse.pages.filters import read_filters
from funnelhouse.pages.parts import N_
from funnelhouse.pages.render import render_login
from funnelhouse.settings import Settings
from funnelhouse.words import Words

USER = "reader"
COOKIE = "funnelhouse"
SECONDS = 12 * 3600
TRIES, WINDOW = 10, 60.0
"""So many wrong passwords in so many seconds, then none is looked at until the window is over."""
LONGEST_FORM = 4096


class Login:
    """Password and signing key of a home, made on first use and readable by its owner only."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        folder = settings.home / "pages"
        private_folder(folder)
        create_once(folder / "password", secrets.token_urlsafe(12).encode() + b"\n", mode=0o600)
        create_once(folder / "key", secrets.token_hex(32).encode() + b"\n", mode=0o600)
        self.password = (folder / "password").read_text(encoding="ascii").strip()
        # The password is part of the key: a new one ends every session.
        self._key = hashlib.sha256((folder / "key").read_bytes() + self.password.encode()).digest()
        self._wrong: list[float] = []

    def cookie(self, now: float) -> str:
        """A cookie that is good for twelve hours."""
        until = str(int(now) + SECONDS)
        return f"{until}.{self._signature(until)}"

    def is_known(self, cookie: str | None, now: float) -> bool:
        """True for a cookie of this login whose time is not over."""
        until, _, signature = (cookie or "").partition(".")
        if not until.isdigit() or len(until) > 12:
            return False
        return hmac.compare_digest(signature.encode(), self._signature(until).encode()) and int(until) > now

    def _signature(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def accepts(self, user: str, password: str, now: float) -> bool:
        """True for the right user and password. Raises HTTPException 429 after too many wrong ones."""
        self._wrong = [moment for moment in self._wrong if now - moment < WINDOW]
        if len(self._wrong) >= TRIES:
            raise HTTPException(429, "Too many wrong passwords: wait a minute.")
        right = hmac.compare_digest(user.encode(), USER.encode()) & hmac.compare_digest(
            password.encode(), self.password.encode()
        )
        if not right:
            self._wrong.append(now)
        return right

    def guard(self, request: Request) -> None:
        """Send whoever is not logged in to the login; files and data answer 401."""
        if request.url.path == "/login" or self.is_known(request.cookies.get(COOKIE), time.time()):
            return
        wants_page = "text/html" in request.headers.get("accept", "")
        if wants_page and request.method == "GET":
            raise HTTPException(303, "Log in first.", headers={"Location": "/login"})
        raise HTTPException(401, "Log in first.")

    def routes(self) -> APIRouter:
        """The login's own pages."""
        router = APIRouter()

        @router.get("/login")
        def _form(request: Request) -> Response:
            return self._page(request, wrong=False)

        @router.post("/login")
        async def _enter(request: Request) -> Response:
            body = await _limited(request)
            form = parse_qs(body.decode("utf-8", "replace"))
            _same_site(request)
            if not self.accepts(_one(form, "user"), _one(form, "password"), time.time()):
                return self._page(request, wrong=True)
            response = RedirectResponse("/", status_code=303)
            response.set_cookie(
                COOKIE, self.cookie(time.time()), max_age=SECONDS, httponly=True, samesite="strict", path="/"
            )
            return response

        @router.post("/logout")
        async def _leave(request: Request) -> Response:
            _same_site(request)
            response = RedirectResponse("/login", status_code=303)
            response.delete_cookie(COOKIE, path="/")
            return response

        return router

    def _page(self, request: Request, *, wrong: bool) -> Response:
        filters = read_filters(request.query_params.multi_items())
        words = Words(filters.language, self._settings.currency)
        said = words.text(N_("That is not the user and password that `funnelhouse pages` printed.")) if wrong else ""
        return HTMLResponse(render_login(words, USER, said), status_code=401 if wrong else 200)


def _same_site(request: Request) -> None:
    """Refuse a form that another page sent. Browsers say where a POST comes from."""
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host', '')}":
        raise HTTPException(403, "This form was sent by another page.")


async def _limited(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            raise HTTPException(413, "The form is too large.")
    return body


def _one(form: dict[str, list[str]], name: str) -> str:
    return form.get(name, [""])[0]
