import type { Permute } from './permutation.ts';

/** Characters that are masked together: enough that no two texts meet, few enough to be quick. */
const BLOCK = 48;
const LETTERS = 26n;
const DIGITS = 10n;

/**
 * Masks letters and digits and leaves all else: length, punctuation and upper and lower case stay. Texts that differ
 * only in case have masks that do too, so that joins without regard to case still work. Letters beyond ASCII become
 * ASCII letters.
 */
export function maskText(text: string, permute: Permute, tweak: string): string {
  const characters = [...text];
  const masked = [...characters];
  const places = characters.flatMap((character, place) => (radixOf(character) > 1n ? [place] : []));
  const lower = text.toLowerCase();
  for (let from = 0; from < places.length; from += BLOCK) {
    const block = places.slice(from, from + BLOCK);
    const radices = block.map((place) => radixOf(characters[place]!));
    let number = 0n;
    block.forEach((place, index) => {
      number = number * radices[index]! + digitOf(characters[place]!);
    });
    const size = radices.reduce((product, radix) => product * radix, 1n);
    // Blocks of a long text depend on all of it: an equal beginning does not show.
    let image = permute(
      number,
      size,
      `${tweak}\0${shapeOf(radices)}\0${places.length > BLOCK ? `${from}\0${lower}` : ''}`,
    );
    for (let index = block.length - 1; index >= 0; index--) {
      const place = block[index]!;
      masked[place] = characterOf(image % radices[index]!, characters[place]!);
      image /= radices[index]!;
    }
  }
  return masked.join('');
}

function shapeOf(radices: readonly bigint[]): string {
  return radices.map((radix) => (radix === LETTERS ? 'a' : '0')).join('');
}

function radixOf(character: string): bigint {
  if (character >= '0' && character <= '9') return DIGITS;
  return /\p{L}/u.test(character) ? LETTERS : 1n;
}

function digitOf(character: string): bigint {
  if (character >= '0' && character <= '9') return BigInt(character.charCodeAt(0) - 48);
  return BigInt(((character.toLowerCase().codePointAt(0)! % 26) + 26 - (97 % 26)) % 26);
}

function characterOf(digit: bigint, like: string): string {
  if (like >= '0' && like <= '9') return String(digit);
  const letter = String.fromCharCode(97 + Number(digit));
  return like !== like.toLowerCase() ? letter.toUpperCase() : letter;
}
