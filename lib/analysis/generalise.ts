const GUID = /\{?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\}?/g;
const SID = /\bs-1-5-21(?:-\d+){3,4}/g;
const USER_FOLDER = /(\\users\\|\/home\/)[^\\/"]+/g;
const DEVICE = /\\device\\harddiskvolume\d+/g;
const LONG_HEX = /\b(?:0x)?(?=[0-9a-f]{0,15}\d)[0-9a-f]{8,}\b/g;
const DIGITS = /\d+/g;

/**
 * A text without what differs from one run or machine to the next: case, GUIDs, SIDs, users' folders, hexadecimal ids,
 * numbers. Two command lines of the same kind become equal; long Base64 texts stay what they are.
 *
 * @example generalise('C:\\Users\\ann\\x.exe /id 17') // 'c:\\users\\*\\x.exe /id 0'
 */
export function generalise(text: string): string {
  return text
    .toLowerCase()
    .replace(GUID, '{guid}')
    .replace(SID, '{sid}')
    .replace(USER_FOLDER, '$1*')
    .replace(DEVICE, 'c:')
    .replace(LONG_HEX, '{hex}')
    .replace(DIGITS, '0');
}

/** The last part of a path of Windows or Unix; what is no path comes back as it is. */
export function basename(path: string): string {
  const cut = Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/'));
  return cut < 0 || cut === path.length - 1 ? path : path.slice(cut + 1);
}
