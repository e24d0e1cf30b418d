"""What SOLAPI checks of each message before it takes it in, by its codes 1xxx.

Codes: https://github.com/solapi/documents, api-reference/message-status-codes.md. Limits of brand messages:
solapi-nodejs, src/models/base/kakao/bms/bmsConstraints.ts.
"""

from typing import Any

from msgspec import Struct

from dangol.fakes import brand
from dangol.fakes.arrival import Button, Card, Kind
from dangol.fakes.brand import Bms
from dangol.fakes.numbers import digits, is_korean, size
from dangol.fakes.templates import Registered, fill, matches
from dangol.fakes.world import World

WORDS = {
    "1010": "필수 입력 값 미입력",
    "1011": "Format Error",
    "1013": "SMS에는 제목을 사용할 수 없습니다.",
    "1014": "제목은 40byte까지 사용 가능합니다.",
    "1025": "잘못된 메시지 타입",
    "1026": "중복 수신번호",
    "1029": "EUC-KR(완성형 한글) 범위 안에 있는 문자만 사용합니다.",
    "1030": "잔액 부족",
    "1031": "글자 수 초과",
    "1032": "유효한 커스텀 필드 값이 아닙니다.",
    "1033": "kakaoOptions는 카카오 메시지에만 사용 가능합니다.",
    "1034": "imageId가 존재하지 않습니다.",
    "1041": "유효한 카카오 채널 값이 아닙니다.",
    "1042": "유효한 템플릿 아이디가 아닙니다.",
    "1043": "등록한 템플릿과 내용이 다릅니다.",
    "1044": "유효한 버튼 값이 아닙니다.",
    "1049": "버튼 명은 최대 14자까지 사용 가능합니다.",
    "1050": "버튼은 최대 5개까지 사용 가능합니다.",
    "1062": "발신번호 미등록",
    "2000": "정상 접수(이통사로 접수 예정)",
    "2061": "사용자에 의해 수신거부 됨(080무료수신거부)",
    "3000": "이통사로 접수(리포트를 기다리는 중)",
    "3010": "수신번호 형식 오류",
    "3014": "알 수 없는 메시지 상태",
    "3032": "미가입자",
    "3043": "단말기 Power off",
    "3054": "SPAM",
    "3104": "카카오톡 미사용자",
    "3107": "72시간 이내 카카오톡 미사용자, 알림톡 차단한 사용자",
    "3108": "메시지 발송 가능 시간이 아님",
    "4000": "수신완료",
}
PRICES: dict[Kind, float] = {"sms": 18.0, "lms": 45.0, "mms": 110.0, "alimtalk": 13.0, "brand": 25.0}
TEXTS: dict[str, Kind] = {"SMS": "sms", "LMS": "lms", "MMS": "mms"}
LONGEST = {"SMS": 90, "LMS": 2000, "MMS": 2000}
LONGEST_ALIMTALK = 1300


class Options(Struct, rename="camel"):
    """`kakaoOptions`."""

    pf_id: str = ""
    template_id: str | None = None
    variables: dict[str, str] | None = None
    disable_sms: bool = False
    image_id: str | None = None
    buttons: list[dict[str, Any]] | None = None
    bms: Bms | None = None


class Message(Struct, rename={"from_": "from", "image_id": "imageId", "auto_type_detect": "autoTypeDetect",
                              "custom_fields": "customFields", "kakao_options": "kakaoOptions"}):  # fmt: skip
    """One message; `to` is one number here."""

    to: str
    from_: str | None = None
    text: str | None = None
    subject: str | None = None
    type: str | None = None
    image_id: str | None = None
    country: str = "82"
    auto_type_detect: bool | None = True
    custom_fields: dict[str, str] | None = None
    kakao_options: Options | None = None


class Failed(Exception):
    """This message is not taken in."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.code, self.words = code, words or WORDS[code]


class Judged(Struct, frozen=True):
    """A message that can be taken in. `form` is SOLAPI's name of its type."""

    kind: Kind
    form: str
    text: str
    price: float
    template: str = ""
    card: Card | None = None


def judged(world: World, message: Message) -> Judged:
    """What the message is. Raises `Failed`."""
    to, form = digits(message.to), typed(message)
    if not to:
        raise Failed("1010")
    if message.country == "82" and not is_korean(to):
        raise Failed("3010")
    _check_fields(message.custom_fields or {})
    if form in TEXTS:
        judged = _text(world, message, form)
    elif form == "ATA":
        judged = _alimtalk(world, message)
    elif form.startswith("BMS_"):
        judged = _brand(world, message, form)
    else:
        raise Failed("1025")
    is_text = form in TEXTS or (form == "ATA" and message.kakao_options and not message.kakao_options.disable_sms)
    if is_text and digits(message.from_ or "") not in world.accounts.numbers:
        raise Failed("1062")
    return judged


