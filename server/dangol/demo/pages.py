"""The shop's shelves: home, categories, search, products."""

from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.demo import calls, pictures
from dangol.demo.categories import Category, categories
from dangol.demo.front import Front
from dangol.demo.history import Product, sample

LOVED = 12
FEW = 4
SMALL_PRICE = 200
LONGEST_TERM = 80
PICTURE = {"Cache-Control": "public, max-age=86400", "Content-Security-Policy": "default-src 'none'"}


class Pages:
    """The handlers."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def routes(self) -> list[Route]:
        """All that can be looked at without buying anything."""
        return [
            Route("/", self.home),
            Route("/category/{id}", self.category),
            Route("/search", self.search),
            Route("/product/{id}", self.product),
            Route("/img/{id}.svg", self.picture),
        ]

    async def home(self, request: Request) -> Response:
        """The best sellers, and some small things of different kinds."""
        small = [shelf(one.id)[0] for one in categories() if shelf(one.id)]
        small += [one for one in shown() if one not in small]
        cheap = [one for one in small if one.price < SMALL_PRICE]
        return self._front.page(
            self._front.visit(request),
            "home.html",
            loved=shown()[:LOVED],
            small=cheap[:FEW],
            shelves=[(one, shelf(one.id)[0]) for one in categories() if shelf(one.id)],
        )

    async def category(self, request: Request) -> Response:
        """Everything of a category, the best selling first."""
        visit = self._front.visit(request)
        category = category_by_id(request.path_params["id"])
        if category is None:
            return self.missing(request)
        products = shelf(category.id)
        told = [calls.of_list(category.id, products)]
        name = category.name[visit.language]
        return self._front.page(visit, "list.html", told, heading=name, products=products, shown=category)

    async def search(self, request: Request) -> Response:
        """What is found by the words of `q`."""
        visit = self._front.visit(request)
        term = " ".join(request.query_params.get("q", "").split())[:LONGEST_TERM]
        found = find(term)
        told = [calls.track("search", search_term=term)] if term else []
        loved = shown()[:FEW]
        return self._front.page(visit, "search.html", told, term=term, products=found, loved=loved)

    async def product(self, request: Request) -> Response:
        """One product."""
        product = sample().products.get(request.path_params["id"])
        if product is None or product.hidden:
            return self.missing(request)
        related = [one for one in shelf(product.category) if one is not product][:FEW]
        category = category_by_id(product.category)
        told = [calls.of_product("view_item", product)]
        visit = self._front.visit(request)
        return self._front.page(visit, "product.html", told, product=product, shown=category, related=related)

    async def picture(self, request: Request) -> Response:
        """A product's drawing, or the home page's."""
        drawing = drawn(request.path_params["id"])
        if not drawing:
            return Response("no such picture", 404, media_type="text/plain")
        return Response(drawing, headers=PICTURE, media_type="image/svg+xml")

    def missing(self, request: Request) -> Response:
        """The page for an address that leads nowhere."""
        return self._front.page(self._front.visit(request), "missing.html", status=404)


def category_by_id(id: str) -> Category | None:
    """The category, None where there is none."""
    return next((one for one in categories() if one.id == id), None)


def shown() -> list[Product]:
    """All products that are for sale, the best selling first."""
    return sorted((one for one in sample().products.values() if not one.hidden), key=lambda one: -one.sold)


def shelf(category: str) -> list[Product]:
    """Those of a category."""
    return [one for one in shown() if one.category == category]


def find(term: str) -> list[Product]:
    """Products in whose title, number or category's names all the words stand."""
    words = term.casefold().split()
    return [product for product in shown() if words and all(one in _text(product) for one in words)]


def _text(product: Product) -> str:
    category = category_by_id(product.category)
    names = category.name.values() if category else ()
    return " ".join([product.title, product.id, *names]).casefold()


def drawn(id: str) -> str:
    """An SVG document by its name, empty where there is none. What is not a product's is not remembered."""
    if id == "hero":
        return _hero()
    product = sample().products.get(id)
    return _picture(product) if product else ""


_hero = cache(pictures.hero)
_picture = cache(pictures.picture)
