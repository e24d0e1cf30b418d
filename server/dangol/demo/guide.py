"""What `dangol demo` tells the person who started it."""

import os

from dangol.demo.accounts import REGULAR, regular
from dangol.demo.settings import ShopSettings

KO = """
  온기, 데모 상점         {shop}
  메시지가 온 휴대폰     {phone}
  dangol                 {dangol}
  관리자 키              {admin}

  이렇게 해 보세요
  1. 상점을 열고 상품 페이지로 가 보세요. 아래에 '함께 많이 담은 상품'이 나와요. 실제 주문 4천 건에서 배운 거예요.
  2. 장바구니에 담아 보세요. £50 무료배송까지 남은 금액을 게이지가 따라가고, 장바구니에서는 채울 상품을 권해요.
  3. 카테고리를 열고 6초쯤 기다리면 팝업이 나와요. '다음에 볼게요'를 고르면 그 약속을 지켜요.
  4. 다시 방문해 보세요. 시크릿 창을 또 여는 것은 재방문이 아니라 새 방문자예요. 30분 뒤에 오거나,
     같은 브라우저로 이 캠페인 링크를 열면 두 번째 방문이 되고 인사가 나와요:
     {shop}/?utm_source=newsletter
  5. 휴대폰 번호를 적고 회원가입을 하면 {phone} 에 환영 알림톡이 와요. 주문하면 결제 알림이, 조금 뒤에
     배송 알림이 와요. 0000으로 끝나는 번호는 카카오톡이 없어서 문자가 대신 가요. 결과: {shop}/messages
  6. 주문 내역이 많은 단골로 로그인해 보세요: {email} / {password}
  7. 그 단골에게 무엇이 왜 보이고 왜 안 보이는지:
     curl -H 'Authorization: Bearer {admin}' '{dangol}/v1/admin/explain?member={member}&url={shop}/'

  8. 세그먼트를 적어 보세요. 적는 동안 몇 명인지, 내가 왜 해당하는지 알려 줘요: {shop}/segments
  9. 캠페인을 고쳐서 상점 페이지에서 미리 보세요. 옆에서 무엇이 왜 보이는지 알려 줘요: {shop}/campaigns
  10. 처음 온 손님으로 상품 페이지를 내려 보세요(쿠폰). 쿠폰을 닫고 15초쯤 뒤에, 창을 떠나려는 듯 커서를 위로
      빼 보세요(소식 받기 폼).

  끝내려면 Ctrl-C
"""

EN = """
  Ongi, the demo shop    {shop}
  A phone with messages  {phone}
  dangol                 {dangol}
  Admin key              {admin}

  Try this
  1. Open the shop and look at a product. "Often bought with this" was learned from four thousand real orders.
  2. Put something into the cart. The gauge follows it up to free delivery at £50; the cart offers what closes the gap.
  3. Open a category and wait six seconds for a popup. Choose "Not now": the choice is kept.
  4. Come back. A second private window is a new visitor, not a second visit. Come back after 30 minutes, or open
     a campaign's link in the same browser, which starts a second visit, and you are greeted:
     {shop}/?utm_source=newsletter
  5. Sign up with a mobile number such as 010-1234-5678, and a welcome arrives on the phone at {phone}
     Order something: the receipt comes at once, the parcel's number soon. A number that ends in 0000 has no
     KakaoTalk and gets a text instead. What became of them: {shop}/messages
  6. Log in as a regular with many real orders: {email} / {password}
  7. See what this regular is shown, what not, and why:
     curl -H 'Authorization: Bearer {admin}' '{dangol}/v1/admin/explain?member={member}&url={shop}/'

  8. Write a segment and see its size while you type, and why you are in it or not: {shop}/segments
  9. Change a campaign and look at it on the shop's own page, with the reasons beside: {shop}/campaigns
  10. As a newcomer, scroll down a product page (a coupon), then move the pointer out at the top (a form).

  Ctrl-C stops it
"""


def text(settings: ShopSettings) -> str:
    """Addresses and what to try, in Korean where the terminal speaks it, else in English."""
    email, password = REGULAR
    places = {"shop": settings.base_url, "dangol": settings.dangol_url, "phone": settings.phone_url}
    return (KO if korean() else EN).format(
        **places, admin=settings.admin_key, email=email, password=password, member=regular()
    )


def korean() -> bool:
    """Whether the environment asks for Korean, by the variables and in the order that POSIX has."""
    wanted = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return wanted.lower().startswith("ko")
