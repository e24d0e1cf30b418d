/** Imweb tells nothing by itself, but its pages call their trackers: FB_PIXEL first of all, which is defined late. */
import type { Adapter } from "./source";

const DONE = /^\/shop_(payment_complete|order_done)/;

export const adapter: Adapter = ({ say, get, text, query, wrap }) => {
  const meta = (property: string): string =>
    text(document.querySelector<HTMLMetaElement>(`meta[property="${property}"]`)?.content);
  /** The product of the page; a board's posts have an `idx` too, and a mode to be looked at in. */
  const shown = (): { item_id: string; item_name: string; price: string } => ({
    item_id: query("bmode") ? "" : query("idx"),
    item_name: meta("og:title"),
    price: meta("product:price:amount"),
  });
  const product = (id: unknown, price: unknown, quantity: unknown): object =>
    text(id) === query("idx") ? { ...shown(), price: price ?? shown().price, quantity } : { item_id: id, price, quantity };
  let paid: unknown;
  let order = query("order_no");

  const tellOrder = (): void => {
    // A payment button, such as Naver Pay's, also calls Purchase: an order is one where its payment is complete.
    if (!DONE.test(location.pathname) || (query("rk") || "S") !== "S") return;
    say("purchase", { transaction_id: order, value: paid });
  };

  const listenTo = (pixel: unknown): void => {
    wrap(pixel, "AddToCart", ([id, price, _currency, quantity]) => {
      say("add_to_cart", { items: [product(id, price, quantity)] });
    });
    wrap(pixel, "AddToWishlist", () => say("add_to_wishlist", { items: [shown()] }));
    wrap(pixel, "CompleteRegistration", () => say("sign_up", {}));
    wrap(pixel, "Purchase", ([value]) => {
      paid = value;
      tellOrder();
    });
  };

  // Defined by a script that comes later than ours: its first calls follow in the same breath.
  for (const name of ["FB_PIXEL", "CHANNEL_TRACE"]) {
    if (name in window) continue;
    let value: unknown;
    Object.defineProperty(window, name, {
      configurable: true,
      enumerable: true,
      get: () => value,
      set(given: unknown) {
        value = given;
        look();
      },
    });
  }

  function look(): void {
    listenTo(get(window, "FB_PIXEL"));
    const trace = get(window, "CHANNEL_TRACE");
    wrap(trace, "CompleteJoin", () => say("sign_up", {}));
    wrap(trace, "AddOrder", ([code]) => {
      order ||= text(code);
      tellOrder();
    });
    if (query("idx")) say("view_item", { items: [shown()] });
    if (/^\/shop_payment\/?$/.test(location.pathname)) say("begin_checkout", {});
    tellOrder();
  }

  return look;
};
