/** What the server tells of a preview; `server/dangol/preview/telling.py` makes it. */

/** Whether a condition holds, its sentence, and the branches below it. */
export type Branch = [held: 0 | 1, sentence: string, ...parts: Branch[]];

export interface Campaign {
  campaign: string;
  name: string;
  verdict: "show" | "update" | "wait" | "message" | "holdout" | "no";
  reason: string;
  words: string;
  priority: number;
  /** Ids of its audience. */
  segments: string[];
  shown?: true;
  /** Its widget has nothing to show. */
  silent?: true;
  previewed?: true;
  message?: true;
}

export interface Segment {
  id: string;
  name: string;
  held: boolean;
  because?: Branch[];
}

export interface Item {
  id: string;
  name?: string;
  price?: string;
  quantity?: number;
  category?: string;
  brand?: string;
}

export interface Told {
  name: string;
  at: number;
  page?: string;
  key?: string;
  value?: string;
  items?: Item[];
  /** Items that are not listed. */
  more?: number;
  props?: Record<string, unknown>;
}

export interface Page {
  kind?: string;
  product?: string;
  name?: string;
  price?: string;
  category?: string;
  brand?: string;
  search?: string;
}

/** What was judged; left out where a shopper has only reacted to a widget. */
interface Judged {
  campaigns: Campaign[];
  segments: Segment[];
  page: Page;
  member: boolean;
}

interface Said {
  state: "on";
  /** Unix seconds. */
  until: number;
  language: "ko" | "en";
  variant: string;
  variants: { id: string; name: string }[];
  events: Told[];
  /** How many things were dropped, by reason. */
  dropped: Record<string, number>;
}

export type Preview = Said & Judged;

/** The link is over, or was never ours. */
export interface Over {
  state: "over";
}

export type Why = (Said & Partial<Judged>) | Over;
