"""A long comparison of the index with its slow twin, on random definitions and random shoppers.

    python -m loadtests.truth --pairs 1000000 --seed 7

Sixty-four segments stand beside each other; each round replaces some of them (so the index is changed, not built) and
some of the shoppers, and compares every pair of a segment and a shopper that has not been compared. The same seed with
the same code draws the same. Ends with an error at the first pair on which the two differ, and tells it.
"""

from collections import deque
from typing import Any

import click
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.segments.matching.test_equivalence import NOW, SITE, profiles, requests, segments

from dangol.definitions.model import Segment
from dangol.errors import Invalid
from dangol.plugin import Profile, Request
from dangol.segments.conditions.catalogue import CATALOGUE
from dangol.segments.language.scope import Scope
from dangol.segments.matching import arrangement
from dangol.segments.matching.index import Index
from dangol.segments.twin import holds

SEGMENTS = 64
SHOPPERS = 64
NEW = 6
SITES = [SITE, replace(SITE, timezone="America/New_York"), replace(SITE, timezone="Australia/Lord_Howe")]
"""One without summer time, one whose clocks go forward in the days that are drawn, one that does so by half an hour."""

Shopper = tuple[Profile, Request]
moments = st.sampled_from([NOW - 86_400 * 2, NOW - 86_400 * 2 - 3_600, NOW + 86_400 * 26, NOW + 0.5])
shoppers = st.tuples(profiles, requests) | st.tuples(profiles, st.builds(Request, moments))


class Comparison:
    """One site's segments and shoppers, and how many pairs of them agreed."""

    def __init__(self, site: Any) -> None:
        self.site = site
        self.segments = {f"s{number}": Segment(f"s{number}", {"all": []}) for number in range(SEGMENTS)}
        self.shoppers: deque[Shopper] = deque(maxlen=SHOPPERS)
        self.index = Index.build(self.scope())
        self.next = 0
        self.pairs = 0
        self.refused: list[Invalid] = []

    def scope(self) -> Scope:
        return Scope(CATALOGUE, self.site, list(self.segments.values()))

    def round(self, drawn: list[Segment], named: list[bool], met: list[Shopper]) -> None:
        """Replace segments, some of which name the one before; then compare the new pairs. Segments that are refused
        stay as they were."""
        former = dict(self.segments)
        new = [self._place(segment, name) for segment, name in zip(drawn, named, strict=True)]
        scope = self.scope()
        try:
            self.index = self.index.changed(scope)
        except Invalid as refused:
            self.segments, scope, new = former, Scope(CATALOGUE, self.site, list(former.values())), []
            self.refused.append(refused)
        for shopper in self.shoppers:
            self._compare(new, shopper, scope)
        for shopper in met:
            self._compare(list(self.segments), shopper, scope)
        self.shoppers += met

    def _place(self, segment: Segment, name: bool) -> str:
        id, before = f"s{self.next}", f"s{self.next - 1}"
        # Even ones name the odd one before them and are named by none: no cycles, and chains of two.
        include = {"any": [segment.include, {"segment": before}]} if name and self.next % 2 == 0 and self.next else None
        self.segments[id] = Segment(id, include or segment.include, "", segment.exclude)
        self.next = (self.next + 1) % SEGMENTS
        return id

    def _compare(self, ids: list[str], shopper: Shopper, scope: Scope) -> None:
        found = set(self.index.match(*shopper))
        for id in ids:
            if (id in found) != holds(self.segments[id], *shopper, scope):
                anew = id in Index.build(scope).match(*shopper)
                told = f"index: {id in found}, built anew: {anew}, twin: {id not in found}"
                raise AssertionError(f"{told}; {self.segments[id]} {shopper}")
        self.pairs += len(ids)


def compare(pairs: int, seed: int) -> tuple[int, int]:
    """How many pairs agreed, at least `pairs`, and how many changes were refused. Raises AssertionError with the first
    pair that did not agree."""
    arrangement.SHARE = 1  # so that most rounds change the index, and each sixty-fourth segment builds it anew
    comparisons = [Comparison(site) for site in SITES]
    failures: list[AssertionError] = []
    number = 0

    @settings(max_examples=50, phases=[Phase.generate], database=None, deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(
        st.lists(segments, min_size=NEW, max_size=NEW),
        st.lists(st.booleans(), min_size=NEW, max_size=NEW),
        st.lists(shoppers, min_size=NEW, max_size=NEW),
    )
    def rounds(drawn: list[Segment], named: list[bool], met: list[Shopper]) -> None:
        nonlocal number
        number += 1
        try:
            comparisons[number % len(comparisons)].round(drawn, named, met)
        except AssertionError as error:  # not told here, since a round can't be repeated
            failures.append(error)

    while (done := sum(each.pairs for each in comparisons)) < pairs:
        seeded(seed + number)(rounds)()
        if failures:
            raise failures[0]
    return done, sum(len(each.refused) for each in comparisons)


@click.command()
@click.option("--pairs", default=1_000_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(pairs: int, seed: int) -> None:
    """Compare, and tell how many pairs agreed."""
    click.echo(f"seed {seed}")
    try:
        agreed, refused = compare(pairs, seed)
    except AssertionError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{agreed:,} pairs of a segment and a shopper: index and twin agree; {refused} changes were refused")


if __name__ == "__main__":
    main()
