"""The real day that journeys follow: `shares.yaml` as a type, and what is drawn from it. Pure but for `load`."""

import random
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

Step = Literal["enter", "view", "list", "search", "product", "add", "remove", "cart", "checkout", "order", "leave"]


class Day(Struct, frozen=True):
    """Shares of one day. `next` holds for each step the shares of what comes next, `hours` those of its visits that
    began in each hour."""

    sample: dict[str, int]
    first_visit: float
    mobile: float
    pause_seconds: float
    listed_products: int
    hours: list[float]
    next: dict[Step, dict[Step, float]]

    def after(self, step: Step, chance: random.Random) -> Step:
        """The next step."""
        shares = self.next[step]
        return chance.choices(list(shares), list(shares.values()))[0]

    def shoppers_at(self, part: float, most: int) -> int:
        """How many are in the shop when `part` (0 to 1) of the day is over: `most` in the fullest hour, at least 1."""
        place = part * len(self.hours) % len(self.hours)
        hour, into = int(place), place % 1
        share = self.hours[hour] * (1 - into) + self.hours[(hour + 1) % len(self.hours)] * into
        return max(1, round(most * share / max(self.hours)))


def load() -> Day:
    """The day that is kept beside this module. Raises msgspec.ValidationError where it can't be read."""
    return msgspec.yaml.decode(Path(__file__).with_name("shares.yaml").read_bytes(), type=Day)
