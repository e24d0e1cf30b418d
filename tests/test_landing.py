"""Links are followed as far as they may lead, against a real server."""

import gzip
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from dangol import landing
from dangol.landing import LARGEST, Landing, look
from dangol.outside import HOPS

pytestmark = pytest.mark.anyio

SCRIPT = '<script async src="https://d.example/v1/dangol.js" data-site="pk_shop_key"></script>'
KOREAN = "<title>단골 가게</title>"


class Pages(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        path, _, rest = self.path.partition("?")
        to = {"/away": "http://127.0.0.2:9/", "/file": "file:///etc/passwd", "/loop": "/loop", "/hop": "/page?x#y"}
        if path in to:
            return self._send(302, b"", Location=to[path])
        if path == "/many":
            return self._send(301, b"", Location=f"/many?{int(rest) - 1}" if int(rest) else "/page")
        if path == "/slow":
            time.sleep(1)
        if path == "/endless":
            return self._endless()
        if path == "/packed":
            return self._send(200, gzip.compress(gzip.compress(b"")), **{"Content-Encoding": rest})
        bodies = {
            "/page": f"<html><head><title>The &amp; \u202eshop\n\x00 now</title>{SCRIPT}</head>".encode(),
            "/korean": f'<meta charset="euc-kr">{KOREAN}'.encode("cp949"),
            "/other": SCRIPT.replace("pk_shop_key", "pk_other").encode(),
            "/odd": b'<meta charset="no-such">\xff<title>' + b"x" * 9000,
        }
        self._send(200 if path in bodies else 404, bodies.get(path, b"<title>gone</title>"))

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _endless(self) -> None:
        """A bomb: a gigabyte in a megabyte."""
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(gzip.compress(b"\0" * (LARGEST * 64)))

    def log_message(self, format: str, *args: object) -> None:
        """The tests say what they need to."""


@pytest.fixture
def shop() -> Iterator[str]:
    http = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()
    http.server_close()


async def followed(url: str, shop: str) -> Landing:
    return await look(url, shop, "pk_shop_key", lambda address: address == "127.0.0.1")


@pytest.mark.parametrize("url", ["/page", "/hop", f"/many?{HOPS - 1}"])
async def test_a_link_leads_to_a_page_with_its_title_and_our_script(shop: str, url: str) -> None:
    found = await followed(url, shop)
    assert (found.url, found.status, found.title, found.script, found.problem) == (url, 200, "The & shop now", True, "")
    assert found.address.startswith(f"{shop}/page")
    assert found.leads


async def test_a_korean_page_of_old_is_read(shop: str) -> None:
    assert (await followed("/korean", shop)).title == "단골 가게"


async def test_the_script_of_another_site_is_not_ours(shop: str) -> None:
    assert not (await followed("/other", shop)).script


async def test_a_page_that_is_gone_or_odd_is_told(shop: str) -> None:
    gone, odd = await followed("/gone", shop), await followed("/odd", shop)
    assert (gone.status, gone.title, gone.leads) == (404, "gone", False)
    assert (odd.status, len(odd.title)) == (200, 200)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("/away", "127.0.0.2 is not reached over the internet"),
        ("http://127.0.0.2/", "not reached"),
        ("http://[::1]/", "not reached"),
        ("http://2130706434/", "not reached"),
        ("/file", "file:///etc/passwd is no http(s) address"),
        ("javascript:alert(1)", "no http(s) address"),
        ("http://user@127.0.0.1/", "no http(s) address"),
        ("http://a b/", "no http(s) address"),
        ("/loop", f"more than {HOPS} redirects"),
        (f"/many?{HOPS}", f"more than {HOPS} redirects"),
        ("http://no-such-host.invalid/", "there is no such host"),
        ("http://127.0.0.1:1/", "connect"),
        ("http://[", ""),
        ("/packed?gzip,gzip", "packs its pages as gzip,gzip, which was not asked for"),
        ("/packed?br", "packs its pages as br"),
    ],
)
async def test_a_link_that_leads_nowhere_it_may_is_told(shop: str, url: str, problem: str) -> None:
    found = await followed(url, shop)
    assert (found.status, found.leads, bool(found.problem)) == (0, False, True)
    assert problem in found.problem


async def test_no_answer_takes_long_or_much(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await followed("/endless", shop)).status == 200
    monkeypatch.setattr(landing, "SECONDS", 0.2)
    assert (await followed("/slow", shop)).problem == "no whole answer within 0.2 seconds"
