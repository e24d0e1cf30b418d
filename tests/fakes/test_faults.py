"""What goes wrong on request."""

import time
from typing import Any

import httpx
import pytest
from tests.conftest import Fakes
from tests.fakes.conftest import Receiver, until

from dangol.fakes.faults import Fault, Faults
from dangol.fakes.numbers import ENDINGS, fate, is_korean

SMS = "/nhn/sms/v3.0/appKeys/smsfakeappkey001/sender/sms"


def send(fakes: Fakes, *numbers: str, timeout: float = 5) -> httpx.Response:
    recipients = [{"recipientNo": number} for number in numbers or ("01011112222",)]
    body = {"body": "안녕", "sendNo": "0212345678", "recipientList": recipients}
    return httpx.post(f"{fakes.url}{SMS}", json=body, headers={"X-Secret-Key": "smsfakesecret001"}, timeout=timeout)


@pytest.mark.parametrize(("fault", "status"), [("429", 429), ("500", 500), ("503", 503)])
def test_a_refusal_takes_nothing_in_and_says_when_to_come_again(fakes: Fakes, fault: Any, status: int) -> None:
    fakes.fault(fault, "nhn", times=1, seconds=7)
    answer = send(fakes)
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, None if status == 500 else "7")
    assert not fakes.arrived()
    assert send(fakes).status_code == 200


def test_an_answer_may_be_lost_after_the_message_was_taken(fakes: Fakes) -> None:
    fakes.fault("cut_after_accept", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        send(fakes)
    fakes.fault("timeout_after_accept", times=1)
    with pytest.raises(httpx.ReadTimeout):
        send(fakes, timeout=0.2)
    assert len(fakes.arrived()) == 2


def test_nothing_is_taken_where_nobody_answers(fakes: Fakes) -> None:
    fakes.fault("timeout", times=1)
    with pytest.raises(httpx.ReadTimeout):
        send(fakes, timeout=0.2)
    assert not fakes.arrived()


def test_an_answer_may_be_a_page(fakes: Fakes) -> None:
    fakes.fault("garbled", times=1)
    assert "text/html" in send(fakes).headers["content-type"]


def test_hooks_are_tried_five_times(fakes: Fakes, receiver: Receiver) -> None:
    fakes.hook("nhn", receiver.url)
    receiver.answers = [500, 503, 500, 429]
    send(fakes)
    until(lambda: fakes.arrived()[0].told)
    assert len(receiver.got) == 5


def test_hooks_may_be_late_doubled_or_lost(fakes: Fakes, receiver: Receiver) -> None:
    fakes.hook("nhn", receiver.url)
    fakes.fault("lost_hook", times=1)
    fakes.fault("late_hook", times=1, seconds=0.3)
    fakes.fault("double_hook", times=1)
    send(fakes, "01011111111", "01022222222", "01033333333")
    until(lambda: len(receiver.got) == 3)
    numbers = [[each["recipientNo"] for each in hook["hooks"]] for hook in receiver.read()]
    assert numbers == [["01033333333"], ["01033333333"], ["01022222222"]]


def test_a_fault_of_messages_goes_before_the_number(fakes: Fakes) -> None:
    fakes.fault("night", "nhn", times=1)
    send(fakes, "01011112222", "01011112222")
    assert [arrival.fate for arrival in fakes.arrived()] == ["night", "delivered"]


def test_troubles_of_kakaotalk_are_none_of_a_text_s(fakes: Fakes) -> None:
    fakes.fault("not_kakao")
    fakes.fault("dead_token")
    fakes.fault("spam", times=2)
    send(fakes)
    assert fakes.world.fate("solapi", "01011112222", is_kakao=True) == "not_kakao"
    assert [arrival.fate for arrival in fakes.arrived()] == ["spam"]
    assert [fault.times for fault in fakes.world.faults.on] == [None, None, 1]


def test_shares_are_the_same_for_the_same_seed() -> None:
    def drawn(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add(Fault("500", share=0.3))
        return [faults.strikes("solapi", "500") is not None for _ in range(1000)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 200 < sum(drawn(1)) < 400


def test_a_fault_of_one_provider_or_of_looking_up_leaves_the_others_alone() -> None:
    faults = Faults()
    faults.add(Fault("500", "solapi", on="look_up"))
    assert not faults.strikes("nhn", "500", "look_up")
    assert not faults.strikes("solapi", "500")
    assert faults.strikes("solapi", "500", "look_up")


def test_the_last_digits_say_what_becomes_of_a_message() -> None:
    assert {fate(f"0101234{ending}", is_kakao=True) for ending in ENDINGS} == {
        "not_kakao", "bad_number", "blocked", "delivered", "unknown",
    }  # fmt: skip
    assert fate("01012340000", is_kakao=False) == "delivered"
    assert [is_korean(number) for number in ("01012345678", "15771234", "+821012345678", "٠١٠١٢٣٤٥٦٧٨")] == [
        True,
        False,
        False,
        False,
    ]


def test_switches_take_json_of_this_machine_only(fakes: Fakes) -> None:
    fault = b'{"fault": "500", "times": 1}'
    assert httpx.post(f"{fakes.url}/faults", content=fault, headers={"Content-Type": "text/plain"}).status_code == 415
    assert httpx.post(f"{fakes.url}/faults", json={"fault": "fire"}).status_code == 400
    assert httpx.get(f"{fakes.url}/faults", headers={"Host": "evil.example"}).status_code == 400
    assert httpx.post(f"{fakes.url}/hooks", json={"provider": "nhn", "url": "http://10.0.0.1/"}).status_code == 400
    assert httpx.post(f"{fakes.url}/faults", json={"fault": "500", "times": 1}).status_code == 204
    assert [each["fault"] for each in httpx.get(f"{fakes.url}/faults").json()] == ["500"]
    assert httpx.delete(f"{fakes.url}/faults").status_code == 204
    assert fakes.world.faults.on == []


def test_what_has_arrived_is_bounded(fakes: Fakes) -> None:
    fakes.world.kept = 3
    send(fakes, *(f"0101111222{place}" for place in range(5)))
    told = httpx.get(f"{fakes.url}/arrived", params={"provider": "nhn"}).json()
    assert [each["arrival"]["to"][-1] for each in told] == ["2", "3", "4"]
    assert httpx.get(f"{fakes.url}/counts").json()["nhn"] == 5
    assert time.time() - told[0]["arrival"]["at"] < 60


@pytest.mark.parametrize("page", ["²", "-1", "9" * 30, "one", "０"])
def test_pages_that_are_no_numbers_break_nothing(fakes: Fakes, page: str) -> None:
    group = send(fakes).json()["body"]["data"]["requestId"]
    query = {"requestId": group, "pageNum": page, "pageSize": page}
    found = httpx.get(f"{fakes.url}{SMS}", params=query, headers={"X-Secret-Key": "smsfakesecret001"})
    assert found.json()["body"]["totalCount"] == 1
    account = {"key": "fakealigokey0000", "user_id": "dangol", "page": page, "page_size": page}
    assert httpx.post(f"{fakes.url}/aligo/list/", data=account).json()["result_code"] == 1
