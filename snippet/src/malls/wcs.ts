/** Naver's conversion script: `wcs.trans(_conv)`. https://naver-conversiontracking.github.io */
import type { Adapter, Fields } from "./source";

const NAMES: Record<string, string> = { view_product: "view_item" };

export const adapter: Adapter = ({ say, get, text, lines, wrap }) => {
  // payAmount is what the whole line costs.
  const LINE: Fields = {
    item_id: "id",
    item_name: "name",
    item_category: "category",
    quantity: "quantity",
    price: (line) => Number(get(line, "payAmount")) / Math.max(1, Number(get(line, "quantity") ?? 1)),
  };
  const tell = (told: unknown): void => {
    const type = text(get(told, "type"));
    const value = type === "purchase" ? get(told, "value") : undefined;
    say(NAMES[type] ?? type, { transaction_id: get(told, "id"), value, items: lines(get(told, "items"), LINE) });
  };
  let read: unknown;

  return () => {
    wrap(get(window, "wcs"), "trans", ([told]) => tell((read = told)));
    // The call was made before this script came: what it was given still stands there.
    const told = get(window, "_conv");
    if (told !== read) tell((read = told));
  };
};
