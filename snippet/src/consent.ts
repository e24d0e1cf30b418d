/** Whether we may send and store: what the shopper has chosen, else what the browser says for them, else what the shop has set. */
import { attempt } from "./guard";
import { preset } from "./script";
import { erase, read, write } from "./storage";

const CHOICE = "dg.c";
const PREVIEW = "dg.p";

export const OFF = "off";
export const ANONYMOUS = "anonymous";
export const FULL = "full";

const usual = navigator.globalPrivacyControl ? OFF : preset;

/** What is none of the three words counts as off. */
export const consent = (): string => read(CHOICE) ?? usual;

export const full = (): boolean => consent() === FULL;

export const anonymous = (): boolean => consent() === ANONYMOUS;

export const allowed = (): boolean => full() || anonymous();

export function choose(mode: string): void {
  if (mode === usual) erase(CHOICE);
  else write(CHOICE, mode);
}

/** A marketer looks at the shop through a signed link: its token, which stays for the tab. */
export const preview = attempt(() => {
  const given = new URLSearchParams(location.search).get("dg_preview");
  if (given) sessionStorage[PREVIEW] = given;
  return sessionStorage[PREVIEW] as string | undefined;
});

/** What happens may be stored in this browser. */
export const keeps = (): boolean => full() && !preview;
