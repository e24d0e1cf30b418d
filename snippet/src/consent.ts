/** Whether we may send and store: what the shopper has chosen, else what the browser says for them, else what the shop has set. */
import { attempt } from "./guard";
import { preset } from "./script";
import { read, write } from "./storage";

const CHOICE = "dg.c";

/** A marketer looks at the shop through a signed link: its token, which the inspector keeps for the tab. */
export const preview = attempt(() => sessionStorage["dg.p"] as string | undefined);

/** off, anonymous or full; any other word counts as off. */
export let mode = read(CHOICE) ?? (navigator.globalPrivacyControl ? "off" : preset);

export const full = (): boolean => mode === "full";

export const anonymous = (): boolean => mode === "anonymous";

/** What happens may be stored in this browser. */
export const keeps = (): boolean => full() && !preview;

/** The shopper has said no, and has not just not been asked. */
export const refused = (): boolean => read(CHOICE) === "off";

export function choose(chosen: string): void {
  mode = chosen;
  write(CHOICE, chosen);
}
