"""Products, categories and brands that were viewed."""

from math import nan

from dangol.plugin import Profile, Request
from dangol.segments import text
from dangol.segments.calendar import Clock
from dangol.segments.conditions.fields import counted, length, now
from dangol.segments.conditions.row import Row

viewed, categories, brands = counted("viewed"), counted("categories"), counted("brands")


def most_views(profile: Profile, request: Request, clock: Clock) -> float:
    return max([seen.times for seen in profile.viewed], default=0)


def last_viewed(profile: Profile, request: Request, clock: Clock) -> str:
    return profile.viewed[0].id if profile.viewed else ""


def last_viewed_price(profile: Profile, request: Request, clock: Clock) -> float:
    """Not known where the shop did not say what the product costs."""
    price = profile.viewed[0].price if profile.viewed else None
    return nan if price is None else price


def lowest_price(profile: Profile, request: Request, clock: Clock) -> float:
    return min(_prices(profile), default=nan)


def highest_price(profile: Profile, request: Request, clock: Clock) -> float:
    return max(_prices(profile), default=nan)


def _prices(profile: Profile) -> list[float]:
    return [seen.price for seen in profile.viewed if seen.price is not None]


# The products viewed and their counts are often both asked for, so they are read together.
# fmt: off
ROWS = [
    Row("product_now", "현재 보는 상품", "product on screen", "product", "text",
        now("product"), {"in": ["85123A"]}, source="request"),
    Row("category_now", "현재 보는 카테고리", "category on screen", "product", "text",
        now("category"), {"is": "머그컵"}, source="request", form=text.folded),
    Row("brand_now", "현재 보는 브랜드", "brand on screen", "product", "text",
        now("brand"), {"in": ["덴비"]}, source="request", form=text.folded),
    Row("price_now", "현재 보는 상품 가격", "price on screen", "product", "number",
        now("price"), {"gte": 10000, "lt": 50000}, unit="money", source="request",
        en_says="the product on screen costs {}"),
    Row("viewed_products", "최근 본 상품", "products viewed", "product", "set",
        viewed, {"has_all": ["85123A", "22423"]}),
    Row("views_of", "상품 조회수", "views of a product", "product", "keyed number",
        viewed, {"key": "85123A", "gte": 3}, unit="times",
        ko_says="{key} 상품 조회수 {}", en_says="viewed the product {key} {}"),
    Row("viewed_count", "최근 본 상품 수", "number of products viewed", "product", "number",
        length("viewed"), {"gte": 2}, unit="items",
        en_says="viewed {} lately"),
    Row("most_views", "같은 상품 최다 조회수", "most views of one product", "product", "number",
        most_views, {"gte": 3}, unit="times",
        en_says="viewed one and the same product {}"),
    Row("last_viewed_product", "마지막으로 본 상품", "product viewed last", "product", "text",
        last_viewed, {"is": "85123A"}),
    Row("last_viewed_price", "마지막으로 본 상품 가격", "price of the product viewed last", "product", "number",
        last_viewed_price, {"gte": 10000}, unit="money",
        en_says="the product viewed last costs {}"),
    Row("lowest_viewed_price", "최근 본 상품 최저가", "lowest price viewed", "product", "number",
        lowest_price, {"lt": 10000}, unit="money",
        en_says="the cheapest product viewed costs {}"),
    Row("highest_viewed_price", "최근 본 상품 최고가", "highest price viewed", "product", "number",
        highest_price, {"gte": 10000}, unit="money",
        en_says="the dearest product viewed costs {}"),
    Row("viewed_categories", "최근 본 카테고리", "categories viewed", "product", "set",
        categories, {"has_any": ["머그컵"]}, form=text.folded),
    Row("views_of_category", "카테고리 조회수", "views of a category", "product", "keyed number",
        categories, {"key": "머그컵", "gte": 2}, unit="times", form=text.folded,
        ko_says="{key} 카테고리 조회수 {}", en_says="viewed the category {key} {}"),
    Row("viewed_brands", "최근 본 브랜드", "brands viewed", "product", "set",
        brands, {"has_any": ["덴비"]}, form=text.folded),
    Row("views_of_brand", "브랜드 조회수", "views of a brand", "product", "keyed number",
        brands, {"key": "덴비", "gte": 2}, unit="times", form=text.folded,
        ko_says="{key} 브랜드 조회수 {}", en_says="viewed the brand {key} {}"),
]
