/** Page views: on load, on each change of path or query, and when the page comes back from the back/forward cache. */
import { guarded, listen } from "./guard";

export function watchPages(view: (referrer: string) => void): void {
  let address: string | undefined;
  let referrer = document.referrer;
  const look = guarded(() => {
    const now = location.pathname + location.search;
    if (now === address) return;
    address = now;
    view(referrer);
    referrer = location.href;
  });
  look();
  onAddressChange(look);
  listen(window, "pageshow", (event) => {
    if ((event as PageTransitionEvent).persisted) address = "";
    look();
  });
}

function onAddressChange(look: () => void): void {
  const navigation = window.navigation as EventTarget | undefined;
  if (navigation) return listen(navigation, "currententrychange", look);
  listen(window, "popstate", look);
  for (const name of ["pushState", "replaceState"] as const) {
    const original = history[name];
    // The page's own call comes first and whole: its result, its exceptions.
    history[name] = function (this: History, ...args: Parameters<typeof original>) {
      original.apply(this, args);
      look();
    };
  }
}
