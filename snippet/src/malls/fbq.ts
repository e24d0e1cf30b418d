/** Meta's pixel: `fbq('track', name, …)`. It knows no order numbers, so purchases count only where the shop adds one. */
import type { Adapter } from "./source";

const NAMES: Record<string, string> = {
  ViewContent: "view_item",
  Search: "search",
  AddToWishlist: "add_to_wishlist",
  AddToCart: "add_to_cart",
  InitiateCheckout: "begin_checkout",
  Purchase: "purchase",
  CompleteRegistration: "sign_up",
};

export const adapter: Adapter = ({ say, get, text, list, lines, wrap }) => {
  const hear = (args: unknown): void => {
    const name = NAMES[text(get(args, "1"))];
    const told = get(args, "2");
    if (get(args, "0") !== "track" || !name) return;
    const contents = lines(get(told, "contents"), { item_id: "id", quantity: "quantity", price: "item_price", item_name: "title" });
    const ids = list([get(told, "content_ids")].flat()).map((id) => ({ item_id: id, item_name: get(told, "content_name") }));
    say(name, {
      items: contents.length ? contents : ids,
      value: get(told, "value"),
      transaction_id: get(told, "order_id|transaction_id"),
      search_term: get(told, "search_string"),
    });
  };

  // Calls made before Meta's script came wait in a queue.
  list(get(window, "fbq.queue")).forEach(hear);
  return () => wrap(window, "fbq", hear);
};
