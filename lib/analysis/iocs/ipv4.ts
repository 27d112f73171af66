/** The text itself if it is a dotted-quad IPv4 address without leading zeros, else null. */
export function ipv4Of(text: string): string | null {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text) ? text : null;
}
