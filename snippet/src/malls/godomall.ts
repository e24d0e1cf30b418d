/** Godomall, and every other mall that has nothing to read: hidden elements that the skin writes, as docs/install.md gives them.
 * Without them the product, its list and searches are read from Godomall's addresses and forms. */
import { calls } from "./calls";
import type { Adapter } from "./source";

export const adapter: Adapter = (ear) => {
  const { say, text, query } = ear;
  const at = (path: string): boolean => location.pathname.endsWith(path);
  const field = (name: string): string =>
    text(document.querySelector<HTMLInputElement>(`#frmView [name="${name}"]`)?.value);
  const meta = (property: string): string =>
    text(document.querySelector<HTMLMetaElement>(`meta[property="${property}"]`)?.content);
  const line = ({ itemId, itemName, price, quantity, itemCategory, itemBrand }: DOMStringMap): object => ({
    item_id: itemId,
    item_name: itemName,
    price,
    quantity,
    item_category: itemCategory,
    item_brand: itemBrand,
  });
  const shown = (): object => ({
    item_id: query("goodsNo"),
    item_name: meta("og:title"),
    price: field("set_goods_price") || meta("product:price:amount"),
  });

  calls(ear, /\/order\/cart_ps\.php/, ({ sent }) => {
    // "d" orders at once, past the cart.
    if (sent.get("mode") !== "cartIn" || sent.get("cartMode") === "d") return;
    const counts = sent.getAll("goodsCnt[]");
    const product = (id: string): object => (id === query("goodsNo") ? shown() : { item_id: id });
    const items = sent.getAll("goodsNo[]").map((id, number) => ({ ...product(id), quantity: counts[number] }));
    say("add_to_cart", { items });
  });

  return () => {
    for (const marked of document.querySelectorAll<HTMLElement>("[data-dangol]")) {
      const { dangol = "", value, transactionId, searchTerm, itemCategory } = marked.dataset;
      const items = [...marked.querySelectorAll<HTMLElement>("[data-item-id]")].map((each) => line(each.dataset));
      say(dangol, { items, value, transaction_id: transactionId, search_term: searchTerm, item_category: itemCategory });
    }
    if (at("/goods/goods_view.php")) say("view_item", { items: [shown()] });
    if (at("/goods/goods_list.php")) say("view_item_list", { item_category: query("cateCd") });
    if (at("/goods/goods_search.php")) say("search", { search_term: query("keyword") });
    if (at("/order/order.php")) say("begin_checkout", {});
    if (at("/member/join_ok.php")) say("sign_up", {});
  };
};
