"""What a written tree is once it has been read: conditions, and how they are put together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dangol.segments.conditions.row import Row


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """One operator of a leaf. `operand` is a float, a bool, a text or a tuple of texts, in the row's form. The row may
    be another than the leaf's, such as that of the same pages with their queries. `negated`: it must not hold."""

    row: Row
    operator: str
    operand: Any
    key: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition; all of its tests hold. `asked` is its right side as it was written."""

    row: Row
    tests: tuple[Test, ...]
    key: str = ""
    asked: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Named(All):
    """Another segment, read: its include, and not its exclude. `measured` is the extent of these, where it is known."""

    segment: str
    measured: tuple[int, int] | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


Node = Leaf | All | AnyOf | Not

NOTHING = All(())
"""Holds for everyone, and stands where a tree was refused."""


def below(node: Node) -> tuple[Node, ...]:
    """The parts that a node is put together from; a leaf has none."""
    if isinstance(node, Leaf):
        return ()
    return (node.part,) if isinstance(node, Not) else node.parts


def extent(node: Node) -> tuple[int, int]:
    """How many nodes a tree has and how deep they are nested, the segments it names included."""
    parts = [node.measured] if isinstance(node, Named) and node.measured else list(map(extent, below(node)))
    return 1 + sum(size for size, _ in parts), 1 + max((depth for _, depth in parts), default=0)


def leaves_of(nodes: Iterable[Node]) -> Iterable[Leaf]:
    """Every leaf that stands in the trees."""
    for node in nodes:
        if isinstance(node, Leaf):
            yield node
        else:
            yield from leaves_of(below(node))
