/** NHN Commerce Shopby, a single-page app: the global `sb` is emptied when a route is left, and filled when the shop's API
 * has answered for the next one. */
import { calls } from "./calls";
import type { Adapter, Fields } from "./source";

const CART_API = /^https:\/\/[^/]*shop-api[^/]*\/cart(\?|$)/;
const PAID = "lastOrderAmount.payAmt|firstOrderAmount.payAmt|lastOrderAmt.payAmt|firstOrderAmt.payAmt";
const CATEGORY = "currentCategory.label|currentCategory.categoryName|currentCategory.categoryNo";

export const adapter: Adapter = (ear) => {
  const { say, loggedIn, get, text, list, lines, query } = ear;
  const number = (from: unknown, path: string): number => Number(get(from, path) ?? 0);

  const unit = (price: unknown): number =>
    number(price, "salePrice") +
    number(price, "addPrice") -
    number(price, "immediateDiscountAmt") -
    number(price, "additionDiscountAmt|additionalDiscountAmt");
  const PRODUCT: Fields = {
    item_id: "baseInfo.productNo|productNo",
    item_name: "baseInfo.productName|productName",
    price: (product) => unit(get(product, "price") ?? product),
    item_category: "categories.0.fullCategoryName",
    item_brand: "brand.name|brandName",
  };

  // A line is an option in the product that it is one of; `buyAmt` is what the whole line costs.
  const LINE: Fields = {
    item_id: "option.productNo|product.productNo",
    item_name: "option.productName|product.productName",
    price: (line) => {
      const price = get(line, "option.price");
      if (get(price, "salePrice")) return unit(price);
      return get(price, "buyPrice") ?? number(price, "buyAmt") / number(line, "option.orderCnt");
    },
    quantity: "option.orderCnt",
    item_brand: "product.brandName",
  };
  /** All lines of a cart or order sheet, and of an order. */
  const below = (from: unknown, ...names: string[]): unknown[] =>
    names.reduce((all, name) => all.flatMap((each) => list(get(each, name))), [from]);
  const inCart = (cart: unknown): unknown[] =>
    below(cart, "deliveryGroups", "orderProducts").flatMap((product) =>
      below(product, "orderProductOptions").map((option) => ({ product, option })),
    );
  const inOrder = (order: unknown): unknown[] =>
    below(order, "orderOptionsGroupByPartner", "orderOptionsGroupByDelivery", "orderOptions").map((option) => ({ option }));

  // What was read stays in `sb` for a moment after its route was left, so an object is read once.
  const read = new WeakSet<object>();
  const fresh = (value: unknown): boolean => typeof value === "object" && !!value && !read.has(value) && !!read.add(value);

  calls(ear, CART_API, ({ json }) => {
    const [shown] = lines([get(window, "sb.product")], PRODUCT);
    const items = lines(json, { item_id: "productNo", quantity: "orderCnt" }).map((line) =>
      text(get(line, "item_id")) === text(get(shown, "item_id")) ? { ...(shown as object), ...(line as object) } : line,
    );
    say("add_to_cart", { items });
  });

  const tellList = (found: unknown, category: unknown): void => {
    say("search", { search_term: query("keyword|keywords") });
    say("view_item_list", { item_category: category, items: lines(get(found, "items"), PRODUCT) });
  };

  return () => {
    const sb = get(window, "sb");
    const [product, cart, sheet, order] = ["product", "cart", "orderSheet", "order"].map((name) => get(sb, name));
    const on = (path: RegExp): boolean => path.test(location.pathname);

    if (get(product, "baseInfo.productNo") && fresh(product)) say("view_item", { items: lines([product], PRODUCT) });
    if (fresh(get(sb, "searchedProduct"))) tellList(get(sb, "searchedProduct"), get(sb, CATEGORY));
    if (get(cart, "deliveryGroups") && fresh(cart)) say("view_cart", { items: lines(inCart(cart), LINE) });
    if (fresh(sheet)) say("begin_checkout", { items: lines(inCart(sheet), LINE) });
    // The same object tells of an old order on the page of its details.
    if (on(/\/order\/confirm/) && !/fail/i.test(query("result")) && get(order, "orderNo") && fresh(order)) {
      say("purchase", { transaction_id: get(order, "orderNo"), value: get(order, PAID), items: lines(inOrder(order), LINE) });
    }
    if (on(/\/sign-up-confirm/)) say("sign_up", {});
    if (get(sb, "profile.memberNo|profile.memberId")) loggedIn(true);
    else if (on(/\/sign-in/)) loggedIn(false);
    return (on(/\/product-detail/) && !product) || (on(/\/cart$/) && !cart) || (on(/\/order\/confirm/) && !order);
  };
};
