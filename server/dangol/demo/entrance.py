"""Sign-up, login and logout."""

import re

from anyio import to_thread
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.demo import calls, fields
from dangol.demo.accounts import LONGEST_PASSWORD, REGULAR, Account, Accounts
from dangol.demo.front import Front, Visit
from dangol.demo.sessions import Session
from dangol.demo.teller import Teller
from dangol.demo.words import speaker

OWN_PAGE = re.compile(r"/(?![/\\])[^\s\\]{0,500}")
"""A page of this shop; whoever logs in is led nowhere else."""


class Entrance:
    """The handlers."""

    def __init__(self, front: Front, accounts: Accounts, teller: Teller) -> None:
        self._front = front
        self._accounts = accounts
        self._teller = teller

    def routes(self) -> list[Route]:
        """In and out."""
        return [
            Route("/signup", self.signup_form, methods=["GET"]),
            Route("/signup", self.signup, methods=["POST"]),
            Route("/login", self.login_form, methods=["GET"]),
            Route("/login", self.login, methods=["POST"]),
            Route("/logout", self.logout, methods=["POST"]),
        ]

    async def signup_form(self, request: Request) -> Response:
        """The empty form."""
        return self._signup_page(self._front.visit(request), {}, {})

    async def signup(self, request: Request) -> Response:
        """A new customer, who is logged in at once."""
        visit = self._front.visit(request)
        form = await visit.form()
        problems = fields.problems(form, ("name", "email", "phone", "password"))
        if not problems and self._accounts.full:
            problems = {"email": "error_full"}
        if problems:
            return self._signup_page(visit, form, problems)
        wanted = form["email"], form["password"], " ".join(form["name"].split()), form.get("phone", "")
        try:
            account = await to_thread.run_sync(self._accounts.add, *wanted)
        except KeyError:
            return self._signup_page(visit, form, {"email": "error_taken"})
        self._enter(visit, account, "sign_up")
        agreed = speaker(visit.language)("agree") if form.get("agree") and account.phone else ""
        return self._front.redirect(visit, "/", BackgroundTask(self._teller.member, account, agreed))

    async def login_form(self, request: Request) -> Response:
        """The empty form."""
        visit = self._front.visit(request)
        return self._login_page(visit, "", self._own(visit.asked.get("next", "")), failed=False)

    async def login(self, request: Request) -> Response:
        """Let a customer in."""
        visit = self._front.visit(request)
        form = await visit.form()
        email, password = form.get("email", ""), form.get("password", "")
        account = await to_thread.run_sync(self._accounts.check, email, password[: LONGEST_PASSWORD + 1])
        if account is None:
            return self._login_page(visit, email, self._own(form.get("next", "")), failed=True)
        self._enter(visit, account, "login")
        return self._front.redirect(visit, self._own(form.get("next", "")))

    async def logout(self, request: Request) -> Response:
        """Out; the cart stays with the account, and the browser goes on as a stranger's."""
        visit = self._front.visit(request)
        self._front.sessions.drop(visit.session)
        visit.session = Session(told=[["logout"]])
        return self._front.redirect(visit, "/")

    def _enter(self, visit: Visit, account: Account, event: str) -> None:
        """A session of its own, so that a cookie from before the login opens nothing. Carts are put together."""
        before = visit.session
        self._front.sessions.drop(before)
        if before.account is None:
            account.cart.take(before.cart)
        visit.session = Session(cart=account.cart, account=account, told=[calls.track(event, method="password")])

    def _signup_page(self, visit: Visit, form: dict[str, str], problems: dict[str, str]) -> Response:
        status = 422 if problems else 200
        return self._front.page(visit, "signup.html", status=status, form=form, problems=problems)

    def _login_page(self, visit: Visit, email: str, after: str, *, failed: bool) -> Response:
        status = 422 if failed else 200
        return self._front.page(
            visit, "login.html", status=status, email=email, after=after, failed=failed, regular=REGULAR
        )

    def _own(self, address: str) -> str:
        """The page to go on at after the login; the front page for what is none of this shop's."""
        page = address.removeprefix(self._front.settings.base_url)
        return page if OWN_PAGE.fullmatch(page) else "/"
