"""Small pages for shoppers: a title, a sentence, perhaps one thing to do. No script, nothing from elsewhere."""

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape

from starlette.responses import HTMLResponse

from dangol.definitions.basics import Language

STYLE = """
:root { color-scheme: light dark; --ink: #1c1a17; --soft: #6b655c; --ground: #f6f3ee; --card: #fff; --lead: #7a3b22 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f2eee8; --soft: #b3aa9e; --ground: #191715; --card: #24211e; --lead: #e9a587 }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--ground);
  color: var(--ink); font: 17px/1.6 system-ui, -apple-system, "Apple SD Gothic Neo", "Noto Sans KR", sans-serif;
  word-break: keep-all; overflow-wrap: anywhere }
main { width: 100%; max-width: 26rem; padding: 36px 32px; border-radius: 20px; background: var(--card);
  box-shadow: 0 1px 2px #0000000f, 0 12px 40px #0000000f }
h1 { margin: 0 0 10px; font-size: 1.4rem; line-height: 1.35; letter-spacing: -.01em }
p { margin: 0; color: var(--soft) }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 8px 20px; margin: 24px 0 0; padding: 20px 0 0;
  border-top: 1px solid #8888883d; font-size: .94rem }
dt { color: var(--soft) }
dd { margin: 0; text-align: end; font-weight: 600 }
form button { width: 100% }
a, button { display: inline-block; margin-top: 24px; padding: 11px 20px; border: 0; border-radius: 12px; font: inherit;
  font-weight: 600; text-decoration: none; background: var(--lead); color: var(--card); cursor: pointer }
a:focus-visible, button:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px }
"""
_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Language"}
UNKEPT = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""Headers of answers to whoever has a secret address."""

RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?))?\s*\Z")
LONGEST_HEADER = 200


def page(
    language: Language,
    title: str,
    text: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    link: tuple[str, str] | None = None,
    facts: Sequence[tuple[str, str]] = (),
    button: str = "",
) -> HTMLResponse:
    """The page. All texts are plain; `link` is what it says and the http(s) address where it leads, `facts` are names
    with what they are of, and `button` posts to the page's own address."""
    action = f'<a href="{escape(link[1])}">{escape(link[0])}</a>' if link else ""
    action += f'<form method="post"><button>{escape(button)}</button></form>' if button else ""
    named = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    listed = f"<dl>{named}</dl>" if named else ""
    body = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
        f"<main><h1>{escape(title)}</h1><p>{escape(text)}</p>{listed}{action}</main></html>"
    )
    return HTMLResponse(body, status, {**HEADERS, **(headers or {})})


def language_of(header: str, default: Language = "ko") -> Language:
    """The language that an Accept-Language header wants most, of those that there are; `default` where it wants
    none."""
    best: tuple[float, Language] = (0.0, default)
    for part in header[:LONGEST_HEADER].split(","):
        found = RANGE.match(part)
        wanted = found[1].lower() if found else ""
        weight = float(found[2] or 1) if found else 0.0
        if wanted in ("ko", "en") and weight > best[0]:
            best = (weight, "ko" if wanted == "ko" else "en")
    return best[1]
