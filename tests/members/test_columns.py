import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.definitions.model import Site, Trait
from dangol.errors import Invalid
from dangol.members.columns import FIELDS, Columns, Refusal
from dangol.members.row import MemberRow

TRAITS = [
    Trait("points", "포인트", "number"),
    Trait("size", "사이즈", "text", choices=["S", "M"]),
    Trait("likes", "", "list"),
    Trait("until", "", "time"),
    Trait("vip", "", "boolean"),
    Trait("grade", "", "text"),
]
SITE = Site("shop", "public-key", "Shop", ["https://shop.example"], traits=TRAITS)


def row(header: str, *cells: str) -> MemberRow | list[Refusal]:
    return Columns(header.split(","), SITE).row(7, cells)


def told(header: str, *cells: str) -> MemberRow:
    found = row(f"id,{header}", "kim", *cells)
    assert isinstance(found, MemberRow), found
    return found


def refused(header: str, *cells: str) -> list[Refusal]:
    found = row(header, *cells)
    assert isinstance(found, list), found
    assert {refusal.line for refusal in found} == {7}
    return found


def test_cells_tell_what_their_headers_name() -> None:
    found = told("Name , GRADE,revenue,joined_at,birthday", "김 철수", " VIP ", "1,250,000", "2024-03-05", "02-29")
    assert (found.id, found.name, found.grade, found.revenue) == ("kim", "김 철수", "VIP", 1_250_000)
    assert found.joined_at is not None
    assert found.joined_at.timestamp() == 1_709_564_400  # the shop's midnight
    assert found.traits is None


def test_traits_are_named_with_or_without_their_prefix() -> None:
    found = told(
        "trait.points,size,likes,until,Vip,trait.grade", "1,200.5", "M", "tea; mugs;;tea", "2026-11-30", "Y", "A"
    )
    expected = {
        "points": 1200.5,
        "size": "M",
        "likes": ["tea", "mugs"],
        "until": 1_795_964_400,
        "vip": True,
        "grade": "A",
    }
    assert found.traits == expected
    assert found.grade is None


def test_an_empty_cell_leaves_the_member_as_it_is() -> None:
    assert told("name,points,vip", "", " ", "") == MemberRow("kim")
    assert row("points,id", "5", "lee") == MemberRow("lee", traits={"points": 5.0})


@pytest.mark.parametrize("word", ["true", "Yes", "y", "1", "O", "예"])
def test_yes_is_written_in_many_ways(word: str) -> None:
    assert told("vip", word).traits == {"vip": True}


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("birthday", "2026-W01-1", "a day of the calendar"),
        ("birthday", "1990-02-30", "a day of the calendar"),
        ("birthday", "30 May", "a day of the calendar"),
        ("name", "x" * 201, "text of length <= 200"),
        ("joined_at", "2024.03.05", "a date or time such as"),
        ("joined_at", "0001-01-01T00:00:00Z", "in the years 1900 to 9999"),
        ("revenue", "1,25", "a plain number"),
        ("revenue", "-5", "zero or more"),
        ("points", "many", "a number from"),
        ("points", "12,34", "a number from"),
        ("points", "1e5", "a number from"),
        ("points", "nan", "a number from"),
        ("points", "9" * 400, "a number from"),
        ("size", "XL", "one of S, M"),
        ("likes", "x" * 101, "a list of at most 50 texts"),
        ("until", "tomorrow", "a date or time such as"),
        ("vip", "perhaps", "true or false"),
    ],
)
def test_a_cell_is_refused_by_its_column_with_what_was_expected(column: str, cell: str, expected: str) -> None:
    [refusal] = refused(f"id,{column}", "kim", cell)
    assert (refusal.column, refusal.value) == (column, cell)
    assert refusal.expected.startswith(expected)


def test_everything_of_a_row_that_is_wrong_is_told() -> None:
    found = refused("id,Name,vip,trait.points", "", "x" * 201, "maybe", "5")
    assert [(each.column, each.value[:5]) for each in found] == [("id", ""), ("Name", "xxxxx")]
    found = refused("id,birthday,vip,trait.points", "kim", "02-30", "maybe", "many")
    assert [each.column for each in found] == ["birthday", "vip", "trait.points"]


@pytest.mark.parametrize("id", ["", " ", "k\x00im", "k\u202eim", "x" * 101])
def test_an_id_must_be_seen(id: str) -> None:
    [refusal] = refused("id,name", id, "Kim")
    assert refusal.column == "id"
    assert id.strip() or refusal.expected == "a value: every member needs one"


@pytest.mark.parametrize("cells", [["kim"], ["kim", "Kim", "S", "more"]])
def test_a_row_has_the_headers_number_of_cells(cells: list[str]) -> None:
    assert row("id,name,size", *cells) == [Refusal(7, "", f"{len(cells)} cells", "3 cells, as the header has")]


def test_empty_cells_at_the_end_are_no_columns() -> None:
    assert row("id,name,,", "kim", "Kim", "", "") == row("id,name", "kim", "Kim") == MemberRow("kim", "Kim")


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("id,gradee", "line 1, column 2: 'gradee' is not a column of members or a trait that site.traits declares"),
        ("id,poinst", "did you mean 'points'?"),
        ("id,trait.color", "line 1, column 2: 'trait.color' is not a column of members"),
        ("id,,name", "line 1, column 2: '' is not one of"),
        ("id,name,NAME", "line 1, column 3: 'NAME' is not a column that stands there only once"),
        ("id,points,trait.points", "line 1, column 3"),
        ("name,points", "line 1: 'name,points' is not a header with a column id"),
        ("id;name;points", "line 1, column 1: 'id;name;points' is not a column of members"),
        ("id;name;points", "there are semicolons between the cells, where commas are expected"),
        ("", "line 1: '' is not a header with a column id"),
    ],
)
def test_a_header_that_is_not_understood_is_refused_whole(header: str, problem: str) -> None:
    with pytest.raises(Invalid) as error:
        Columns(header.split(","), SITE)
    assert problem in str(error.value)


headers = st.lists(st.sampled_from([*FIELDS[1:], *(f"trait.{trait.id}" for trait in TRAITS)]), unique=True, max_size=8)


@given(headers, st.data())
def test_any_cells_are_told_or_refused_by_their_column(header: list[str], data: st.DataObject) -> None:
    cells = [data.draw(st.text(max_size=12)) for _ in header]
    found = row(",".join(["id", *header]), "kim", *cells)
    if isinstance(found, list):
        written = dict(zip(header, cells, strict=True))
        assert found
        assert all(written[each.column] == each.value and each.expected for each in found)
    else:
        assert found.id == "kim"