def typed(message: Message) -> str:
    """SOLAPI's name of a message's type, found out where it is not told."""
    if message.type:
        return message.type.upper()
    options = message.kakao_options
    if options and options.bms:
        return f"BMS_{options.bms.chat_bubble_type}" if options.template_id else "BMS_FREE"
    if options and options.template_id:
        return "ATA"
    if message.image_id:
        return "MMS"
    return "SMS" if not message.subject and fits(message.text or "") else "LMS"


def fits(text: str) -> bool:
    """Whether an SMS has room for it."""
    return (size(text) or 0) <= LONGEST["SMS"]


def _check_fields(fields: dict[str, str]) -> None:
    if any(len(name) > 30 or len(value) > 100 for name, value in fields.items()):
        raise Failed("1032")


def _is_kept(world: World, image: str | None) -> bool:
    """Whether there is such a file; who learns templates takes files for those of another day."""
    return bool(image) and (image in world.files or world.templates["solapi"].learn)


def _text(world: World, message: Message, form: str) -> Judged:
    text, subject = message.text or "", message.subject or ""
    if not text:
        raise Failed("1010")
    if message.kakao_options:
        raise Failed("1033")
    if subject and form == "SMS":
        raise Failed("1013")
    if form == "MMS" and not _is_kept(world, message.image_id):
        raise Failed("1034")
    long, title = size(text), size(subject)
    if long is None or title is None:
        raise Failed("1029")
    if title > 40:
        raise Failed("1014")
    if long > LONGEST[form]:
        raise Failed("1031")
    kind = TEXTS[form]
    return Judged(kind, form, text, PRICES[kind], card=Card(image=message.image_id or ""))


def _alimtalk(world: World, message: Message) -> Judged:
    options = message.kakao_options
    if options is None or not options.pf_id:
        raise Failed("1041")
    template, variables = _template(world, options)
    buttons = [_button(button) for button in options.buttons or []]
    if template is None:
        text = message.text or "\n".join(f"{name}: {value}" for name, value in variables.items())
        card = Card(buttons=buttons)
    else:
        text, card = _filled(template, variables)
        if message.text and not matches(template.text, message.text):
            raise Failed("1043")
        if buttons and [(each.kind, each.name) for each in buttons] != [(b.kind, b.name) for b in template.buttons]:
            raise Failed("1044")
    if len(text) > LONGEST_ALIMTALK:
        raise Failed("1031")
    return Judged("alimtalk", "ATA", text, PRICES["alimtalk"], options.template_id or "", card)


def _template(world: World, options: Options) -> tuple[Registered | None, dict[str, str]]:
    given = options.variables or {}
    if any("." in name for name in given):
        raise Failed("1011", "variables: expected names without '.'")
    variables = {name.removeprefix("#{").removesuffix("}"): value for name, value in given.items()}
    try:
        return world.templates["solapi"].found(options.template_id or "", variables), variables
    except KeyError:
        raise Failed("1042") from None
    except ValueError:
        raise Failed("1043") from None


def _filled(template: Registered, variables: dict[str, str]) -> tuple[str, Card]:
    try:
        buttons = [Button(each.name, each.kind, fill(each.link, variables)) for each in template.buttons]
        card = Card(
            header=fill(template.header, variables),
            title=fill(template.title, variables),
            subtitle=template.subtitle,
            extra=template.extra,
            buttons=buttons,
        )
        return fill(template.text, variables), card
    except ValueError:
        raise Failed("1043") from None


def _button(button: dict[str, Any]) -> Button:
    name = str(button.get("buttonName") or button.get("name") or "")
    if len(name) > 14:
        raise Failed("1049")
    return Button(name, str(button.get("buttonType") or "WL"), str(button.get("linkMo") or button.get("linkPc") or ""))


def _brand(world: World, message: Message, form: str) -> Judged:
    options = message.kakao_options
    if options is None or not options.pf_id:
        raise Failed("1041")
    bms = options.bms
    if bms is None:
        raise Failed("1010", "kakaoOptions.bms: missing")
    if bms.targeting not in ("I", "M", "N"):
        raise Failed("1011", "bms.targeting: expected I, M or N")
    if form != "BMS_FREE":
        template, variables = _template(world, options)
        text, card = _filled(template, variables) if template else (message.text or bms.content or "", Card())
        return Judged("brand", form, text, PRICES["brand"], options.template_id or "", card)
    problem = brand.problem(bms, message.text)
    if problem:
        raise Failed("1011", problem)
    return Judged("brand", form, message.text or bms.content or "", PRICES["brand"], "", brand.card(bms))
