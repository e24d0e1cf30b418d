"""`/l/<code>`: where the short links of messages lead.

The answer is a redirect to a stored target, or a small page; nothing in the request but the code has a say in it.
Robots, and apps that look at links before anybody has clicked, are led there too but count for nothing.
"""

import logging
import time

import re2
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dangol.definitions.basics import Language
from dangol.errors import Unavailable
from dangol.house import House
from dangol.messages.links import PATH, Target, is_address, is_genuine, parsed
from dangol.protocol.tokens import Keys
from dangol.render.text import choose
from dangol.store import links, outbox
from dangol.web import bots
from dangol.web.page import UNKEPT, language_of, page

log = logging.getLogger(__name__)

PREVIEWS = re2.compile(r"(?i)kakaotalk-scrap|facebookexternalhit|whatsapp|telegrambot|slackbot|line-poker|preview")
"""Apps that fetch a link for the picture beside it. KakaoTalk's own browser calls itself otherwise (KAKAOTALK)."""

AHEAD = ("sec-purpose", "purpose", "x-purpose", "x-moz")
NOBODY = Target("", "", "https://nobody.invalid/")

WORDS: dict[int, dict[Language, tuple[str, str]]] = {
    404: {
        "ko": ("링크를 찾을 수 없어요", "주소가 잘리지 않았는지 확인하고, 받은 메시지에서 다시 눌러 주세요."),
        "en": ("We can’t find this link", "Check that the whole address was copied, or tap it again in your message."),
    },
    410: {
        "ko": ("기간이 지난 링크예요", "메시지를 받은 지 오래되어 더 이상 열리지 않습니다."),
        "en": ("This link has expired", "The message is too old for its link to work any more."),
    },
    503: {
        "ko": ("잠시 후 다시 눌러 주세요", "지금은 링크를 열 수 없습니다. 잠시 후 다시 시도해 주세요."),
        "en": ("Please try again in a moment", "We can’t open the link right now."),
    },
}
VISIT: dict[Language, str] = {"ko": "{} 바로 가기", "en": "Visit {}"}


def routes(house: House) -> list[Route]:
    """The route for everybody."""
    nobody = Keys.derive(house.master, "")

    async def follow(request: Request) -> Response:
        language = language_of(request.headers.get("accept-language", ""))
        try:
            return await answer(request, language)
        except Unavailable:
            return told(503, language)

    async def answer(request: Request, language: Language) -> Response:
        code = parsed(request.path_params["code"])
        if code is None:
            return told(404, language)
        if not house.loaded.is_set():
            return told(503, language)
        # The same work for every code: the time tells nobody which links there are.
        found = await links.read(house.link, code.link)
        runtime = house.by_id.get(found.site) if found else None
        target, keys = found or NOBODY, runtime.keys if runtime else nobody
        if found and found.site in house.unserved:
            return told(503, language)
        if not is_genuine(keys, code, target.url) or runtime is None or not is_address(target.url):
            return told(404, language)
        now = time.time()
        if now > target.until:
            shop = choose(runtime.site.name, language, runtime.site.language)
            return told(410, language, (VISIT[language].format(shop), runtime.site.origins[0]))
        if is_click(request):
            await count(code.key, now)
        return Response(status_code=302, headers={**UNKEPT, "Location": target.url})

    async def count(key: str, now: float) -> None:
        try:
            await outbox.click(house.link, key, now)
        except Unavailable as error:  # the shopper shall not wait for the figures
            log.warning("a click was not counted: %s", error)

    return [Route(f"{PATH}{{code}}", follow, methods=["GET"])]


def is_click(request: Request) -> bool:
    """Whether somebody has clicked, as far as the request tells."""
    headers = request.headers
    if request.method != "GET" or any("pre" in headers.get(name, "").lower() for name in AHEAD):
        return False
    agent = headers.get("user-agent", "")
    return not bots.kind(agent) and not PREVIEWS.search(agent[: bots.LONGEST])


def told(status: int, language: Language, link: tuple[str, str] | None = None) -> Response:
    """The page that says why the link does not lead on."""
    title, text = WORDS[status][language]
    headers = {**UNKEPT, "Retry-After": "5"} if status == 503 else UNKEPT
    return page(language, title, text, status, headers, link)
