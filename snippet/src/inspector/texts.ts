/** The inspector's words. */

const KOREAN = {
  title: "미리보기",
  uncounted: "집계 안 함",
  fold: "접기",
  unfold: "펼치기",
  subject: "미리 보는 캠페인",
  forced: "미리보기라서 보여 주는 중",
  would: "실제로도 보입니다",
  wait: "실제로도 보이지만, 때를 기다립니다",
  not: "실제로는 보이지 않습니다",
  empty: "보여 줄 내용이 없습니다",
  variant: "변형",
  again: "다시 보기",
  phone: "휴대폰 폭으로",
  phoneHint: "창의 폭만 줄어듭니다. 기기는 지금 브라우저 그대로입니다.",
  end: "미리보기 끝내기",
  campaigns: "캠페인",
  segments: "세그먼트",
  events: "이벤트",
  here: "이 페이지에서, 지금",
  none: "이 사이트에는 아직 없습니다.",
  noEvents: "아직 페이지가 알린 것이 없습니다.",
  priority: "우선순위",
  audience: "대상",
  conditions: "조건 하나씩 보기",
  everyone: "모든 방문자",
  in: "해당",
  out: "해당 안 됨",
  page: "dangol이 읽은 이 페이지",
  member: "로그인한 회원",
  guest: "비회원",
  more: "개 더",
  dropped: "읽지 못해 버린 것",
  clear: "목록 비우기",
  foot: "이 브라우저에서만 보이며, 여기서 한 일은 프로필에도 통계에도 남지 않습니다.",
  until: "링크는 {}까지 유효합니다.",
  over: "끝난 미리보기입니다",
  overText: "링크의 시간이 지났거나, 거두었거나, 그사이 정의가 바뀌었습니다. 새 링크를 만들어 주세요. 지금 보이는 것은 평소의 쇼핑몰입니다.",
  leave: "평소대로 보기",
};

type Texts = typeof KOREAN;

const ENGLISH: Texts = {
  title: "Preview",
  uncounted: "Not counted",
  fold: "Fold",
  unfold: "Unfold",
  subject: "Previewed campaign",
  forced: "On the page because this is a preview",
  would: "It would be shown, in reality too",
  wait: "It would be shown, but waits for its moment",
  not: "In reality it would not be shown",
  empty: "It has nothing to show",
  variant: "Variant",
  again: "Show again",
  phone: "Phone width",
  phoneHint: "Only the window gets narrow; the device stays what this browser is.",
  end: "End preview",
  campaigns: "Campaigns",
  segments: "Segments",
  events: "Events",
  here: "On this page, now",
  none: "This site has none so far.",
  noEvents: "The page has told nothing so far.",
  priority: "Priority",
  audience: "Audience",
  conditions: "See each condition",
  everyone: "all visitors",
  in: "in it",
  out: "not in it",
  page: "This page, as dangol reads it",
  member: "Logged-in member",
  guest: "Guest",
  more: "more",
  dropped: "Dropped, since it could not be read",
  clear: "Clear the list",
  foot: "Only this browser sees it. Nothing you do here is kept on a profile or counted anywhere.",
  until: "The link holds until {}.",
  over: "This preview is over",
  overText: "Its time has passed, it was taken away, or the definitions have changed. Make a new link. What you see now is the shop as usual.",
  leave: "See the shop as usual",
};

/** Events by their GA4 names. */
const EVENTS: Record<string, [ko: string, en: string]> = {
  page_view: ["페이지 조회", "Page viewed"],
  view_item: ["상품 조회", "Product viewed"],
  view_item_list: ["상품 목록 조회", "List viewed"],
  search: ["검색", "Search"],
  add_to_cart: ["장바구니 담기", "Added to cart"],
  remove_from_cart: ["장바구니에서 빼기", "Removed from cart"],
  view_cart: ["장바구니 상태", "Cart as it is"],
  add_to_wishlist: ["찜하기", "Added to wish list"],
  remove_from_wishlist: ["찜 해제", "Removed from wish list"],
  begin_checkout: ["주문서 도달", "Checkout begun"],
  purchase: ["구매", "Purchase"],
  refund: ["환불", "Refund"],
  sign_up: ["회원 가입", "Sign-up"],
  login: ["로그인", "Login"],
  withdraw: ["탈퇴", "Account closed"],
  traits: ["고객 속성", "Traits"],
  widget_view: ["위젯 노출", "Widget seen"],
  widget_click: ["위젯 클릭", "Widget clicked"],
  widget_close: ["위젯 닫기", "Widget closed"],
  widget_later: ["나중에 보기", "Put off"],
  widget_submit: ["양식 제출", "Form sent"],
};

/** What the server drops, by its reasons. */
const DROPPED: Record<string, [ko: string, en: string]> = {
  data: ["형식이 맞지 않는 이벤트", "events that are not well-formed"],
  time: ["시각이 맞지 않는 이벤트", "events out of time"],
  trait: ["선언되지 않은 속성", "traits that are not declared"],
  member: ["서명이 맞지 않는 회원 토큰", "member tokens that can't be believed"],
  visitor: ["알 수 없는 방문자 토큰", "visitor tokens that are not ours"],
  now: ["읽지 못한 페이지 정보", "what was said of the page before"],
};

export const texts = (language: string): Texts => (language.startsWith("ko") ? KOREAN : ENGLISH);

const inWords = (names: Record<string, [string, string]>) => (name: string, language: string): string =>
  names[name]?.[language.startsWith("ko") ? 0 : 1] ?? name;

export const eventName = inWords(EVENTS);

export const reasonName = inWords(DROPPED);
