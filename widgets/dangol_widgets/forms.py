"""Forms inside widgets: their fields as a marketer writes them, and what follows from a form that was sent.

An e-mail address or a phone number is only ever kept together with a consent that was ticked for it; a form that asks
for one without asking for a consent is refused.
"""

import re
from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Annotated, Literal, cast

from msgspec import Struct, field

from dangol.plugin import Submission, Subscribe, Text, Url
from dangol_widgets.parameters import about

Name = Annotated[
    str,
    about(
        "이름",
        "Name",
        "항목을 구별하는 이름입니다. 영문 소문자, 숫자, 밑줄만 씁니다.",
        "What the field is told apart by: a-z, 0-9 and _.",
        pattern=r"^[a-z][a-z0-9_]{0,39}\Z",
    ),
]
Trait = Annotated[
    str,
    about(
        "저장할 속성",
        "Trait",
        "답을 저장할 공개 속성의 이름입니다. 비우면 저장하지 않습니다.",
        "The site's public trait that keeps the answer; without one it is not kept.",
        pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?\Z",
    ),
]
Number = Annotated[float, about("수", "Number", "숫자입니다.", "A number.", ge=-(10**12), le=10**12)]

NEEDED: Text = {"ko": "꼭 적어 주세요.", "en": "Please fill this in."}
CHOSEN: Text = {"ko": "하나를 골라 주세요.", "en": "Please choose one."}
AGREED: Text = {"ko": "동의해 주셔야 보낼 수 있어요.", "en": "We need your consent to go on."}
NO_EMAIL: Text = {"ko": "name@example.com처럼 적어 주세요.", "en": "Please enter an e-mail address."}
NO_PHONE: Text = {"ko": "010-1234-5678처럼 적어 주세요.", "en": "Please enter a phone number."}
NO_NUMBER: Text = {"ko": "숫자로 적어 주세요.", "en": "Please enter a number."}
NO_DATE: Text = {"ko": "날짜를 골라 주세요.", "en": "Please choose a date."}
TOO_LONG: Text = {"ko": "조금 더 짧게 적어 주세요.", "en": "Please make it shorter."}

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
PHONE = re.compile(r"\+?[0-9][0-9 ().-]{6,24}")


class Ask(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="type"):
    """What all fields share."""

    name: Name
    label: Annotated[Text, about("라벨", "Label", "무엇을 적는지 알려 줍니다.", "Tells what to fill in.")]
    required: Annotated[
        bool, about("필수", "Required", "비워 둘 수 없게 합니다.", "Whether it may not be left empty.")
    ] = False
    hint: Annotated[Text, about("도움말", "Hint", "라벨 아래에 작게 보입니다.", "Small words below the label.")] = ""

    @property
    def kind(self) -> str:
        """The word under which the field is written: text, email, ..."""
        return str(self.__struct_config__.tag)

    def read(self, told: str) -> "str | float | list[str] | Problem":
        """What the shopper's words mean, or what is wrong with them."""
        return told


class Problem(Struct, frozen=True):
    """What the shopper reads beside the field."""

    text: Text


class TextField(Ask, frozen=True, kw_only=True, tag="text"):
    """Words of the shopper's own."""

    trait: Trait = ""
    longest: Annotated[
        int,
        about("최대 글자 수", "Longest", "적을 수 있는 글자 수입니다.", "At most so many characters.", ge=1, le=200),
    ] = 100
    lines: Annotated[
        int, about("줄 수", "Lines", "2 이상이면 여러 줄을 적습니다.", "More than 1 for a longer text.", ge=1, le=6)
    ] = 1

    def read(self, told: str) -> str | Problem:
        return told if len(told) <= self.longest else Problem(TOO_LONG)


class EmailField(Ask, frozen=True, kw_only=True, tag="email"):
    """An e-mail address; a consent says what it is for."""

    def read(self, told: str) -> str | Problem:
        return told if EMAIL.fullmatch(told) and len(told) <= 254 else Problem(NO_EMAIL)


class PhoneField(Ask, frozen=True, kw_only=True, tag="tel"):
    """A phone number; a consent says what it is for."""

    def read(self, told: str) -> str | Problem:
        return told if PHONE.fullmatch(told) else Problem(NO_PHONE)


