"""Words of the tables in docs/templates.md, Korean and English."""

Both = tuple[str, str]

UNITS: dict[str, Both] = {
    "characters": ("자", " characters"),
    "rows": ("개", ""),
    "bytes": ("바이트", " bytes"),
    "variables": ("개", ""),
}
FIELDS: dict[str, Both] = {
    "text": ("본문", "body"),
    "text, SMS": ("본문", "body"),
    "text, LMS": ("본문", "body"),
    "text, MMS": ("본문", "body"),
    "subject": ("제목", "title"),
    "images": ("이미지", "pictures"),
    "title": ("강조 제목", "emphasized title"),
    "subtitle": ("강조 보조 문구", "line above the title"),
    "header": ("헤더", "header"),
    "items": ("아이템", "items"),
    "items[].title": ("아이템 이름", "item's name"),
    "items[0].title": ("첫 아이템 제목", "first item's title"),
    "items[].text": ("아이템 내용", "item's text"),
    "summary.title": ("요약 이름", "name of the sum"),
    "summary.text": ("요약 금액: 숫자, 통화, 변수만", "sum: digits, a currency and variables only"),
    "highlight.title": ("하이라이트 제목", "highlight's title"),
    "highlight.text": ("하이라이트 설명", "highlight's text"),
    "extra": ("부가 정보(본문과 합산)", "extra text (counts with the body)"),
    "buttons": ("버튼", "buttons"),
    "buttons[].name": ("버튼 이름", "button's name"),
    "replies": ("바로연결", "quick replies"),
    "replies[].name": ("바로연결 이름", "quick reply's name"),
    "variables": ("`#{변수}`", "different `#{variables}`"),
    "name": ("템플릿 이름", "template's name"),
    "coupon.text": ("쿠폰 설명", "coupon's text"),
    "commerce.title": ("상품 이름", "product's name"),
    "additional": ("부가 정보", "additional line"),
    "cards": ("카드", "cards"),
    "cards, head": ("카드(인트로가 있을 때)", "cards beside a head"),
    "cards[].header": ("카드 헤더", "card's header"),
    "cards[].text": ("카드 본문", "card's body"),
    "cards[].additional": ("카드 부가 정보", "card's additional line"),
    "cards[].commerce.title": ("카드 상품 이름", "card's product"),
    "cards[].coupon.text": ("카드 쿠폰 설명", "card's coupon"),
    "cards[].buttons": ("카드 버튼", "card's buttons"),
    "cards[].buttons[].name": ("카드 버튼 이름", "card's button's name"),
    "head.header": ("인트로 헤더", "head's header"),
    "head.text": ("인트로 본문", "head's body"),
    "payload, fcm": ("메시지 전체", "whole message"),
    "payload, apns": ("메시지 전체", "whole message"),
    "payload, webpush": ("메시지 전체", "whole message"),
    "html": ("HTML 본문", "HTML body"),
}
KINDS: dict[str, Both] = {
    "WL": ("웹 링크", "web link"),
    "AL": ("앱 링크", "app link"),
    "DS": (
        "배송 조회(본문에서 택배사와 송장번호를 읽음)",
        "parcel tracking (reads courier and invoice number in the body)",
    ),
    "BK": ("봇 키워드", "bot keyword"),
    "MD": ("메시지 전달", "message delivery"),
    "BC": ("상담톡 전환", "hand-over to a chat"),
    "BT": ("봇 전환", "hand-over to a bot"),
    "AC": ("채널 추가", "add the channel"),
    "BF": ("비즈니스폼", "business form"),
    "TN": ("전화하기", "telephone"),
    "P1": ("플러그인: 이미지 보안 전송", "plug-in: secured picture"),
    "P2": ("플러그인: 개인정보 이용", "plug-in: use of personal data"),
    "P3": ("플러그인: 원클릭 결제", "plug-in: payment by one click"),
}
WORDS: dict[str, Both] = {
    "field": ("항목", "field"),
    "limit": ("한도", "limit"),
    "no breaks": ("줄바꿈 없음", "no line breaks"),
    "breaks": ("줄바꿈", "line breaks"),
    "no variables": ("변수 사용 불가", "no variables"),
    "texts": ("문자(SMS·LMS·MMS)", "Text messages"),
    "alimtalk": ("알림톡", "Alimtalk"),
    "emphasis": ("강조 유형", "emphasis"),
    "body": ("본문 + 부가 정보(자)", "body and extra text, characters"),
    "channel body": ("채널 추가형·복합형(AD, MI)", "types AD and MI"),
    "may": ("쓸 수 있는 항목", "may have"),
    "needs": ("필수 항목", "needs"),
    "special": (
        "썸네일이 있는 하이라이트, 바로연결이 있는 버튼:",
        "Of a highlight with a thumbnail, and beside quick replies:",
    ),
    "buttons": ("버튼", "Buttons"),
    "kind": ("종류", "kind"),
    "meaning": ("뜻", "what it does"),
    "where": ("쓸 수 있는 곳", "where"),
    "at least": ("최소", "at least"),
    "in alimtalk": ("알림톡", "Alimtalk"),
    "in replies": ("바로연결", "quick replies"),
    "in brand": ("브랜드 메시지", "brand"),
    "button rules": (
        "채널 추가(AC) 버튼의 이름은 `{channel}`입니다. 알림톡에서는 유형 AD·MI의 첫 버튼으로만 쓰고, 브랜드 "
        "메시지에서는 타겟팅 M·N에서만 TEXT·IMAGE의 첫 버튼, "
        "다른 말풍선의 두 번째 버튼으로 씁니다. 전화(TN) 버튼의 이름은 {names} 중 하나입니다.",
        "The button that adds the channel (AC) is called `{channel}`: in an Alimtalk of the types AD and MI the "
        "first one, in brand messages of the "
        "targeting M and N alone, first in TEXT and IMAGE and second elsewhere. A telephone's (TN) name is one of "
        "{names}.",
    ),
    "brand": ("브랜드 메시지", "Brand messages"),
    "bubble": ("말풍선", "bubble"),
    "with coupon": ("쿠폰이 있으면", "beside a coupon"),
    "picture": ("이미지", "picture"),
    "proportions": ("세로 ÷ 가로", "height by width"),
    "size": ("권장 크기", "recommended"),
    "picture rules": (
        "이미지는 JPG·PNG, 가로 {width}픽셀 이상, {bytes}MB 이하입니다. CAROUSEL_COMMERCE의 이미지는 비율이 모두 "
        "같아야 합니다. 동영상은 카카오TV 주소만({url}자 이하) 쓸 수 있습니다.",
        "Pictures are JPG or PNG, at least {width} pixels wide and at most {bytes} MB; those of a "
        "CAROUSEL_COMMERCE are all of the same proportions. "
        "Videos are Kakao TV's alone, their address at most {url} characters.",
    ),
    "coupon rules": (
        "쿠폰 제목은 {titles} 다섯 가지입니다(1~99999999원, 1~100%, ○○은 공백 없이 7자 이하).",
        "A coupon's title is one of {titles} (1 to 99999999 won, 1 to 100 %, ○○ at most 7 characters without blanks).",
    ),
    "price rules": (
        "가격은 0~{price:,}원입니다. 할인가(`sale`)에는 할인율(`rate`, 0~{rate}%)이나 할인액(`off`, {off:,}원 "
        "이하) 중 하나를 함께 씁니다.",
        "Prices are 0 to {price:,} won. A lower price (`sale`) goes with either a rate (`rate`, 0 to {rate} %) or "
        "an amount (`off`, at most {off:,} won).",
    ),
    "link rules": (
        "링크는 {free:,}자까지, 대행사가 보관하는 템플릿(`code`)에서는 {kept}자까지입니다.",
        "Links have at most {free:,} characters, {kept} in a template that the provider keeps (`code`).",
    ),
    "push": ("푸시 알림", "Notifications"),
    "envelope": (
        "이 가운데 {bytes}바이트는 채널이 씁니다. 제목, 본문, 이미지, 링크, `data`를 합쳐 셉니다.",
        "Of these {bytes} bytes are the channel's own; title, body, image, link and `data` count together.",
    ),
    "email": ("이메일", "E-mail"),
}
