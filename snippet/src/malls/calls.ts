/** What the page asks its own server for: how a mall's buttons put something into the cart. */
import { attempt, guarded } from "../guard";
import type { Ear } from "./source";

/** A request that went well: its body as a form and as JSON, and its answer. */
export interface Call {
  url: string;
  sent: URLSearchParams;
  json: unknown;
  answer: unknown;
}

/** Tells requests to addresses that fit, by XMLHttpRequest or fetch. */
export function calls({ wrap }: Ear, address: RegExp, heard: (call: Call) => void): void {
  const tell = guarded((url: string, body: unknown, answer: unknown) => {
    heard({ url, sent: form(body), json: json(body), answer: json(answer) });
  });
  wrap(XMLHttpRequest.prototype, "send", ([body], self) => {
    const request = self as XMLHttpRequest;
    request.addEventListener("load", () => {
      if (address.test(request.responseURL) && request.status < 300) tell(request.responseURL, body, request.response);
    });
  });
  wrap(window, "fetch", ([, init], _self, result) => {
    const answered = async (response: Response): Promise<void> => {
      if (!address.test(response.url) || !response.ok) return;
      tell(response.url, (init as RequestInit | undefined)?.body, await response.clone().text());
    };
    (result as Promise<Response>).then(answered).catch(() => 0); // the page has the same failure, and handles it
  });
}

function form(body: unknown): URLSearchParams {
  const fields = body instanceof FormData ? [...body] : body;
  return attempt(() => new URLSearchParams(fields as string[][] | string | undefined)) ?? new URLSearchParams();
}

const json = (said: unknown): unknown => (typeof said === "string" ? attempt(() => JSON.parse(said) as unknown) : said);
