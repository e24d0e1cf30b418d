/** Whether the page tells by itself what it shows: then malls.js reads it. */
import { load } from "./chunks";
import { anonymous, full } from "./consent";
import { warn } from "./guard";
import type { Link, Malls } from "./link";
import type { Data } from "./wire";

/** How globals of malls and tag managers begin: of Shopby, Cafe24, Imweb, IFDO, Google, Naver and Meta; and Godomall's
 * addresses. malls.js looks closer. */
const NAMES = /\b(sb\b|Shopby|EC_F|CAFE|iProd|FB_P|SITE_S|_NB_|dataL|wcs|fbq)|\.php$/;
const MARKS = "[type$='ld+json'],[data-dangol]";

/** A tag manager may come after the load: so often, and so far apart, the page is looked at again. */
const TRIES = 3;
const LATER = 2_000;

/** What the page itself has said since it was last turned; it goes before what is read from the mall. */
export const explicit: [name: string, data: Data][] = [];

let silent = true;

/** Resolves when all has been said that the page shows now. */
export async function readMall(link: Link, tries = TRIES): Promise<void> {
  if (!silent || !(full() || anonymous())) return;
  if (NAMES.test([...Object.keys(window), location.pathname].join()) || document.querySelector(MARKS)) {
    silent = false;
    await load<Malls>("malls")
      .then((malls) => malls.start(link, explicit))
      .catch(warn);
  } else if (tries) setTimeout(readMall, LATER, link, tries - 1);
}
