/** Who is at the browser. The server issues visitor tokens; the shop signs who its member is, on every page anew. */
import { anonymous, full, keeps, preview } from "./consent";
import { erase, read, wipe, write } from "./storage";

const TOKEN = "dg.v";
const MEMBER_SEEN = "dg.m";
/** What the collector has yet to hear of who left: a token to be forgotten, or that somebody has logged out. */
const PARTING = "dg.o";
const LOGGED_OUT = "1";

let member: string | undefined;

export interface Identity {
  visitor?: string | undefined;
  member?: string | undefined;
  preview?: string | undefined;
  anonymous?: true;
  logout?: true | "" | undefined;
  forget?: true;
}

export const parting = (): string | undefined => read(PARTING);

/** What a request says of who sends it, and of who `left`; undefined where nothing may be sent. */
export function identity(left: string | undefined): Identity | undefined {
  if (left! > LOGGED_OUT) return { visitor: left, forget: true };
  if (full()) return { visitor: read(TOKEN), member: here(), preview, logout: left && true };
  return anonymous() ? { anonymous: true } : undefined;
}

/** Nobody once a logout was heard anywhere in this browser: in another tab, or while this page was kept for going back. */
const here = (): string | undefined => (preview || read(MEMBER_SEEN) ? member : undefined);

/** True when it is news to this page. Without a token the one that is known is remembered, now that it may be. */
export function login(jwt = member): boolean {
  if (jwt && keeps()) write(MEMBER_SEEN, "1");
  return member !== (member = jwt);
}

/** True when somebody was logged in. Shops may say "logged out" on every page, which must not make a new visitor. */
export function logout(): boolean {
  member = undefined;
  if (!read(MEMBER_SEEN)) return false;
  erase(MEMBER_SEEN);
  erase(TOKEN);
  write(PARTING, LOGGED_OUT);
  return true;
}

/** Nothing is kept any longer; who was known is to be forgotten, as soon as the collector hears of it. */
export function withdraw(): void {
  const left = full() ? (read(TOKEN) ?? "unknown") : parting();
  member = undefined;
  wipe();
  if (left) write(PARTING, left);
}

/** Takes over the token that answers a request which said `left`; false when a logout or a choice has overtaken the answer. */
export function learn(left: string | undefined, token: string | undefined): boolean {
  if (left !== parting()) return false;
  erase(PARTING);
  if (token && keeps()) write(TOKEN, token);
  return true;
}
