"""Any template of the right shape is checked and filled, or refused with places; it never ends in anything else."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect

from dangol.definitions.document import written
from dangol.definitions.model import ContactPolicy, Site
from dangol.definitions.templates import Template
from dangol.errors import Invalid
from dangol.messages.filling import Whom, filled, tried
from dangol.messages.proof import problems
from dangol.profile.model import Member, Profile

SITE = Site("shop", "public-key", "단골", ["https://shop.example"])
CONTACT = ContactPolicy(company="단골상점", opt_out="080-123-4567")
WHOM = Whom(SITE, Profile(member=Member("m", "김민지")), "ko", 1_795_000_000)
WORDS = st.sampled_from(
    [
        "",
        "안녕",
        "#{a}",
        "{name|고객}",
        "{name ? a : b}",
        "https://a.kr/#{b}",
        "/x",
        "javascript:x",
        "{",
        "#{",
        "1%",
        "\n",
    ]
)
TEXTS = st.lists(WORDS, max_size=4).map("".join)


def made(kind: inspect.Type) -> st.SearchStrategy[Any]:
    """Values of a type, as documents write them."""
    if isinstance(kind, inspect.Metadata):
        return made(kind.type)
    if isinstance(kind, inspect.UnionType):
        return st.one_of(*map(made, kind.types))
    if isinstance(kind, inspect.StructType):
        return struct(kind)
    if isinstance(kind, inspect.ListType):
        return st.lists(made(kind.item_type), max_size=min(kind.max_length or 3, 3))
    if isinstance(kind, inspect.DictType):
        return st.dictionaries(made(kind.key_type), made(kind.value_type), max_size=2)
    if isinstance(kind, inspect.LiteralType):
        return st.sampled_from(kind.values)
    if isinstance(kind, inspect.StrType):
        if kind.pattern:
            return st.just("t")
        return TEXTS.map(lambda text: (text or "x" * (kind.min_length or 0))[: kind.max_length])
    simple = {inspect.BoolType: st.booleans(), inspect.IntType: st.integers(0, 1200), inspect.NoneType: st.none()}
    return simple[type(kind)]


def struct(kind: inspect.StructType) -> st.SearchStrategy[Any]:
    fields = {field.encode_name: made(field.type) for field in kind.fields}
    required = {field.encode_name for field in kind.fields if field.required}
    tag = {kind.tag_field: st.just(kind.tag)} if kind.tag_field else {}
    optional = {name: each for name, each in fields.items() if name not in required}
    return st.fixed_dictionaries({**{name: fields[name] for name in required}, **tag}, optional=optional)


@settings(max_examples=100, deadline=None)
@given(made(inspect.type_info(Template)), st.dictionaries(st.sampled_from("ab"), TEXTS), st.booleans())
def test_any_template_is_filled_or_refused(raw: dict[str, Any], variables: dict[str, str], is_test: bool) -> None:
    template: Any = msgspec.convert(raw, Template)
    assert msgspec.convert(written(template), Template) == template
    told = problems(template, SITE, CONTACT)
    try:
        content = filled(
            template, WHOM, CONTACT, fill={}, variables=variables, unsubscribe="https://d.kr/u/1", test=is_test
        ).content
    except Invalid as invalid:
        assert all(problem.where and problem.expected for problem in invalid.problems)  # noqa: PT017
        assert all("김민지" not in str(problem) for problem in [*told, *invalid.problems])  # noqa: PT017
    else:
        assert "김민지" not in msgspec.json.encode(template).decode()
        again, _ = tried(content, WHOM, CONTACT, {}, unsubscribe="https://d.kr/u/1")
        assert type(again.content) is type(template)
