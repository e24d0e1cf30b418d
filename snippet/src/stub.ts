/** Stands in the shop's pages themselves, before the script line: takes calls until the core is there, and tells of a
 * visit that ends before. What it has told has the ids that the core would give it. */
import type { Call } from "./dangol";

declare global {
  interface Window {
    /** `q`, `t` and `r` are the stub's: what was called, when the page was opened, and what makes its ids its own. */
    dangol?: ((...call: Call) => void) & { q?: Call[]; t?: number; r?: string; ready?: true };
  }
}

const calls: Call[] = [];
const opened = Date.now();
const tail = Math.random().toString(36).slice(2);

if (!window.dangol) {
  window.dangol = (...call) => calls.push(call);
  Object.assign(window.dangol, { q: calls, t: opened, r: tail });
  // A page that is left has little time; the first look into the storage may take long, so it is taken before.
  let store: Storage | undefined;
  let choice: string | undefined;
  const look = (): void => {
    try {
      store = localStorage;
      choice = store["dg.c"] as string | undefined;
    } catch {} // blocked: then nothing is told
  };
  setTimeout(look);
  addEventListener("pagehide", () => {
    if (!store) look();
    const script = document.querySelector<HTMLScriptElement>("script[data-site]");
    if (!store || !script || window.dangol!.ready) return;
    const { site, consent = "full" } = script.dataset;
    if ((choice ?? (navigator.globalPrivacyControl ? "off" : consent)) !== "full") return;
    const view: Call = ["track", "page_view", { page_referrer: document.referrer }];
    const events = [view, ...calls].flatMap(([command, name, data], place) =>
      command === "track" ? { id: (opened + place).toString(36) + tail, name, at: opened + place, data } : [],
    );
    const body = { site, visitor: store["dg.v"] as unknown, sent: Date.now(), page: location.href, events };
    try {
      navigator.sendBeacon(new URL("events", script.src), JSON.stringify(body));
    } catch {} // what the page has given can't be told
  });
}
