from collections.abc import Mapping
from typing import Annotated, Any, Literal

import pytest
from msgspec import Meta, Struct

from dangol.errors import Invalid
from dangol.host.params import check_params
from dangol.plugin import View, Widget


class Stage(Struct, frozen=True, forbid_unknown_fields=True):
    percent: Annotated[int, Meta(ge=0)]


class Gauge(Widget):
    name = "gauge"
    api = 1
    slot = "bar"

    class Params(Struct, frozen=True, forbid_unknown_fields=True):
        goal: int
        stages: list[Stage] = []
        texts: dict[str, str] = {}
        size: Literal["s", "l"] = "s"

        def __post_init__(self) -> None:
            if self.goal < 0:
                raise ValueError("the goal is negative")
            1 / self.goal

    async def context(self, params: Any, view: View) -> Mapping[str, Any] | None:
        return {}


def test_good_parameters_become_the_plugins_own_type() -> None:
    params = check_params(Gauge(), {"goal": 3, "stages": [{"percent": 50}]}, "params")
    assert params == Gauge.Params(3, [Stage(50)])


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({}, ".goal: None is not given; gauge requires it"),
        ({"goal": "3"}, ".goal: '3' is not int, which gauge requires"),
        ({"goal": 1, "aim": 2}, ".aim: 2 is not a parameter of gauge; it has: goal, stages, texts, size"),
        ({"goal": 1, "stages": [{"percent": -1}]}, ".stages[0].percent: -1 is not int >= 0, which gauge requires"),
        ({"goal": 1, "stages": [{}]}, ".stages[0].percent: None is not given; gauge requires it"),
        ({"goal": 1, "texts": {"ko": 3}}, ".texts[...]: {'ko': 3} is not str, which gauge requires"),
        ({"goal": 1, "size": "m"}, ".size: 'm' is not accepted by gauge: Invalid enum value 'm'"),
        ({"goal": -1}, ": {'goal': -1} is not accepted by gauge: the goal is negative"),
        ({"goal": 0}, ": {'goal': 0} is not accepted by gauge: ZeroDivisionError: division by zero"),
        ([], ": [] is not object, which gauge requires"),
    ],
)
def test_bad_parameters_are_told_with_place_value_and_expectation(raw: object, told: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_params(Gauge(), raw, "campaigns[1].widget.params")
    assert str(refused.value) == "campaigns[1].widget.params" + told