class NumberField(Ask, frozen=True, kw_only=True, tag="number"):
    """A number."""

    trait: Trait = ""
    least: Annotated[
        Number | None, about("최솟값", "Least", "이보다 작은 수는 받지 않습니다.", "No number below it.")
    ] = None
    most: Annotated[Number | None, about("최댓값", "Most", "이보다 큰 수는 받지 않습니다.", "No number above it.")] = (
        None
    )

    def __post_init__(self) -> None:
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(f"least, {self.least:g}, is more than most, {self.most:g}")

    def read(self, told: str) -> float | Problem:
        try:
            number = float(told.replace(",", "")) if told.isascii() and len(told) <= 24 else float("nan")
        except ValueError:
            return Problem(NO_NUMBER)
        if not isfinite(number):
            return Problem(NO_NUMBER)
        if self.least is not None and number < self.least:
            return Problem({"ko": f"{self.least:g} 이상으로 적어 주세요.", "en": f"At least {self.least:g}, please."})
        if self.most is not None and number > self.most:
            return Problem({"ko": f"{self.most:g} 이하로 적어 주세요.", "en": f"At most {self.most:g}, please."})
        return number


class DateField(Ask, frozen=True, kw_only=True, tag="date"):
    """A day, such as a birthday."""

    trait: Trait = ""

    def read(self, told: str) -> str | Problem:
        try:
            return date.fromisoformat(told).isoformat() if len(told) == 10 else Problem(NO_DATE)
        except ValueError:
            return Problem(NO_DATE)


