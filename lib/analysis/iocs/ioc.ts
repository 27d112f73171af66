/** The kinds of indicator, in the order in which equal positions are reported. */
export const IOC_TYPES = [
  'url',
  'email',
  'ipv4',
  'ipv6',
  'dns',
  'md5_hash',
  'sha1_hash',
  'sha256_hash',
  'sha512_hash',
  'windows_path',
  'linux_path',
  'registry_key',
  'file_name',
  'cve',
  'mitre_attack',
  'crypto_wallet',
  'guid',
] as const;
export type IocType = (typeof IOC_TYPES)[number];

/** GUIDs and bare file names say little by themselves: they are looked for on demand. */
export const DEFAULT_IOC_TYPES: readonly IocType[] = IOC_TYPES.filter(
  (type) => type !== 'guid' && type !== 'file_name',
);

/** One indicator at one place of a text. */
export interface Ioc {
  /** One of IOC_TYPES, or the name of a custom pattern. */
  readonly type: string;
  /** Refanged; host names, schemes and digests in lower case. */
  readonly value: string;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** A position list into which detectors put what they find. */
export type Found = Ioc[];

export function isWordCode(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code > 127
  );
}

export function isHexCode(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}

export function isDigitCode(code: number): boolean {
  return code >= 48 && code <= 57;
}
