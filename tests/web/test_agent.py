import pytest

from dangol.web.agent import environment

MOZILLA = "Mozilla/5.0"
AGENTS = [
    (
        f"{MOZILLA} (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36",
        ("pc", "windows", "chrome"),
    ),
    (f"{MOZILLA} (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605 Version/17.0 Safari/605", ("pc", "macos", "safari")),
    (
        f"{MOZILLA} (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17 Mobile/15E148 Safari/604.1",
        ("mobile", "ios", "safari"),
    ),
    (f"{MOZILLA} (Linux; Android 14; SM-S918N) Chrome/130.0 Mobile Safari/537.36", ("mobile", "android", "chrome")),
    (
        f"{MOZILLA} (Linux; Android 14; SM-S918N) SamsungBrowser/25.0 Chrome/121 Mobile Safari/537.36",
        ("mobile", "android", "samsung"),
    ),
    (
        f"{MOZILLA} (Linux; Android 14; SM-S918N; wv) Chrome/130 Mobile Safari KAKAOTALK",
        ("mobile", "android", "kakaotalk"),
    ),
    (f"{MOZILLA} (Linux; Android 14; SM-S918N; wv) Chrome/130 Mobile Safari/537.36", ("app", "android", "chrome")),
    (f"{MOZILLA} (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", ("app", "ios", "")),
    (
        f"{MOZILLA} (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 NAVER(inapp; 12)",
        ("mobile", "ios", "naver"),
    ),
    (
        f"{MOZILLA} (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS;]",
        ("mobile", "ios", "facebook"),
    ),
    (f"{MOZILLA} (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", ("pc", "linux", "firefox")),
    (f"{MOZILLA} (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", ("pc", "windows", "edge")),
    ("", ("pc", "", "")),
    ("\x00\u202e" * 5000, ("pc", "", "")),
]


@pytest.mark.parametrize(("agent", "expected"), AGENTS)
def test_a_browser_is_told_by_its_header(agent: str, expected: tuple[str, str, str]) -> None:
    found = environment(agent, "ko-KR")
    assert (found.device, found.os, found.browser) == expected
    assert found.language == "ko-kr"


def test_a_header_of_any_length_costs_little_memory() -> None:
    assert environment("x" * 400 + "a", "") is environment("x" * 400 + "b", "")


@pytest.mark.parametrize(
    ("told", "known"), [("KR", "KR"), ("", ""), ("kr", ""), ("T1", ""), ("XX", ""), ("KOR", ""), ("\u00c4\u00d6", "")]
)
def test_a_country_is_two_letters_or_not_known(told: str, known: str) -> None:
    assert environment("", "ko", told).country == known


def test_a_page_that_says_it_runs_in_the_shops_app_is_believed() -> None:
    phone = f"{MOZILLA} (Linux; Android 14; SM-S918N) Chrome/130.0 Mobile Safari/537.36"
    assert environment(phone, "ko", app=True).device == "app"
    assert environment(phone, "ko").device == "mobile"
