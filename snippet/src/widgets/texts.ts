/** The runtime's own words; all others come with the widget, in the shopper's language. */
import type { Choice } from "../wire";

interface Texts {
  close: string;
  later: string;
  label: string;
  choices: Record<Choice, string>;
}

const KOREAN: Texts = {
  close: "닫기",
  later: "다음에 볼게요",
  label: "알림",
  choices: { session: "이번 방문 동안", "1h": "1시간", "1d": "1일", "7d": "7일", "30d": "30일", never: "다시 보지 않기" },
};

const ENGLISH: Texts = {
  close: "Close",
  later: "Not now",
  label: "Message",
  choices: { session: "For this visit", "1h": "1 hour", "1d": "1 day", "7d": "7 days", "30d": "30 days", never: "Never again" },
};

export const korean = (language = ""): boolean => language.startsWith("ko");

export function texts(language?: string): Texts {
  return korean(language) ? KOREAN : ENGLISH;
}
