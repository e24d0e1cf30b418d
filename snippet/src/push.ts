/** Notifications of the browser, for a page of the shop that asks for them when a shopper presses a button. What it
 * learns it tells through `dangol`, so that it is never lost and belongs to whom the page belongs to. */
import { erase, read, write } from "./storage";
import type {} from "./dangol";
import type {} from "./stub";

export type State = "unsupported" | "denied" | "askable" | "subscribed";

export interface Options {
  /** The service worker on the shop's own origin; its folder is its scope. */
  worker?: string;
  /** The site's key; that of dangol's script line where it is left out. */
  site?: string | undefined;
  /** What the shopper has agreed to read besides, in these very words: advertisements, at night too or not. */
  wording?: string;
  night?: boolean;
}

const WORKER = "/push-worker.js";
/** When, and of which endpoint, dangol was told last. */
const TOLD = "dg.n";
const DAY = 86_400_000;

const able = (): boolean => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

const script = (): DOMStringMap => document.querySelector<HTMLScriptElement>("script[data-site]")?.dataset ?? {};

/** Whether the shopper lets dangol know them, as the core decides it (consent.ts): without that nothing is asked or kept. */
const known = (): boolean =>
  (read("dg.c") ?? (navigator.globalPrivacyControl ? "off" : (script().consent ?? "full"))) === "full";

const supported = (): boolean => able() && known();

const registered = (worker: string): Promise<ServiceWorkerRegistration | undefined> =>
  navigator.serviceWorker.getRegistration(new URL(".", new URL(worker, location.href)));

async function current(worker: string): Promise<PushSubscription | null> {
  return (await (await registered(worker))?.pushManager.getSubscription()) ?? null;
}

/** What there is to ask for. On an iPhone a page is "unsupported" until it is on the home screen, and everywhere while
 * the shopper does not let dangol know them. */
export async function state({ worker = WORKER }: Options = {}): Promise<State> {
  if (!supported()) return "unsupported";
  if (Notification.permission === "denied") return "denied";
  return Notification.permission === "granted" && (await current(worker)) ? "subscribed" : "askable";
}

/** Asks for the browser's permission and subscribes: to be called while a click is handled, since browsers let nobody
 * ask at other times. Who was asked before is not asked again, and dangol hears of it once more. Rejects where dangol
 * can't be reached, or the worker is not there. */
export async function ask(options: Options = {}): Promise<State> {
  if (!supported()) return "unsupported";
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return permission === "denied" ? "denied" : "askable";
  const { worker = WORKER, site, wording, night } = options;
  const registration = await navigator.serviceWorker.register(worker);
  await active(registration);
  const subscription = await subscribe(registration, site);
  tell("push_subscribe", subscription, { agreed: !!wording, wording, night: !!night });
  return "subscribed";
}

/** For every page: tells at most once a day that the subscription is still there, and makes it anew where the browser or
 * the site has changed its key. Asks nobody anything. */
export async function renew({ worker = WORKER, site }: Options = {}): Promise<void> {
  if (!supported() || Notification.permission !== "granted") return;
  const registration = await registered(worker);
  const held = await registration?.pushManager.getSubscription();
  if (!registration || !(held ?? read(TOLD))) return;
  const [at, endpoint] = (read(TOLD) ?? "0 ").split(" ");
  if (held && held.endpoint === endpoint && Date.now() - Number(at) < DAY) return;
  tell("push_subscribe", await subscribe(registration, site), {});
}

/** Ends the notifications on this browser; the shop's own logout should call it. */
export async function stop({ worker = WORKER }: Options = {}): Promise<void> {
  if (!able()) return;
  const subscription = await current(worker);
  if (!subscription) return;
  tell("push_unsubscribe", subscription, {});
  erase(TOLD);
  await subscription.unsubscribe();
}

function tell(name: string, subscription: PushSubscription, more: object): void {
  if (name === "push_subscribe") write(TOLD, `${Date.now()} ${subscription.endpoint}`);
  window.dangol?.("track", name, { subscription: subscription.toJSON(), ...more });
}

/** The subscription under the site's present key. */
async function subscribe(registration: ServiceWorkerRegistration, site?: string): Promise<PushSubscription> {
  const key = await siteKey(site);
  const manager = registration.pushManager;
  const held = await manager.getSubscription();
  if (held && same(held.options.applicationServerKey, key)) return held;
  await held?.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function siteKey(given?: string): Promise<Uint8Array<ArrayBuffer>> {
  const site = given ?? script().site ?? "";
  const response = await fetch(new URL(`push-key?site=${encodeURIComponent(site)}`, import.meta.url));
  const { key, error } = (await response.json()) as { key?: string; error?: string };
  if (!key) throw Error(`dangol: ${error ?? response.status}`);
  return Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
}

const same = (one: ArrayBuffer | null, other: Uint8Array): boolean =>
  !!one && new Uint8Array(one).join() === other.join();

/** Until the worker may subscribe. */
function active(registration: ServiceWorkerRegistration): Promise<void> {
  const worker = registration.installing ?? registration.waiting;
  return new Promise((done, failed) => {
    const look = (): void => {
      if (registration.active) done();
      else if (worker?.state === "redundant") failed(Error("dangol: the service worker could not start"));
    };
    worker?.addEventListener("statechange", look);
    look();
  });
}
