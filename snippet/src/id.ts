/** UUIDv7 (RFC 9562): sorts by time, and within a millisecond by the order in which the ids were made. */

let latest = 0;
let sequence = 0;

const hex = (value: number, length: number): string => value.toString(16).padStart(length, "0");

export function uuid7(now: number): string {
  sequence = now > latest ? 0 : sequence + 1;
  latest = Math.max(now, latest);
  const time = hex(latest, 12);
  const [variant = 0, ...rest] = crypto.getRandomValues(new Uint8Array(8));
  const tail = hex((variant & 63) | 128, 2) + rest.map((byte) => hex(byte, 2)).join("");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(sequence & 4095, 3)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** Unix milliseconds at which an id was made; NaN for what is no id. */
export function madeAt(id: string): number {
  return parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
