/** A service worker for the shop's own origin: shows what arrives, and opens its link when it is pressed. It keeps to
 * itself, so that a shop may import it into a worker that it has already. */

interface Said {
  title?: string;
  text?: string;
  image?: string;
  icon?: string;
  badge?: string;
  link?: string;
  tag?: string;
  data?: Record<string, string>;
}

interface Tab {
  url: string;
  focus(): Promise<unknown>;
}

/** What a worker has that a page has not; TypeScript knows but one of them at a time. */
interface Worker extends EventTarget {
  registration: ServiceWorkerRegistration;
  clients: { matchAll(of: object): Promise<Tab[]>; openWindow(url: string): Promise<unknown> };
}

type Happening = Event & {
  waitUntil(work: Promise<unknown>): void;
  data?: { json(): Said } | null;
  notification: Notification;
  oldSubscription?: PushSubscription | null;
};

{
  const worker = self as unknown as Worker;
  const on = (name: string, work: (event: Happening) => Promise<unknown> | undefined): void =>
    worker.addEventListener(name, (event) => {
      const working = work(event as Happening);
      if (working) (event as Happening).waitUntil(working);
    });

  /** An address of the web and nothing else, whoever has written the message. */
  const address = (link: unknown): string | undefined => {
    try {
      const { protocol, href } = new URL(String(link), location.origin);
      return /^https?:$/.test(protocol) ? href : undefined;
    } catch {
      return undefined;
    }
  };

  /** To the tab that has the page open already, else to a new one. Where the link is a short one, opening it counts. */
  const open = async (link: string): Promise<unknown> => {
    const tabs = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    return tabs.find((tab) => tab.url === link)?.focus() ?? worker.clients.openWindow(link);
  };

  on("push", ({ data }) => {
    let said: Said;
    try {
      said = data?.json() ?? {};
    } catch {
      return; // not ours
    }
    const { title, text, image, icon, badge, tag, link } = said;
    if (!title) return;
    const shown = { body: text, image, icon, badge, tag, data: { ...said.data, link: link && address(link) } };
    return worker.registration.showNotification(title, shown as NotificationOptions);
  });

  on("notificationclick", ({ notification }) => {
    const link = (notification.data as { link?: string } | null)?.link;
    notification.close();
    return link ? open(link) : undefined;
  });

  /** The browser has given the subscription up; the next page tells dangol of the new one (`renew`). */
  on("pushsubscriptionchange", ({ oldSubscription }) =>
    oldSubscription ? worker.registration.pushManager.subscribe(oldSubscription.options) : undefined,
  );
}
