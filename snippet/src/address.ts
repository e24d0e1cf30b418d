/** The page's address as it is told; the collector refuses a request with a longer one. */
const LONGEST = 2_000;

export const short = (url: string): string => url.slice(0, LONGEST);

export const address = (): string => short(location.href);
