/** The script element that we came from: where the server is, for which site, and what the shop has set on it. */

const script = document.currentScript as HTMLScriptElement | null;

export const { site, consent: preset = "full" }: DOMStringMap = script?.dataset ?? {};

/** All addresses are taken from the script's own, so a shop may serve dangol under a path of its own site. */
export const base = script?.src.replace(/[^/]+$/, "") ?? "";
