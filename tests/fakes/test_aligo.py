"""Aligo's fake."""

from typing import Any

import httpx
import pytest
from tests.conftest import Fakes
from tests.fakes.conftest import until

from dangol.fakes.accounts import Accounts, Aligo
from dangol.fakes.app import create
from dangol.fakes.serve import running
from dangol.fakes.world import World

PROFILE = "fedcba9876543210fedcba9876543210fedcba98"


def post(fakes: Fakes, path: str, **form: str) -> dict[str, Any]:
    key = ("apikey", "userid") if path.startswith("/akv10") else ("key", "user_id")
    account = dict(zip(key, ("fakealigokey0000", "dangol"), strict=True))
    answer: dict[str, Any] = httpx.post(f"{fakes.url}/aligo{path}", data=account | form).json()
    return answer


def test_a_text_goes_to_many(fakes: Fakes) -> None:
    named = "01011112222|김단골,01033334444|이단골"
    to = "01011112222,01033334444,12"
    sent = post(fakes, "/send/", sender="02-1234-5678", receiver=to, msg="%고객명%님 안녕하세요", destination=named)
    assert (sent["result_code"], sent["success_cnt"], sent["error_cnt"], sent["msg_type"]) == ("1", 2, 1, "SMS")
    assert [arrival.text for arrival in fakes.arrived("aligo")] == ["김단골님 안녕하세요", "이단골님 안녕하세요"]


def test_a_text_of_its_own_goes_to_each_and_the_results_can_be_asked_for(fakes: Fakes) -> None:
    sent = post(fakes, "/send_mass/", sender="0212345678", cnt="2", msg_type="SMS", rec_1="01011112222", msg_1="하나",
                rec_2="01011110001", msg_2="둘")  # fmt: skip

    def states() -> list[str]:
        return [each["sms_state"] for each in post(fakes, "/sms_list/", mid=sent["msg_id"])["list"]]

    until(lambda: states() == ["발송완료", "번호오류"])
    assert [each["sms_count"] for each in post(fakes, "/list/")["list"]] == [2]


def test_alimtalk_is_only_accepted_and_its_result_is_asked_for(fakes: Fakes) -> None:
    fakes.template("aligo", "TA01", "#{이름}님 감사합니다")
    form = {"senderkey": PROFILE, "tpl_code": "TA01", "sender": "0212345678"}
    told = [("01011112222", "가님 감사합니다"), ("01011110000", "나님 감사합니다"), ("01011113333", "고맙습니다")]
    for place, (number, words) in enumerate(told, 1):
        form |= {f"receiver_{place}": number, f"message_{place}": words, f"subject_{place}": "알림"}
    sent = post(fakes, "/akv10/alimtalk/send/", **form)
    assert (sent["code"], sent["info"]["scnt"]) == (0, 3)

    def results() -> list[tuple[str, str]]:
        found = post(fakes, "/akv10/history/detail/", mid=str(sent["info"]["mid"]))["list"]
        return [(each["phone"], each["rslt"]) for each in found]

    until(lambda: results() == [("01011112222", "0"), ("01011110000", "N"), ("01011113333", "U")])


def test_a_missing_button_is_a_mismatch(fakes: Fakes) -> None:
    button = '{"button":[{"name":"보기","linkType":"WL","linkMo":"https://shop.example"}]}'
    post(fakes, "/akv10/alimtalk/send/", senderkey=PROFILE, tpl_code="TA01", sender="0212345678",
         receiver_1="01011112222", message_1="안녕", button_1=button)  # fmt: skip
    card = fakes.arrived()[0].card
    assert card is not None
    assert [(each.name, each.link) for each in card.buttons] == [("보기", "https://shop.example")]
    bad = post(fakes, "/akv10/alimtalk/send/", senderkey=PROFILE, tpl_code="TA01", sender="0212345678",
               receiver_1="01011112222", message_1="안녕", button_1="[")  # fmt: skip
    assert bad["code"] == -99


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"key": "wrong"}, -101),
        ({"sender": "0311112222"}, -103),
        ({"receiver": ""}, -101),
        ({"msg": "가" * 46, "msg_type": "SMS"}, -101),
        ({"msg": "😀"}, -101),
    ],
)
def test_what_is_wrong_is_told(fakes: Fakes, changed: dict[str, str], expected: int) -> None:
    form = {"sender": "0212345678", "receiver": "01011112222", "msg": "안녕"}
    assert post(fakes, "/send/", **form | changed)["result_code"] == expected
    assert not fakes.arrived()


def test_pictures_come_as_a_form_of_parts(fakes: Fakes) -> None:
    form = {"key": "fakealigokey0000", "user_id": "dangol", "sender": "0212345678", "receiver": "01011112222"}
    more = {"msg": "그림", "title": "제목", "msg_type": "MMS"}
    answer = httpx.post(f"{fakes.url}/aligo/send/", data=form | more, files={"image1": ("a.jpg", b"x" * 10)})
    assert answer.json()["msg_type"] == "MMS"
    assert [(arrival.kind, arrival.title, arrival.text) for arrival in fakes.arrived()] == [("mms", "제목", "그림")]


def test_only_known_addresses_are_let_in() -> None:
    world = World(Accounts(aligo=Aligo(addresses=frozenset({"203.0.113.1"}))))
    with running(create(world)) as url:
        answer = httpx.post(f"{url}/aligo/remain/", data={"key": "fakealigokey0000", "userid": "dangol"})
    assert (answer.json()["result_code"], "IP" in answer.json()["message"]) == (-99, True)


def test_the_balance_is_spent(fakes: Fakes) -> None:
    fakes.world.balance["aligo"] = 10
    form = {"sender": "0212345678", "receiver": "01011112222", "msg": "안녕"}
    assert post(fakes, "/send/", **form)["result_code"] == "1"
    assert post(fakes, "/send/", **form)["result_code"] == -99
    assert post(fakes, "/remain/")["SMS_CNT"] == 0
