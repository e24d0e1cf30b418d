"""From the cart to the order."""

import secrets
from datetime import UTC, datetime

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.demo import calls, fields
from dangol.demo.carts import Cart, Placed
from dangol.demo.front import Front, Visit
from dangol.demo.history import sample
from dangol.demo.teller import Teller
from dangol.demo.words import speaker
from dangol.web.body import json


class Purchase:
    """The handlers."""

    def __init__(self, front: Front, teller: Teller) -> None:
        self._front = front
        self._teller = teller

    def routes(self) -> list[Route]:
        """Cart, checkout and what comes after."""
        return [
            Route("/cart", self.cart, methods=["GET"]),
            Route("/cart/add", self.add, methods=["POST"]),
            Route("/cart/set", self.set, methods=["POST"]),
            Route("/checkout", self.checkout, methods=["GET"]),
            Route("/checkout", self.place, methods=["POST"]),
            Route("/done/{number}", self.done, methods=["GET"]),
        ]

    async def cart(self, request: Request) -> Response:
        """The cart; the page tells dangol the whole of it."""
        visit = self._front.visit(request)
        cart = visit.session.cart
        return self._front.page(visit, "cart.html", [calls.of_cart("view_cart", cart)], cart=cart)

    async def add(self, request: Request) -> Response:
        """Put a product in: as JSON for the page's script, else by way of the cart."""
        visit = self._front.visit(request)
        form = await visit.form()
        product = sample().products.get(form.get("product", ""))
        if product is None or product.hidden or product.sold_out:
            return json({"error": "product: expected the number of a product that this shop can sell now"}, 400)
        cart, spoken = visit.session.cart, speaker(visit.language)
        added = cart.set(product.id, cart.pieces.get(product.id, 0) + fields.pieces(form, least=1))
        told = [calls.of_product("add_to_cart", product, added)] if added > 0 else []
        if "application/json" in request.headers.get("accept", ""):
            said = spoken("added", title=product.title) if added > 0 else spoken("added_full")
            badge = spoken("cart_badge", count=cart.count)
            return self._front.keep(visit, json({"calls": told, "count": cart.count, "badge": badge, "said": said}))
        visit.session.told += told
        return self._front.redirect(visit, "/cart")

    async def set(self, request: Request) -> Response:
        """Have so many pieces of a product, or none."""
        visit = self._front.visit(request)
        form = await visit.form()
        product = sample().products.get(form.get("product", ""))
        if product is not None:
            changed = visit.session.cart.set(product.id, fields.pieces(form, least=0))
            if changed:
                name = "add_to_cart" if changed > 0 else "remove_from_cart"
                visit.session.told.append(calls.of_product(name, product, abs(changed)))
        return self._front.redirect(visit, "/cart")

    async def checkout(self, request: Request) -> Response:
        """The order form."""
        visit = self._front.visit(request)
        account = visit.session.account
        known = {"name": account.name, "email": account.email, "phone": account.phone} if account else {}
        return self._form(visit, known, {})

    async def place(self, request: Request) -> Response:
        """Place the order; sent twice, the second finds the first's page."""
        visit = self._front.visit(request)
        session = visit.session
        if not session.cart.pieces:
            return self._front.redirect(visit, f"/done/{session.placed.number}" if session.placed else "/cart")
        form = await visit.form()
        problems = fields.problems(form, ("name", "email", "phone", "address", "postcode"))
        if problems:
            return self._form(visit, form, problems, 422)
        account = session.account
        who = form["name"], form.get("phone", "")
        session.placed = placed = ordered(session.cart, account.id if account else "", *who)
        session.cart = Cart()
        return self._front.redirect(visit, f"/done/{placed.number}", BackgroundTask(self._teller.order, placed))

    async def done(self, request: Request) -> Response:
        """Thanks; only the one who ordered sees it."""
        visit = self._front.visit(request)
        placed = visit.session.placed
        if placed is None or placed.number != request.path_params["number"]:
            return self._front.page(visit, "missing.html", status=404)
        told = calls.of_cart(
            "purchase", placed.cart, transaction_id=placed.number, shipping=calls.money(placed.shipping)
        )
        return self._front.page(visit, "done.html", [told], placed=placed)

    def _form(self, visit: Visit, form: dict[str, str], problems: dict[str, str], status: int = 200) -> Response:
        cart = visit.session.cart
        if not cart.pieces:
            return self._front.redirect(visit, "/cart")
        told = [calls.of_cart("begin_checkout", cart)] if status == 200 else []
        return self._front.page(visit, "checkout.html", told, status, cart=cart, form=form, problems=problems)


def ordered(cart: Cart, member: str, name: str, phone: str) -> Placed:
    """An order of what is in a cart."""
    now = datetime.now(UTC)
    number = f"W{now:%y%m%d}-{secrets.token_hex(4).upper()}"
    return Placed(number, now, member, cart, cart.goods, cart.shipping, name, phone)
