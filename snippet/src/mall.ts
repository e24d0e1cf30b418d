/** Whether the page tells by itself what it shows: then malls.js reads it. */
import { fetchModule } from "./chunks";
import type { Explicit, Link, Malls } from "./link";

/** Globals of malls and tag managers. */
const GLOBALS = /^(dataLayer|sb|EC_FRONT_|CAFE24|_NB_|FB_PIXEL|gd_)/;
/** Structured data, and Godomall's skins. */
const MARKS = "[type$='ld+json'],[class*=goods_]";

const speaks = (): boolean => Object.keys(window).some((name) => GLOBALS.test(name)) || !!document.querySelector(MARKS);

/** Undefined while there is nothing to be read. */
export function readMall(link: Link, explicit: Explicit): Promise<void> | undefined {
  return speaks() ? fetchModule("malls").then((module) => (module as Malls).start(link, explicit)) : undefined;
}
