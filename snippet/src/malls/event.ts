/** From what a source tells to what may be sent: the fields an event has, of the types the collector takes, and no others.
 * So nothing that a mall says of a member can slip through. */
import type { Data } from "../wire";
import { amount, get, list, text } from "./reading";
import type { Told } from "./source";

/** What an event of a name must have to mean something, and whether it tells how the page is, something that a shopper
 * did, or what happens once only. */
const NAMES: Record<string, [needs: string, kind: Kind]> = {
  view_item: ["items", "page"],
  view_item_list: ["item_category|items", "page"],
  search: ["search_term", "page"],
  view_cart: ["", "page"],
  begin_checkout: ["", "page"],
  add_to_cart: ["items", "act"],
  remove_from_cart: ["items", "act"],
  add_to_wishlist: ["items", "act"],
  remove_from_wishlist: ["items", "act"],
  login: ["", "act"],
  purchase: ["transaction_id", "once"],
  refund: ["transaction_id", "once"],
  sign_up: ["", "once"],
  withdraw: ["", "once"],
};

export type Kind = "page" | "act" | "once";

/** `key` is what makes an event one of a kind within its name. */
export interface Claim {
  name: string;
  kind: Kind;
  key: string;
  data: Data;
}

type Item = Record<string, string | number>;

/** What payment buttons make up for an order that has not been placed. */
const BUTTON = /^NPAY/i;
/** Half of what the outbox takes of one event. */
const MOST_CHARACTERS = 9_000;

/** Undefined for what is no event of a shop, or says too little to be one. */
export function claim(name: string, told: Told): Claim | undefined {
  const [needs, kind] = (Object.hasOwn(NAMES, name) && NAMES[name]) || [];
  if (needs === undefined || kind === undefined) return undefined;
  const all = list(told.items).map(item).filter((line) => line.item_id);
  const order = kind === "once" ? text(told.transaction_id) : "";
  const data = known({
    items: fitting(all),
    value: amount(told.value),
    transaction_id: order,
    search_term: name === "search" ? text(told.search_term) : "",
    item_category: name === "view_item_list" ? text(told.item_category) || common(all) : "",
  });
  if (name === "view_cart") data.items ??= [];
  if ((needs && !get(data, needs)) || BUTTON.test(order)) return undefined;
  if (name === "purchase" && !get(data, "value|items")) return undefined;
  const key = order || data.search_term || all.map((line) => `${line.item_id}*${line.quantity ?? 1}`).join();
  return { name, kind, key: String(key), data };
}

function item(raw: unknown): Item {
  const quantity = Math.floor(amount(get(raw, "quantity")) ?? 0);
  const texts = ["item_id", "item_name", "item_category", "item_brand"].map((name) => [name, text(get(raw, name))]);
  const price = amount(get(raw, "price"));
  return known({ ...Object.fromEntries(texts), price, quantity: quantity > 0 ? quantity : undefined }) as Item;
}

/** What is known of a thing. */
function known(fields: Data): Data {
  const says = (value: unknown): boolean => value !== undefined && get(value, "length") !== 0;
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => says(value)));
}

/** As many lines as may travel. */
function fitting(items: Item[]): Item[] {
  return JSON.stringify(items).length > MOST_CHARACTERS ? fitting(items.slice(0, items.length >> 1)) : items;
}

/** The category that all lines of a list share: then that is what the list is of. */
function common(items: Item[]): string {
  const [first, ...rest] = new Set(items.map((line) => line.item_category));
  return rest.length ? "" : String(first ?? "");
}
