/** The script element that we came from: where the server is, and for which site. */

const script = document.currentScript as HTMLScriptElement | null;

export const site = script?.dataset.site ?? "";

/** All addresses are taken from the script's own, so a shop may serve dangol under a path of its own site. */
export const base = script ? new URL(".", script.src).href : "";
