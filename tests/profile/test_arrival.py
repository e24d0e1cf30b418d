import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangol.profile.arrival import ADS, CLICK_IDS, LONGEST_MARK, LONGEST_PAGE, UNMARKED, Marks, arrival, referrer
from dangol.protocol.text import clean

NAPM = "ct%3Dabc%7Cci%3D0Gy%7Ctr%3D{}%7Chk%3Db03c"
PAGES = [
    ("/", "/", UNMARKED),
    ("/product/detail.html?product_no=123", "/product/detail.html?product_no=123", UNMARKED),
    ("/p?product_no=1&utm_source=mail&cate_no=2", "/p?product_no=1&cate_no=2", Marks("mail")),
    ("/?utm_source=kakao&utm_medium=alimtalk&utm_campaign=spring&utm_content=top&utm_term=mug", "/",
     Marks("kakao", "alimtalk", "spring", "top", "mug")),
    ("/p?gclid=x&id=1", "/p?id=1", Marks(click="google")),
    ("/p?gad_source=1&gad_campaignid=9&wbraid=x", "/p", Marks(click="google")),
    ("/p?n_media=27758&n_query=%EB%A8%B8%EA%B7%B8&n_keyword=%EB%A8%B8%EA%B7%B8%EC%BB%B5&n_rank=1", "/p",
     Marks(term="머그컵", click="naver")),
    (f"/p?NaPm={NAPM.format('sa')}", "/p", Marks(click="naver")),
    (f"/p?NaPm={NAPM.format('gfa')}", "/p", Marks(click="naver_display")),
    (f"/p?NaPm={NAPM.format('slsl')}", "/p", UNMARKED),
    ("/p?DMKW=mug&DMSKW=red+mug&DMCOL=PM", "/p", Marks(click="kakao")),
    ("/p?FBCLID=x", "/p", UNMARKED),
    ("/p?fbclid=x", "/p", Marks(click="meta")),
    ("/p?product_no=1&icid=MAIN.product_listmain_1", "/p?product_no=1", UNMARKED),
    ("/p?&&a=1", "/p?a=1", UNMARKED),
    ("/p?", "/p", UNMARKED),
    ("", "", UNMARKED),
]  # fmt: skip


@pytest.mark.parametrize(("page", "kept", "marks"), PAGES)
def test_a_page_is_kept_without_what_tells_how_one_came(page: str, kept: str, marks: Marks) -> None:
    assert arrival(page) == (kept, marks)


@pytest.mark.parametrize("name", CLICK_IDS)
def test_every_click_id_names_who_marks_with_it(name: str) -> None:
    page, marks = arrival(f"/p?a=1&{name}=x")
    assert (page, marks.click) == ("/p?a=1", CLICK_IDS[name])


def test_only_ads_are_paid_for() -> None:
    assert "meta" not in ADS
    assert {"google", "naver", "naver_display", "kakao"} <= ADS


@given(st.text(max_size=60), st.text(max_size=900))
def test_whatever_comes_is_short_and_holds_no_control_characters(path: str, query: str) -> None:
    page, marks = arrival(f"/{path}?utm_source={query}&utm_medium={path}&{query}")
    assert len(page) <= LONGEST_PAGE
    assert all(clean(mark, LONGEST_MARK) == mark for mark in marks)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://search.Naver.com/search.naver?query=private", ("search.naver.com", "search.naver.com/search.naver")),
        ("https://blog.example/a/b/#c", ("blog.example", "blog.example/a/b")),
        ("android-app://com.kakao.talk/", ("com.kakao.talk", "com.kakao.talk")),
        ("https://[::1/", ("", "")),
        ("about:blank", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_referrer_is_a_host_and_a_page_without_its_query(address: str, found: tuple[str, str]) -> None:
    assert referrer(address) == found
