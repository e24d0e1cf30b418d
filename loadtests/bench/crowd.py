"""A crowd of shoppers as a shop has them after a year, drawn from the sample's real orders and the real day's visits.

Most came once and looked at a few pages. One in five is a member, and one in ten has the orders of one of the sample's
customers; each shopper saw some of the shop's campaigns. Profiles are written as `reduce` leaves them.
"""

import random
from collections import defaultdict
from collections.abc import Iterator

from dangol.demo.history import Order as Sold
from dangol.demo.history import Product, sample
from dangol.profile.model import Contact, Coupon, Environment, Line, Member, Order, Profile, Rfm, Seen, Visit
from loadtests import day

DAY = 86_400
YEAR = 365
MEMBERS = 0.2
BUYERS = 0.5
SOURCES = [
    ("www.google.com", "", "", ""), ("search.naver.com", "", "", ""), ("", "", "", ""), ("m.daum.net", "", "", ""),
    ("l.instagram.com", "instagram", "social", "spring"), ("mail.example", "newsletter", "email", "letter-7"),
    ("www.google.com", "google", "cpc", "brand"), ("link.coupang.com", "affiliate", "partner", "mugs"),
]  # fmt: skip
AGENTS = [
    Environment("mobile", "android", "samsung", "ko-KR"), Environment("mobile", "ios", "safari", "ko-KR"),
    Environment("pc", "windows", "chrome", "ko-KR"), Environment("pc", "windows", "edge", "ko"),
    Environment("pc", "macos", "safari", "en-US"), Environment("mobile", "android", "chrome", "en-GB"),
    Environment("app", "ios", "webview", "ko-KR"), Environment("pc", "linux", "firefox", "ja"),
]  # fmt: skip
CAMPAIGNS = [f"campaign-{number}" for number in range(20)]
SEARCHES = ["mug", "lunch bag", "christmas", "clock", "heart", "teapot", "candle", "red retrospot"]
GRADES = ["silver", "silver", "gold", "vip"]


class Crowd:
    """Draws shoppers as of `now` (unix seconds)."""

    def __init__(self, now: int, seed: int = 7) -> None:
        self.now = now
        self.chance = random.Random(seed)
        self.day = day.load()
        self.products = products()
        self.weights = [product.sold for product in self.products]
        customers: dict[str, list[Sold]] = defaultdict(list)
        for order in sample().orders:
            customers[order.member].append(order)
        self.customers = list(customers.values())

    def draw(self, count: int) -> Iterator[Profile]:
        """As many shoppers."""
        for _ in range(count):
            yield self.shopper()

    def shopper(self) -> Profile:
        """One."""
        chance = self.chance
        profile = Profile(seed=chance.getrandbits(62))
        profile.first_seen = self.now - int(chance.random() * YEAR * DAY)
        profile.last_seen = profile.first_seen
        profile.environment = chance.choice(AGENTS)
        while True:
            self._visit(profile)
            if chance.random() < self.day.first_visit:
                break
            profile.last_seen += int((self.now - profile.last_seen) * chance.random())
        for campaign in chance.sample(CAMPAIGNS, chance.choice([0, 0, 1, 1, 2, 3])):
            profile.contacts[campaign] = Contact(
                1, int(chance.random() < 0.1), last_at=profile.last_seen, seen_at=profile.last_seen
            )
        if profile.cart_at < self.now - 30 * DAY:
            profile.cart, profile.cart_at = [], 0
        if chance.random() < MEMBERS:
            self._join(profile)
        return profile

    def _visit(self, profile: Profile) -> None:
        chance, started = self.chance, profile.last_seen
        former = profile.visit
        profile.dwell += max(0, former.previous_at and started - former.previous_at)
        referrer, source, medium, campaign = chance.choice(SOURCES)
        visit = Visit(started, 0, "", referrer, source, medium, campaign, previous_at=former.started)
        profile.visits += 1
        step = self.day.after("enter", chance)
        while step != "leave":
            profile.last_seen += int(chance.expovariate(1 / 30)) + 1
            self._step(profile, visit, step)
            step = self.day.after(step, chance)
        profile.visit = visit

    def _step(self, profile: Profile, visit: Visit, step: day.Step) -> None:
        at, chance = profile.last_seen, self.chance
        [product] = chance.choices(self.products, self.weights)
        page = {"product": f"/product/{product.id}", "list": f"/category/{chance.randrange(12)}", "view": "/"}
        visit.pages = [page.get(step, f"/{step}"), *visit.pages][:30]
        visit.landing = visit.landing or visit.pages[-1]
        visit.page_views += 1
        profile.page_views += 1
        if step == "product":
            profile.viewed = _met(profile.viewed, product.id, at)
            profile.categories = _met(profile.categories, product.category, at)
        elif step == "add":
            profile.cart = [Line(product.id, product.price, 1, at), *profile.cart][:50]
            profile.cart_at = at
        elif step == "search":
            visit.searches = [chance.choice(SEARCHES), *visit.searches][:10]
        elif step == "checkout":
            profile.checkout_at = at

    def _join(self, profile: Profile) -> None:
        chance = self.chance
        joined = profile.first_seen - int(chance.random() * 3 * YEAR * DAY)
        birthday = f"{chance.randrange(1950, 2008)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        coupons = [Coupon("WELCOME10", expires=joined + 30 * DAY), Coupon("SPRING", expires=self.now + 9 * DAY)][
            : chance.randrange(3)
        ]
        profile.member = Member(
            f"m{chance.getrandbits(40)}", grade=chance.choice(GRADES), sex=chance.choice("fm"), birthday=birthday,
            joined_at=joined, last_login_at=profile.last_seen, coupons=coupons,
            rfm=Rfm(chance.choice(["champions", "loyal", "asleep"]), *(chance.randrange(1, 6) for _ in range(3))),
        )  # fmt: skip
        if chance.random() < BUYERS:
            self._order(profile, self.chance.choice(self.customers))

    def _order(self, profile: Profile, orders: list[Sold]) -> None:
        """The last of the orders within the last days, the others before it at their real distance."""
        last, latest = orders[-1].at.timestamp(), profile.last_seen - int(self.chance.random() * 90 * DAY)
        for order in orders:
            at = latest - int(last - order.at.timestamp())
            for line in order.lines:
                profile.bought = _met(profile.bought, line.product.id, at)
            profile.recent_orders = [Order(order.number, order.total, at), *profile.recent_orders][:20]
        profile.last_order_at = latest
        profile.orders, profile.spent = len(orders), sum(order.total for order in orders)


def _met(ring: list[Seen], name: str, at: int) -> list[Seen]:
    times = next((seen.times for seen in ring if seen.id == name), 0)
    return [Seen(name, at, times + 1), *(seen for seen in ring if seen.id != name)][:50]


def products() -> list[Product]:
    """What the shop sells, the best selling first."""
    return list(sample().products.values())
