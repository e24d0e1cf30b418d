/** What the chooser and its adapters know of each other. All that an adapter needs is handed to it, so that
 * each is one small file of its own. */

/** An event as a source tells it, in the names of GA4 and whatever types it has. */
export interface Told {
  items?: unknown[];
  value?: unknown;
  transaction_id?: unknown;
  search_term?: unknown;
  item_category?: unknown;
}

/** Where a product line has the fields of GA4: a path for `get`, or what finds it. */
export type Fields = Partial<Record<Field, string | ((raw: unknown) => unknown)>>;
type Field = "item_id" | "item_name" | "price" | "quantity" | "item_category" | "item_brand";

export type Heard = (args: unknown[], self: unknown, result: unknown) => void;

export interface Ear {
  say(name: string, told: Told): void;
  /** A page that shows whether somebody is logged in; becomes `login` where that has changed. */
  loggedIn(is: boolean): void;
  /** The page runs inside the shop's own app. */
  app(version: string): void;

  attempt<T>(f: () => T): T | undefined;
  get(from: unknown, paths: string): unknown;
  text(value: unknown): string;
  list(value: unknown): unknown[];
  lines(products: unknown, fields: Fields): unknown[];
  /** The value of a query parameter of the page; of alternatives, separated by |, the first that has one. */
  query(names: string): string;
  /** Calls `heard` after each call of `owner[name]`, whose result and exceptions stay the page's. */
  wrap(owner: unknown, name: string, heard: Heard): void;
}

/** Reads what the page shows now; called again and again, so what was told may be told again. True while the page is
 * known to say more in a moment. */
export type Look = () => boolean | void;

export type Adapter = (ear: Ear) => Look;
