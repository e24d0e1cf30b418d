/** What travels between the browser and the collector; docs/architecture.md is the contract. */

export type Data = Record<string, unknown>;

/** An event as the outbox keeps it; `page` is the address it happened on. */
export interface Kept {
  id: string;
  name: string;
  at: number;
  data: Data;
  page: string;
}

/** Text, or `[element, attributes, ...children]`. */
export type Node = string | [string, Record<string, string>, ...Node[]];

export type Slot = "corner" | "dialog" | "bar" | "inline";

/** How long a shopper puts a widget off for. */
export type Choice = "session" | "1h" | "1d" | "7d" | "30d" | "never";

/** One widget to show now. `delay` is in seconds; `at` is a selector, for the inline slot only. */
export interface Show {
  campaign: string;
  exposure: string;
  widget: string;
  slot: Slot;
  at?: string;
  delay?: number;
  later?: Choice[];
  lang?: string;
  label?: string;
  style?: string;
  tree: Node;
}

export interface Answer {
  visitor?: string;
  show?: Show[];
}
