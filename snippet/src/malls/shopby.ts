/** NHN Commerce Shopby, a single-page app: the global `sb` is emptied when a route is left, and filled when the shop's API
 * has answered for the next one. */
import { calls } from "./calls";
import type { Adapter, Fields } from "./source";

export const adapter: Adapter = (ear) => {
  const { say, loggedIn, get, list, lines, query } = ear;
  const less = (from: unknown, path: string): number => Number(get(from, path) ?? 0);
  const now = (price: unknown): number =>
    less(price, "salePrice") + less(price, "addPrice") - less(price, "immediateDiscountAmt") - less(price, "additionDiscountAmt|additionalDiscountAmt");
  const PRODUCT: Fields = {
    item_id: "baseInfo.productNo|productNo",
    item_name: "baseInfo.productName|productName",
    price: (product) => now(get(product, "price") ?? product),
    item_category: "categories.0.fullCategoryName",
    item_brand: "brand.name|brandName",
  };
  // A line is an option, in the product that it is one of.
  const LINE: Fields = {
    item_id: "option.productNo|product.productNo",
    item_name: "option.productName|product.productName",
    price: ({ option }: { option: unknown }) =>
      get(option, "price.buyPrice") ?? (get(option, "price.salePrice") ? now(get(option, "price")) : less(option, "price.buyAmt") / less(option, "orderCnt")),
    quantity: "option.orderCnt",
    item_brand: "product.brandName",
  } as Fields;
  const inCart = (cart: unknown): unknown[] =>
    list(get(cart, "deliveryGroups")).flatMap((group) =>
      list(get(group, "orderProducts")).flatMap((product) =>
        list(get(product, "orderProductOptions")).map((option) => ({ product, option })),
      ),
    );
  const inOrder = (order: unknown): unknown[] =>
    list(get(order, "orderOptionsGroupByPartner")).flatMap((partner) =>
      list(get(partner, "orderOptionsGroupByDelivery")).flatMap((delivery) => list(get(delivery, "orderOptions")).map((option) => ({ option }))),
    );

  // What was read stays in `sb` for a moment after its route was left, so an object is read once.
  const read = new WeakSet<object>();
  const fresh = (value: unknown): boolean => typeof value === "object" && !!value && !read.has(value) && !!read.add(value);

  calls(ear, /^https:\/\/[^/]*shop-api[^/]*\/cart(\?|$)/, ({ json }) => {
    const added = list(json).filter((line) => get(line, "orderCnt"));
    const [shown] = lines([get(window, "sb.product")], PRODUCT);
    const items = lines(added, { item_id: "productNo", quantity: "orderCnt" });
    say("add_to_cart", { items: items.map((line) => (String(get(line, "item_id")) === String(get(shown, "item_id")) ? { ...(shown as object), ...(line as object) } : line)) });
  });

  return () => {
    const sb = get(window, "sb");
    const { pathname } = location;
    const product = get(sb, "product");
    const cart = get(sb, "cart");
    const sheet = get(sb, "orderSheet");
    const order = get(sb, "order");
    const found = get(sb, "searchedProduct");
    if (get(product, "baseInfo.productNo") && fresh(product)) say("view_item", { items: lines([product], PRODUCT) });
    if (fresh(found)) {
      say("search", { search_term: query("keyword|keywords") });
      say("view_item_list", { item_category: get(sb, "currentCategory.label|currentCategory.categoryName|currentCategory.categoryNo"), items: lines(get(found, "items"), PRODUCT) });
    }
    if (get(cart, "deliveryGroups") && fresh(cart)) say("view_cart", { items: lines(inCart(cart), LINE) });
    if (fresh(sheet)) say("begin_checkout", { items: lines(inCart(sheet), LINE) });
    // The same object tells of an old order on the page of its details.
    if (/\/order\/confirm/.test(pathname) && !/fail/i.test(query("result")) && get(order, "orderNo") && fresh(order)) {
      const value = get(order, "lastOrderAmount.payAmt|firstOrderAmount.payAmt|lastOrderAmt.payAmt|firstOrderAmt.payAmt");
      say("purchase", { transaction_id: get(order, "orderNo"), value, items: lines(inOrder(order), LINE) });
    }
    if (/\/sign-up-confirm/.test(pathname)) say("sign_up", {});
    if (get(sb, "profile.memberNo|profile.memberId")) loggedIn(true);
    else if (/\/sign-in/.test(pathname)) loggedIn(false);
    const expected = /\/product-detail/.test(pathname) ? product : /\/cart$/.test(pathname) ? cart : /\/order\/confirm/.test(pathname) ? order : true;
    return !expected;
  };
};
