"""What is bought together: hit rate at 10 of dangol and of others, on two years of real orders.

    python -m loadtests.bench recommendations --data FOLDER_WITH_online_retail_ii.parquet

Of each order from September 2011 on one product is hidden, and asked for by the others (`baskets`). Everybody knows
what was ordered before, and nothing of what came after. The others' settings are chosen on the three months before,
by models that know only what was before those; dangol's constants were chosen there too, and on the same months a year
earlier. Needs the `bench` extra for the others; without it dangol stands alone.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, Protocol

from dangol_plugins.bought_together import BoughtTogether
from loadtests.bench.baskets import Quality, Question, Window, known_products, moment, quality, shorter, window
from loadtests.bench.bought import Bought
from loadtests.bench.retail import FILE, Retail, read

TUNED = moment("2011-06-09"), moment("2011-09-09")
TESTED = moment("2011-09-09"), moment("2011-12-10")
SEED = 20111209
FEW = 5
BAR, AIM = 1.0, 1.1
NEEDED = ("implicit", "scipy")


class Model(Protocol):
    """Whoever answers questions."""

    def answers(self, questions: Sequence[Question]) -> Iterable[Sequence[str]]:
        """The best for each, none of its seeds among them."""


class Result(NamedTuple):
    """How well a window's questions were answered: as they are, and with at most FEW seeds. And the CPU seconds of
    learning and answering."""

    name: str
    whole: Quality
    few: Quality
    seconds: float


def measured(name: str, make: Callable[[], Model], asked: Window) -> Result:
    """The quality of a model on a window."""
    known, started = len(known_products(asked.before)), time.process_time()
    model, few = make(), shorter(asked.questions, FEW)
    whole, shortened = (quality(each, model.answers(each), known) for each in (asked.questions, few))
    return Result(name, whole, shortened, time.process_time() - started)


def others(tuned: Window, tested: Window) -> list[Result]:
    """The others, each with the setting that had most hits on the earlier window."""
    from loadtests.bench.item_rivals import RIVALS, Fitted, Rival

    known = len(known_products(tuned.before))

    def hits(rival: Rival, setting: dict[str, float]) -> float:
        return quality(tuned.questions, Fitted(rival, tuned.before, setting).answers(tuned.questions), known).hits

    results = []
    for rival in RIVALS:
        setting = max(rival.settings, key=partial(hits, rival)) if len(rival.settings) > 1 else rival.settings[0]
        name = " ".join([rival.name, *(f"{key}={value:g}" for key, value in setting.items())])
        results.append(measured(name, partial(Fitted, rival, tested.before, setting), tested))
    return results


def tell_data(data: Retail) -> None:
    """Print what was dropped, filter by filter."""
    dropped = ", ".join(f"{count:,} {why}" for why, count in data.dropped.items())
    single = sum(len(order.products) == 1 for order in data.orders)
    print(f"{data.lines:,} lines, less in turn: {dropped}.")
    print(f"{len(data.orders):,} orders of {len(known_products(data.orders)):,} products; {single:,} have one alone.")


def tell_window(asked: Window) -> None:
    """Print what is learned from and what is asked."""
    seeds = sorted(len(each.seeds) for each in asked.questions)
    print(
        f"Learned from {len(asked.before):,} orders; {len(asked.questions):,} questions, of {seeds[len(seeds) // 2]} "
        f"seeds in the median. {asked.unknown:,} of {asked.products:,} products were new and can't be asked for, which "
        f"leaves {asked.left:,} orders with fewer than two."
    )


def tell(results: Sequence[Result], own: Result) -> None:
    """Print the table, the best last."""
    print(f"\n{'':34} {'hits@10':>8} {'MRR':>7} {'coverage':>9} {'dangol':>8}   with {FEW} seeds       CPU s")
    for each in sorted([*results, own], key=lambda result: result.whole.hits):
        hits, few = each.whole.hits, each.few.hits
        print(
            f"{each.name:34} {hits:8.4f} {each.whole.reciprocal:7.4f} {each.whole.coverage:9.1%} "
            f"{own.whole.hits / hits:7.2f} × {few:8.4f} {own.few.hits / few:6.2f} × {each.seconds:8.1f}"
        )
    if results:
        best = max(results, key=lambda result: result.whole.hits)
        ratio = own.whole.hits / best.whole.hits
        print(
            f"\ndangol has {ratio:.3f} × the hits of the best of the others, {best.name}; bar {BAR:.2f}, aim {AIM:.2f}"
        )


def main(folder: Path | None = None) -> None:
    """Compare on the file in the folder."""
    if folder is None or not (folder / FILE).is_file():
        print(f"left out: there is no {FILE} in {folder or 'any folder that was named'}; name one with --data FOLDER")
        return
    data = read(folder)
    tuned, tested = (window(data.orders, start, end, SEED) for start, end in (TUNED, TESTED))
    tell_data(data)
    tell_window(tested)
    own = measured("dangol bought_together", lambda: Bought(BoughtTogether(), tested.before, TESTED[0]), tested)
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        print(f"not compared with others: {', '.join(missing)} not installed; the `bench` extra has them")
    tell([] if missing else others(tuned, tested), own)
