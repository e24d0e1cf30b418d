"""The fake of SOLAPI, driven by the vendor's own SDK: it is held to something that was not written here."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from solapi import SolapiMessageService
from solapi.error.MessageNotReceiveError import MessageNotReceivedError
from solapi.model import KakaoOption, RequestMessage, SendRequestConfig
from solapi.model.request.groups.get_groups import GetGroupsRequest
from solapi.model.request.messages.get_messages import GetMessagesRequest
from solapi.model.webhook.single_report import SingleReportPayload
from tests.conftest import Fakes
from tests.fakes.conftest import Receiver, until

SENDER = "0212345678"


@pytest.fixture
def solapi(fakes: Fakes) -> SolapiMessageService:
    """The SDK, told of the fake's address; it has no option for that."""
    account = fakes.world.accounts.solapi
    service = SolapiMessageService(account.key, account.secret)
    service.base_url = f"{fakes.url}/solapi"
    return service


def sms(to: str = "01012345678", text: str = "안녕하세요", **more: Any) -> RequestMessage:
    return RequestMessage(from_=SENDER, to=to, text=text, **more)


def alimtalk(variables: dict[str, str], to: str = "01012345678", template: str = "T1") -> RequestMessage:
    options = KakaoOption(pf_id="KA01PF", template_id=template, variables=variables, disable_sms=True)
    return RequestMessage(to=to, kakao_options=options)


def test_one_text_is_taken_and_arrives(solapi: SolapiMessageService, fakes: Fakes) -> None:
    answer = solapi.send(sms(custom_fields={"key": "k1"}))
    assert answer.group_info.count.registered_success == 1
    (arrival,) = fakes.arrived("solapi")
    assert (arrival.kind, arrival.to, arrival.text, arrival.key) == ("sms", "01012345678", "안녕하세요", "k1")


def test_of_many_those_are_told_that_can_not_be_taken(solapi: SolapiMessageService, fakes: Fakes) -> None:
    wrong = [sms("1234"), sms("01022223333", "그림 문자 😀"), sms("01044445555", "가" * 1001)]
    answer = solapi.send([sms(), *wrong, sms()], SendRequestConfig(show_message_list=True))
    assert [failed.status_code for failed in answer.failed_message_list or []] == ["3010", "1029", "1031", "1026"]
    assert [item.status_code for item in answer.message_list or []] == ["2000"]
    assert len(fakes.arrived()) == 1


def test_a_number_that_is_not_registered_may_not_send(solapi: SolapiMessageService) -> None:
    with pytest.raises(MessageNotReceivedError) as refused:
        solapi.send(RequestMessage(from_="0311112222", to="01012345678", text="안녕"))
    assert refused.value.failed_messages[0].status_code == "1062"


def test_alimtalk_is_filled_from_its_template(solapi: SolapiMessageService, fakes: Fakes) -> None:
    fakes.template("solapi", "T1", "#{이름}님, 주문 #{번호}이 출발했습니다.")
    solapi.send(alimtalk({"이름": "김단골", "#{번호}": "A-1"}))
    (arrival,) = fakes.arrived()
    assert (arrival.kind, arrival.text, arrival.sender) == ("alimtalk", "김단골님, 주문 A-1이 출발했습니다.", "")


def test_a_template_wants_its_own_variables(solapi: SolapiMessageService, fakes: Fakes) -> None:
    fakes.template("solapi", "T1", "#{이름}님")
    with pytest.raises(MessageNotReceivedError) as refused:
        solapi.send(alimtalk({"성함": "김단골"}))
    assert refused.value.failed_messages[0].status_code == "1043"


def test_an_unknown_template_is_learned_or_refused(solapi: SolapiMessageService, fakes: Fakes) -> None:
    solapi.send(alimtalk({"이름": "가"}))
    with pytest.raises(MessageNotReceivedError):
        solapi.send(alimtalk({"다른 이름": "가"}))
    fakes.world.templates["solapi"].learn = False
    with pytest.raises(MessageNotReceivedError) as refused:
        solapi.send(alimtalk({}, template="T2"))
    assert refused.value.failed_messages[0].status_code == "1042"


