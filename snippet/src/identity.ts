/** Who is at the browser. The server issues visitor tokens; the shop signs who its member is, on every page anew. */
import { ANONYMOUS, anonymous, choose, consent, full, FULL, keeps, OFF } from "./consent";
import { erase, read, wipe, write } from "./storage";

const TOKEN = "dg.v";
const LOGOUT = "dg.o";
const FORGET = "dg.f";
const MEMBER_SEEN = "dg.m";

let member: string | undefined;

export interface Identity {
  visitor?: string | undefined;
  member?: string | undefined;
  logout?: true | "" | undefined;
  forget?: true;
  anonymous?: true;
}

/** What a request says of who sends it; nothing may be sent where there is none. */
export function identity(): Identity | undefined {
  const visitor = read(FORGET);
  if (visitor) return { visitor, forget: true };
  if (full()) return { visitor: read(TOKEN), member, logout: read(LOGOUT) && true };
  return anonymous() ? { anonymous: true } : undefined;
}

/** True when it is news to this page. */
export function login(jwt: string): boolean {
  const news = member !== jwt;
  member = jwt;
  if (keeps()) write(MEMBER_SEEN, "1");
  return news;
}

/** True when somebody was logged in. Shops may say "logged out" on every page, which must not make a new visitor. */
export function logout(): boolean {
  member = undefined;
  if (!read(MEMBER_SEEN)) return false;
  erase(MEMBER_SEEN);
  erase(TOKEN);
  write(LOGOUT, "1");
  return true;
}

/** True when that is another choice than before. Who agrees to less wipes what was kept, and who was known is to be forgotten. */
export function agree(mode: string): boolean {
  if (![OFF, ANONYMOUS, FULL].includes(mode)) throw TypeError(`consent: ${mode}`);
  if (mode === consent()) return false;
  const visitor = full() && (read(TOKEN) ?? "unknown");
  if (mode !== FULL) {
    member = undefined;
    wipe();
    if (visitor) write(FORGET, visitor);
  }
  choose(mode);
  return true;
}

/** Takes over the token that answers `asked`; false when a logout or a choice has overtaken that answer. */
export function learn(asked: Identity, token: string | undefined): boolean {
  const now = identity();
  if (asked.logout !== now?.logout || asked.forget !== now?.forget) return false;
  erase(LOGOUT);
  erase(FORGET);
  if (token && keeps()) write(TOKEN, token);
  return true;
}
