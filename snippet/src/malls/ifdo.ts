/** IFDO's variables, for shops that move over without tagging anew, and its functions, which are there even when its script
 * is not any more. */
import type { Adapter, Fields } from "./source";

const SIGNS = ["_NB_PM", "_NB_PC", "_NB_PD", "_NB_kwd", "_NB_ORD_NO", "_NB_JN"];
/** What `_NB_PM` says a page is, but for "b", an order that was placed. "x" is a payment button. */
const STEPS = new Map([
  ["u", "view_cart"],
  ["f", "begin_checkout"],
  ["w", "add_to_wishlist"],
]);
const NOTHING = (): void => undefined;

export const adapter: Adapter = ({ say, loggedIn, app, get, text, lines, wrap }) => {
  // PR is what the whole line costs.
  const LINE: Fields = {
    item_id: "PC|PN",
    item_name: "PN",
    price: (line) => Number(get(line, "PR")) / Math.max(1, Number(get(line, "AM") ?? 1)),
    quantity: "AM",
    item_category: "CT",
  };
  const SHOWN: Fields = {
    item_id: "_NB_PC|_NB_PD",
    item_name: "_NB_PD",
    price: () => get(window, parseFloat(variable("_NB_DAMT")) ? "_NB_DAMT" : "_NB_AMT"),
    item_category: "_NB_CT",
  };
  const variable = (name: string): string => text(get(window, name));

  const join = (what: unknown): void => {
    if (what === "join") say("sign_up", {});
    if (what === "withdraw") say("withdraw", {});
  };

  // A single-page app may leave variables standing: what has not changed is not told again.
  let before = "";
  const read = (): void => {
    const told = lines(get(window, "_NB_LO"), LINE);
    const now = JSON.stringify([SIGNS.map(variable), told]);
    if (now === before) return;
    before = now;
    const step = variable("_NB_PM");
    const word = variable("_NB_kwd");
    const value = get(window, "_NB_ORD_AMT");
    if (step === "b") say("purchase", { items: told, transaction_id: get(window, "_NB_ORD_NO"), value });
    else if (step) say(STEPS.get(step) ?? "", { items: told });
    else if (word) say("search", { search_term: word });
    else say("view_item", { items: lines([window], SHOWN) });
    join(variable("_NB_JN"));
  };

  const look = (): void => {
    const version = variable("_NB_APPVER");
    if (version) app(version);
    if ("_NB_ID" in window) loggedIn(!!get(window, "_NB_ID"));
    read();
    wrap(window, "_NB_CART_IN", ([category, id, name, quantity, price]) => {
      say("add_to_cart", { items: [{ item_id: id || name, item_name: name, item_category: category, quantity, price }] });
    });
    wrap(window, "_NB_PAGE", ([, , , what]) => {
      before = "";
      read();
      join(what);
    });
    wrap(window, "_NB_PAGE_EVENT", () => {
      before = "";
      read();
    });
  };

  for (const name of ["_NB_CART_IN", "_NB_PAGE", "_NB_PAGE_EVENT"]) if (!(name in window)) Reflect.set(window, name, NOTHING);
  return look;
};