def test_the_list_tells_the_result_once_it_is_known(solapi: SolapiMessageService, fakes: Fakes) -> None:
    group = solapi.send([alimtalk({}, "01011110000"), alimtalk({}, "01011112222")]).group_info.group_id
    assert solapi.get_group(group).count.total == 2
    assert list(solapi.get_groups(GetGroupsRequest(group_id=group)).group_list) == [group]

    def codes() -> list[str]:
        return [message.status_code or "" for message in solapi.get_group_messages(group).message_list.values()]

    until(lambda: codes() == ["4000", "3104"])  # the newest first; numbers ending in 0000 do not use KakaoTalk
    found = solapi.get_messages(GetMessagesRequest(to="01011110000", start_date="2020-01-01", status_code="3104"))
    assert [message.group_id for message in found.message_list.values()] == [group]
    assert not solapi.get_messages(GetMessagesRequest(start_date="2999-01-01")).message_list


def test_sending_spends_the_balance(solapi: SolapiMessageService, fakes: Fakes) -> None:
    fakes.world.balance["solapi"] = 40
    solapi.send([sms("01011111111"), sms("01022222222")])
    assert solapi.get_balance().balance == 4
    with pytest.raises(MessageNotReceivedError) as refused:
        solapi.send(sms())
    assert refused.value.failed_messages[0].status_code == "1030"


def test_a_picture_is_kept_sent_and_shown(solapi: SolapiMessageService, fakes: Fakes, tmp_path: Path) -> None:
    fakes.world.templates["solapi"].learn = False
    picture = tmp_path / "a.jpg"
    picture.write_bytes(b"\xff\xd8\xff picture")
    image = solapi.upload_file(str(picture)).file_id
    solapi.send(sms(image_id=image))
    with pytest.raises(MessageNotReceivedError) as refused:
        solapi.send(sms(image_id="ST01FZUNKNOWN"))
    assert refused.value.failed_messages[0].status_code == "1034"
    card = fakes.arrived()[0].card
    assert card is not None
    shown = httpx.get(f"{fakes.url}/files/{card.image}")
    assert (shown.content, shown.headers["content-type"]) == (picture.read_bytes(), "image/jpeg")
    assert httpx.get(f"{fakes.url}/files/unknown").status_code == 404


@pytest.mark.parametrize(("name", "code"), [("429", "TooManyRequests"), ("no_balance", "NotEnoughBalance")])
def test_what_is_switched_on_goes_wrong_once(solapi: SolapiMessageService, fakes: Fakes, name: Any, code: str) -> None:
    fakes.fault(name, "solapi", times=1)
    with pytest.raises(Exception, match=code):
        solapi.send(sms())
    assert not fakes.arrived()
    solapi.send(sms())
    assert len(fakes.arrived()) == 1


def test_a_wrong_secret_is_refused(solapi: SolapiMessageService) -> None:
    solapi.auth_info["api_secret"] = "wrong"
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        solapi.get_balance()


def test_the_sdk_reads_our_hooks(solapi: SolapiMessageService, fakes: Fakes, receiver: Receiver) -> None:
    fakes.hook("solapi", receiver.url)
    solapi.send([sms("01000010001", custom_fields={"key": "bad"}), alimtalk({"가": "나"}, "01077770002")])
    headers, body = until(lambda: receiver.got and receiver.got[0])
    reports = {report.data.to: report for report in SingleReportPayload.model_validate_json(body).root}
    assert headers["x-solapi-event-name"] == "SINGLE-REPORT"
    assert reports["01000010001"].data.status_code == "3032"
    assert reports["01000010001"].data.custom_fields == {"key": "bad"}
    assert reports["01077770002"].data.status_code == "3107"
    assert [report.retry_count for report in reports.values()] == [0, 0]
