"""The catalogue of conditions that segments are built from. Adding a condition is adding a row."""

from collections.abc import Iterable, Iterator, Sequence

from dangol.definitions.model import Trait
from dangol.plugin import Condition
from dangol.segments.conditions import (
    cart,
    content,
    environment,
    member,
    order,
    product,
    reaction,
    source,
    visit,
    worth,
)
from dangol.segments.conditions.extensions import Run, direct, plugin_row
from dangol.segments.conditions.row import BEHAVIOUR, Row
from dangol.segments.conditions.traits import trait_rows


class Catalogue:
    """Rows by id. Never changes; `with_plugins` makes a larger one."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: dict[str, Row] = {}
        for row in rows:
            if row.id in BEHAVIOUR:
                raise ValueError(f"condition {row.id!r} is named like a condition on behaviour in time")
            if row.id in self._rows:
                raise ValueError(f"two conditions are called {row.id!r}")
            self._rows[row.id] = row

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def get(self, name: str) -> Row | None:
        return self._rows.get(name)

    def with_plugins(self, conditions: Iterable[Condition], run: Run = direct) -> "Catalogue":
        """These rows and one for each plugin. `run` makes the calls (the host's guard); where it raises
        PluginFailure the fact is not known. ValueError for a name that is taken."""
        return Catalogue([*self, *(plugin_row(condition, run) for condition in conditions)])

    def with_traits(self, traits: Sequence[Trait]) -> "Catalogue":
        """These rows and those of a site's own traits."""
        return Catalogue([*self, *trait_rows(traits)])


CATALOGUE = Catalogue([
    *visit.ROWS, *source.ROWS, *content.ROWS, *product.ROWS, *cart.ROWS, *order.ROWS, *member.ROWS, *worth.ROWS,
    *environment.ROWS, *reaction.ROWS,
])  # fmt: skip
"""The rows that every site has; `dangol.segments.conditions` holds them, group by group."""