class Option(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the answers to choose from."""

    value: Annotated[
        str,
        about(
            "값", "Value", "저장되는 값입니다.", "What is kept.", min_length=1, max_length=100, pattern=r"^[^\n\r]*\Z"
        ),
    ]
    label: Annotated[
        Text, about("라벨", "Label", "보이는 말입니다. 비우면 값이 보입니다.", "What is read; else the value.")
    ] = ""


Options = Annotated[
    list[Option],
    about("보기", "Choices", "고를 수 있는 답들입니다.", "The answers to choose from.", min_length=2, max_length=12),
]


class ChoiceField(Ask, frozen=True, kw_only=True, tag="choice"):
    """One of several answers."""

    choices: Options
    trait: Trait = ""

    def read(self, told: str) -> str | Problem:
        return told if told in {choice.value for choice in self.choices} else Problem(CHOSEN)


class ChoicesField(Ask, frozen=True, kw_only=True, tag="choices"):
    """Any of several answers; the page sends each on a line of its own."""

    choices: Options
    trait: Trait = ""

    def read(self, told: str) -> list[str] | Problem:
        chosen = set(told.split("\n"))
        known = [choice.value for choice in self.choices if choice.value in chosen]
        return known if len(known) == len(chosen) else Problem(CHOSEN)


class Consent(Ask, frozen=True, kw_only=True, tag="consent"):
    """A box to tick, never ticked beforehand. With a `channel` a tick subscribes the address to it."""

    channel: Annotated[
        Literal["", "sms", "kakao", "email"],
        about("채널", "Channel", "동의하면 이 채널을 구독합니다.", "The channel that a tick subscribes to."),
    ] = ""
    address: Annotated[
        str,
        about(
            "주소 항목",
            "Address",
            "이메일이나 전화번호를 적는 항목의 이름입니다.",
            "The name of the field with the e-mail address or phone number.",
            max_length=40,
        ),
    ] = ""
    night: Annotated[
        bool,
        about(
            "야간 동의",
            "Night",
            "21시부터 8시까지의 광고에 따로 동의받습니다.",
            "A consent of its own to advertisements between 21:00 and 08:00.",
        ),
    ] = False
    terms: Annotated[
        Text,
        about(
            "안내",
            "Terms",
            "수집 항목, 목적, 보유 기간을 펼쳐 볼 수 있게 적습니다.",
            "What is collected, what for and for how long; it unfolds.",
        ),
    ] = ""
    terms_link: Annotated[
        Url | None, about("전문 링크", "Terms link", "전체 약관의 주소입니다.", "The address of the whole terms.")
    ] = None


Field = TextField | EmailField | PhoneField | NumberField | DateField | ChoiceField | ChoicesField | Consent
ADDRESSES: Mapping[str, type[Ask]] = {"sms": PhoneField, "kakao": PhoneField, "email": EmailField}


def _send() -> Text:
    return {"ko": "보내기", "en": "Send"}


def _thanks() -> Text:
    return {"ko": "고맙습니다. 잘 받았어요.", "en": "Thank you. We have got it."}


class Form(Struct, frozen=True, forbid_unknown_fields=True):
    """Fields and a button, and thanks in their place once they were sent."""

    fields: Annotated[
        list[Field],
        about("항목", "Fields", "위에서부터 보이는 항목들입니다.", "From top to bottom.", min_length=1, max_length=8),
    ]
    button: Annotated[Text, about("버튼", "Button", "보내는 버튼입니다.", "The button that sends it.")] = field(
        default_factory=_send
    )
    done: Annotated[
        Text, about("감사 인사", "Thanks", "보낸 뒤 보이는 말입니다.", "What is read once it was sent.")
    ] = field(default_factory=_thanks)

    def __post_init__(self) -> None:
        names = [each.name for each in self.fields]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"fields need names of their own; there are two called {', '.join(twice)}")
        consents = [each for each in self.fields if isinstance(each, Consent)]
        for consent in consents:
            self._check(consent, consents)
        used = {consent.address for consent in consents if consent.channel}
        for each in self.fields:
            if isinstance(each, EmailField | PhoneField) and each.name not in used:
                raise ValueError(f"{each.name} needs a consent with a channel and address: {each.name}")

    def _check(self, consent: Consent, consents: "list[Consent]") -> None:
        if not consent.channel:
            if consent.address or consent.night:
                raise ValueError(f"the consent {consent.name} needs a channel for its address and its nights")
            return
        wanted = ADDRESSES[consent.channel]
        if not any(isinstance(each, wanted) and each.name == consent.address for each in self.fields):
            kind = wanted.__struct_config__.tag
            raise ValueError(f"the consent {consent.name} needs as address the name of a field of type {kind}")
        same = [each for each in consents if (each.channel, each.night) == (consent.channel, consent.night)]
        if len(same) > 1:
            raise ValueError(f"there are two consents to {consent.channel}")
        if consent.night and consent.required:
            raise ValueError(f"the consent {consent.name} is for nights, so it can't be required")
        if consent.night and not any(each.channel == consent.channel and not each.night for each in consents):
            raise ValueError(f"the consent {consent.name} needs another to {consent.channel} that is not for nights")


def submission(form: Form, fields: Mapping[str, str]) -> Submission:
    """What follows from a form's fields as a browser sent them. Names that the form does not know are passed over."""
    problems: dict[str, Text] = {}
    traits: dict[str, str | float | list[str]] = {}
    told = {each.name: fields.get(each.name, "").strip() for each in form.fields}
    for each in form.fields:
        words = told[each.name]
        if isinstance(each, Consent):
            if each.required and words != "yes":
                problems[each.name] = AGREED
            continue
        value = each.read(words) if words else Problem(NEEDED) if each.required else None
        if isinstance(value, Problem):
            problems[each.name] = value.text
        elif value is not None and (trait := getattr(each, "trait", "")):
            traits[trait] = value
    subscriptions = _subscriptions(form, told, problems)
    return Submission(traits, subscriptions, problems)


def _subscriptions(form: Form, told: Mapping[str, str], problems: dict[str, Text]) -> list[Subscribe]:
    """One for each ticked consent; one for nights counts for nothing without the other. An address for which nothing
    was ticked is a problem: thanks would promise what does not come."""
    consents = [each for each in form.fields if isinstance(each, Consent) and each.channel]
    by_day = [each for each in consents if not each.night]
    agreed = {each.address for each in by_day if told[each.name] == "yes"}
    nights = {each.channel: each.label for each in consents if each.night and told[each.name] == "yes"}
    made = []
    for each in by_day:
        if told[each.name] != "yes":
            if told[each.address] and each.address not in agreed:
                problems.setdefault(each.name, AGREED)
                agreed.add(each.address)
            continue
        if not told[each.address]:
            problems.setdefault(each.address, NEEDED)
        wording = _and(each.label, nights[each.channel]) if each.channel in nights else each.label
        channel = cast(Literal["sms", "kakao", "email"], each.channel)
        made.append(Subscribe(channel, told[each.address], wording, each.channel in nights, each.address))
    return made


def _and(one: Text, other: Text) -> Text:
    """Both wordings, in each language."""
    return {"ko": f"{_in('ko', one)} / {_in('ko', other)}", "en": f"{_in('en', one)} / {_in('en', other)}"}


def _in(language: Literal["ko", "en"], text: Text) -> str:
    return text if isinstance(text, str) else text.get(language) or next(iter(text.values()), "")
