/** What a page tells search engines: schema.org in JSON-LD (https://schema.org/Product). The last resort for what a page shows. */
import type { Adapter, Fields } from "./source";

const LONGEST = 200_000;
const MOST_NODES = 500;
const SEARCHED = "q|query|keyword|keywords|search|search_term|s";

export const adapter: Adapter = ({ say, attempt, get, text, list, lines, query }) => {
  const many = (value: unknown): unknown[] => (Array.isArray(value) ? list(value) : value ? [value] : []);
  const is = (node: unknown, types: RegExp): boolean =>
    many(get(node, "@type")).some((type) => types.test(text(type).replace(/.*[/:#]/, "")));
  const name = (value: unknown): string => text(get(value, "name") ?? value);

  /** All nodes that stand for themselves: not the products that another one is said to be related to. */
  const nodes = (value: unknown): unknown[] => {
    const found: unknown[] = [];
    for (const waiting = many(value); waiting.length && found.length < MOST_NODES; ) {
      const node = waiting.shift();
      found.push(node);
      const inside = [many(node).filter((each) => each !== node), many(get(node, "@graph")), many(get(node, "mainEntity"))];
      waiting.push(...inside.flat());
    }
    return found;
  };

  let category = "";
  const FIELDS: Fields = {
    item_id: "sku|productID|productGroupID|mpn|gtin13|gtin|@id|url",
    item_name: "name",
    price: (product) => {
      const [offer] = many(get(product, "offers|hasVariant.0.offers|hasVariant.offers"));
      return get(offer, "price|lowPrice|priceSpecification.price|priceSpecification.0.price|offers.0.price");
    },
    item_category: (product) => name(get(product, "category")) || category,
    item_brand: (product) => name(get(product, "brand|brand.0")),
  };

  const trail = (all: unknown[], last: string): string =>
    all
      .filter((node) => is(node, /^BreadcrumbList$/))
      .slice(0, 1)
      .flatMap((node) => list(get(node, "itemListElement")))
      .map((step) => text(get(step, "name|item.name")))
      .filter((step) => step && step !== last && !/^(home|main|홈|메인)$/i.test(step))
      .join(" > ");

  const parts = (node: unknown): unknown[] => list(get(node, "itemListElement")).map((entry) => get(entry, "item") ?? entry);

  const tell = (all: unknown[]): void => {
    const products = all.filter((node) => is(node, /^(Product|ProductGroup|ProductModel|IndividualProduct)$/));
    const [shelf] = all.filter((node) => is(node, /^ItemList$/));
    category = trail(all, products.length === 1 ? name(products[0]) : "");
    if (all.some((node) => is(node, /^SearchResultsPage$/))) say("search", { search_term: query(SEARCHED) });
    if (products.length === 1) say("view_item", { items: lines(products, FIELDS) });
    else if (shelf || products.length) {
      const items = lines(shelf ? parts(shelf) : products, FIELDS);
      say("view_item_list", { items, item_category: category || name(get(shelf, "name")) });
    }
  };

  let before = "";
  return () => {
    const scripts = document.querySelectorAll("script[type='application/ld+json']");
    const texts = Array.from(scripts, (script) => script.textContent ?? "");
    const now = texts.join("\n");
    if (now === before || now.length > LONGEST) return;
    before = now;
    tell(texts.flatMap((said) => nodes(attempt(() => JSON.parse(said) as unknown))));
  };
};
