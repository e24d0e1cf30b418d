/** What travels between the browser and the collector; docs/architecture.md is the contract. */

export type Data = Record<string, unknown>;

/** An event as the outbox keeps it. */
export interface Kept {
  id: string;
  name: string;
  at: number;
  data: Data;
}

/** Text, or `[element, attributes, ...children]`. */
export type Node = string | [string, Record<string, string>, ...Node[]];

export type Slot = "corner" | "dialog" | "bar" | "inline" | "float";

export type Position = "bottom-end" | "bottom-start" | "top-end" | "top-start" | "top" | "bottom";

export type Effect = "fade" | "slide" | "zoom" | "bounce";

/** How long a shopper puts a widget off for. */
export type Choice = "session" | "1h" | "1d" | "7d" | "30d" | "never";

/** A campaign whose moment the page waits for: not before `delay` seconds, and with one of the others at that moment. */
export interface Wait {
  campaign: string;
  delay?: number;
  /** Percent of the page. */
  scroll?: number;
  /** Seconds without input. */
  idle?: number;
  exit?: true;
}

/** A form as it was filled in. */
export interface Submit {
  campaign: string;
  exposure: string;
  fields: Record<string, string>;
}

/** What a request says besides the events. */
export interface Extra {
  /** Campaigns whose moment has come. */
  due?: string[];
  submit?: Submit;
}

/** One widget to show now. `at` is a selector, for the inline slot only. */
export interface Show {
  campaign: string;
  exposure: string;
  widget: string;
  slot: Slot;
  at?: string;
  position?: Position;
  effect?: Effect;
  later?: Choice[];
  lang?: string;
  label?: string;
  /** Addresses of its sheets. */
  style?: string[];
  tree: Node;
}

export interface Answer {
  visitor?: string;
  show?: Show[];
  wait?: Wait[];
  /** What the page is about, for the page's later requests to say again. */
  now?: object;
  /** Tokens of the site's theme, set on every widget. */
  theme?: Record<string, string>;
  /** In a preview: each campaign's verdict, and what the page told. */
  why?: unknown;
}
