"""The page of the fake providers, as whoever tries dangol out sees it."""

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from tests.conftest import Fakes


def send(fakes: Fakes, number: str, text: str) -> None:
    body = {"body": text, "sendNo": "0212345678", "recipientList": [{"recipientNo": number}]}
    address = f"{fakes.url}/nhn/sms/v3.0/appKeys/smsfakeappkey001/sender/sms"
    answer = httpx.post(address, json=body, headers={"X-Secret-Key": "smsfakesecret001"})
    assert answer.status_code == 200


@pytest.mark.parametrize(("language", "width"), [("ko", 1280), ("en", 390)])
def test_messages_show_up_and_trouble_can_be_made(browser: Browser, fakes: Fakes, language: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, locale=language, reduced_motion="reduce")
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(fakes.url)
    send(fakes, "01011112222", "<b>hi</b> https://shop.example/a")
    send(fakes, "01011110001", "no such number")
    message = page.get_by_role("article").filter(has_text="<b>hi</b>")
    expect(message.get_by_role("link", name="https://shop.example/a")).to_be_visible()
    expect(message).to_contain_text("도착" if language == "ko" else "Delivered")
    page.get_by_role("button", name="010-1111-0001").click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("article")).to_contain_text("없는 번호" if language == "ko" else "No such number")
    page.locator("#kinds").select_option("503")
    page.get_by_role("button", name="켜기" if language == "ko" else "Switch on").click()
    expect(page.locator("#on li")).to_have_count(1)
    assert [fault.fault for fault in fakes.world.faults.on] == ["503"]
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"]}).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert broken == []
    page.close()
