/** GA4's and Tag Manager's `dataLayer`: array pushes and gtag's arguments, those before this script came and those after.
 * Also the form of Universal Analytics, which older set-ups still push.
 * https://developers.google.com/analytics/devguides/collection/ga4/ecommerce */
import type { Adapter, Fields } from "./source";

const OLD_NAMES = {
  detail: "view_item",
  impressions: "view_item_list",
  add: "add_to_cart",
  remove: "remove_from_cart",
  checkout: "begin_checkout",
  purchase: "purchase",
  refund: "refund",
};
const CATEGORIES = ["item_category|category", "item_category2", "item_category3", "item_category4", "item_category5"];
const MOST_ENTRIES = 300; // as many as Tag Manager keeps

export const adapter: Adapter = ({ say, attempt, get, text, lines, wrap }) => {
  const FIELDS: Fields = {
    item_id: "item_id|id|item_name|name",
    item_name: "item_name|name",
    price: "price",
    quantity: "quantity",
    item_category: (raw) => CATEGORIES.map((path) => text(get(raw, path))).filter(Boolean).join(" > "),
    item_brand: "item_brand|brand",
  };
  const read = new WeakSet<object>();
  let layer: unknown;
  // Tag Manager merges what is pushed: an event may come after its products, and null clears them.
  let ecommerce: unknown;

  const tell = (name: unknown, told: unknown, entry: unknown): void =>
    say(name === "view_search_results" ? "search" : text(name), {
      items: lines(get(told, "items|products"), FIELDS),
      value: get(told, "value|actionField.revenue"),
      transaction_id: get(told, "transaction_id|actionField.id"),
      search_term: get(entry, "search_term"),
    });

  const hear = (entry: unknown): void => {
    if (typeof entry !== "object" || !entry) return;
    read.add(entry);
    if (get(entry, "0") === "event") return tell(get(entry, "1"), get(entry, "2"), get(entry, "2"));
    const given = get(entry, "ecommerce");
    if (given || attempt(() => Object.hasOwn(entry, "ecommerce"))) ecommerce = given;
    for (const [old, name] of Object.entries(OLD_NAMES)) {
      const told = get(given, old);
      if (told) tell(name, Array.isArray(told) ? { products: told } : told, entry);
    }
    tell(get(entry, "event"), get(entry, "items") ? entry : ecommerce, entry);
  };

  return () => {
    const now = get(window, "dataLayer");
    if (!Array.isArray(now)) return;
    if (now !== layer) wrap((layer = now), "push", (pushed) => pushed.forEach(hear));
    for (const entry of now.slice(-MOST_ENTRIES)) if (!read.has(entry as object)) hear(entry);
  };
};
