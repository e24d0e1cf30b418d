/** Who is at the browser. The server issues visitor tokens; the shop signs who its member is, on every page anew. */
import { erase, read, write } from "./storage";

const TOKEN = "dg.v";
const LOGOUT = "dg.o";
const MEMBER_SEEN = "dg.m";

let member: string | undefined;

export interface Identity {
  visitor?: string | undefined;
  member?: string | undefined;
  logout?: true | undefined;
}

export function identity(): Identity {
  return { visitor: read(TOKEN), member, logout: read(LOGOUT) ? true : undefined };
}

/** True when it is news to this page. */
export function login(jwt: string): boolean {
  const news = member !== jwt;
  member = jwt;
  write(MEMBER_SEEN, "1");
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

/** Takes over the token that answers `asked`; false when a logout has overtaken that answer. */
export function learn(asked: Identity, token: string | undefined): boolean {
  if (asked.logout !== identity().logout) return false;
  erase(LOGOUT);
  if (token) write(TOKEN, token);
  return true;
}
