/** Cafe24: globals of its product, cart and order pages, and the requests that its buttons make. What a product's category
 * is called stands nowhere, so categories are Cafe24's numbers, the same on product, cart and list. */
import { calls, type Call } from "./calls";
import type { Adapter, Fields } from "./source";

export const adapter: Adapter = (ear) => {
  const { say, loggedIn, get, text, lines, query } = ear;
  const price = (regular: string, sale: string) => (raw: unknown) => (Number(get(raw, sale)) > 0 ? get(raw, sale) : get(raw, regular));
  const FIELDS: Fields = {
    item_id: "product_no",
    item_name: "product_name",
    price: price("product_price", "product_sale_price"),
    quantity: "quantity|product_qty",
    item_category: "main_cate_no|category_no_3|category_no_2",
  };
  const SHOWN: Fields = {
    item_id: "iProductNo",
    item_name: "product_name",
    price: price("product_price", "product_sale_price"),
    item_category: "iCategoryNo",
  };
  const role = (): string => text(document.querySelector<HTMLMetaElement>("meta[name=path_role]")?.content);
  const isOn = (roles: RegExp, path: RegExp): boolean => (role() ? roles.test(role()) : path.test(location.pathname));

  /** The product of the page, where the request is about that one; else all that is known is its number. */
  const products = ({ sent }: Call, quantity?: unknown): unknown[] => {
    const id = sent.get("product_no");
    const [shown] = lines([window], SHOWN);
    const known = id && id !== text(get(shown, "item_id")) ? { item_id: id, item_category: sent.get("main_cate_no") } : shown;
    return [{ ...(known as object), quantity }];
  };

  calls(ear, /\/exec\/front\/(order\/basket|product\/wishlist)\//i, (call) => {
    const { url, sent, answer } = call;
    const command = sent.get("command");
    const result = get(answer, "result");
    if (/wishlist/i.test(url)) {
      if (result === "SUCCESS") say(command === "del" ? "remove_from_wishlist" : "add_to_wishlist", { items: products(call) });
    } else if (command === "add" && !(Number(result) < 0)) {
      // Each chosen variant is `<quantity>||<variant>`.
      const chosen = sent.getAll("selected_item[]").reduce((sum, variant) => sum + (parseInt(variant) || 0), 0);
      say("add_to_cart", { items: products(call, chosen || sent.get("quantity")) });
    }
  });

  // Where an app of the shop has opened the front API, the cart can be read on every page.
  let asked = false;
  const askForCart = (): void => {
    const api = get(window, "CAFE24API");
    const ask = get(api, "getCartItemList");
    if (asked || typeof ask !== "function") return;
    asked = true;
    ask.call(api, (failure: unknown, told: unknown) => {
      if (!failure && Array.isArray(get(told, "items"))) say("view_cart", { items: lines(get(told, "items"), { ...FIELDS, price: price("price", "discount_price") }) });
    });
  };

  return () => {
    const basket = get(window, "aBasketProductData");
    const form = get(window, "aBasketProductOrderData");
    const order = get(window, "EC_FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA|CAFE24.FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA");
    if (isOn(/^PRODUCT_DETAIL$/, /\/product\/(detail\.html|[^/]+\/\d+)/)) say("view_item", { items: lines([window], SHOWN) });
    if (isOn(/^PRODUCT_LIST$/, /^(\/shop\d+)?\/category\/|\/product\/list/)) say("view_item_list", { item_category: query("cate_no") || get(window, "iCategoryNo") });
    if (isOn(/SEARCH/, /\/product\/search/)) say("search", { search_term: query("keyword") });
    if (isOn(/BASKET/, /\/order\/basket/)) {
      if (Array.isArray(basket)) say("view_cart", { items: lines(basket, FIELDS) });
    } else askForCart();
    if (isOn(/ORDERFORM/, /\/order\/orderform/)) say("begin_checkout", { items: lines(form, FIELDS) });
    if (/\/order\/order_result/.test(location.pathname)) {
      const paid = Number(get(order, "payed_amount"));
      // Nothing is paid yet where the money is to be transferred: then the order is worth its products.
      say("purchase", { transaction_id: get(order, "order_id"), value: paid > 0 ? paid : undefined, items: lines(get(order, "order_product"), FIELDS) });
    }
    if (/\/member\/join_result/.test(location.pathname)) say("sign_up", {});
    for (const [state, is] of [["logon", true], ["logoff", false]] as const) {
      if (document.querySelector(`.xans-layout-state${state}:not(.displaynone)`)) loggedIn(is);
    }
  };
};
