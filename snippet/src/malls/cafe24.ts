/** Cafe24: globals of its product, cart and order pages, and the requests that its buttons make. What a product's category
 * is called stands nowhere, so categories are Cafe24's numbers, the same on product, cart and list. */
import { calls, type Call } from "./calls";
import type { Adapter, Fields } from "./source";

const REQUESTS = /\/exec\/front\/(order\/basket|product\/wishlist)\//i;

export const adapter: Adapter = (ear) => {
  const { say, loggedIn, get, text, lines, query } = ear;

  const price = (regular: string, sale: string) => (raw: unknown) => get(raw, Number(get(raw, sale)) > 0 ? sale : regular);
  const FIELDS: Fields = {
    item_id: "product_no",
    item_name: "product_name",
    price: price("product_price", "product_sale_price"),
    quantity: "quantity|product_qty",
    item_category: "main_cate_no|category_no_3|category_no_2",
  };
  const SHOWN: Fields = { ...FIELDS, item_id: "iProductNo", quantity: "", item_category: "iCategoryNo" };
  const IN_API: Fields = { ...FIELDS, price: price("price", "discount_price") };

  /** The product of the page, where the request is about that one; else all that is known is its number. */
  const products = ({ sent }: Call, quantity?: unknown): unknown[] => {
    const id = sent.get("product_no");
    const [shown] = lines([window], SHOWN);
    const other = id && id !== text(get(shown, "item_id"));
    return [{ ...(other ? { item_id: id, item_category: sent.get("main_cate_no") } : (shown as object)), quantity }];
  };

  calls(ear, REQUESTS, (call) => {
    const { url, sent, answer } = call;
    const command = sent.get("command");
    const result = get(answer, "result");
    if (/wishlist/i.test(url)) {
      if (result !== "SUCCESS") return;
      say(command === "del" ? "remove_from_wishlist" : "add_to_wishlist", { items: products(call) });
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
      const items = get(told, "items");
      if (!failure && Array.isArray(items)) say("view_cart", { items: lines(items, IN_API) });
    });
  };

  const tellOrder = (): void => {
    const order = get(window, "EC_FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA|CAFE24.FRONT_EXTERNAL_SCRIPT_VARIABLE_DATA");
    const items = lines(get(order, "order_product"), FIELDS);
    // Nothing is paid yet where the money is to be transferred: then the order is worth its products.
    const value = Number(get(order, "payed_amount")) || undefined;
    say("purchase", { transaction_id: get(order, "order_id"), value, items });
  };

  return () => {
    const role = text(document.querySelector<HTMLMetaElement>("meta[name=path_role]")?.content);
    const { pathname } = location;
    const isOn = (roles: RegExp, paths: RegExp): boolean => (role ? roles.test(role) : paths.test(pathname));
    const basket = get(window, "aBasketProductData");
    const form = get(window, "aBasketProductOrderData");

    if (isOn(/^PRODUCT_DETAIL$/, /\/product\/(detail\.html|[^/]+\/\d+)/)) {
      say("view_item", { items: lines([window], SHOWN) });
    } else if (isOn(/^PRODUCT_LIST$/, /^(\/shop\d+)?\/category\/|\/product\/list/)) {
      say("view_item_list", { item_category: query("cate_no") || get(window, "iCategoryNo") });
    } else if (isOn(/SEARCH/, /\/product\/search/)) {
      say("search", { search_term: query("keyword") });
    } else if (isOn(/ORDERFORM/, /\/order\/orderform/)) {
      say("begin_checkout", { items: lines(form, FIELDS) });
    }
    if (Array.isArray(basket) && isOn(/BASKET/, /\/order\/basket/)) say("view_cart", { items: lines(basket, FIELDS) });
    else askForCart();
    if (/\/order\/order_result/.test(pathname)) tellOrder();
    if (/\/member\/join_result/.test(pathname)) say("sign_up", {});
    if (document.querySelector(".xans-layout-statelogon:not(.displaynone)")) loggedIn(true);
    else if (document.querySelector(".xans-layout-statelogoff:not(.displaynone)")) loggedIn(false);
  };
};
