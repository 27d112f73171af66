const SLOTS = 1024;

/** A small cache in front of a map: texts that come often cost a comparison instead of a hash of the whole text. */
export interface RecentTexts<T> {
  get(text: string): T | undefined;
  set(text: string, value: T): void;
}

export function makeRecentTexts<T>(): RecentTexts<T> {
  const texts = new Array<string>(SLOTS).fill('');
  const values = new Array<T | undefined>(SLOTS).fill(undefined);
  return {
    get(text) {
      const slot = slotOf(text);
      return texts[slot] === text ? values[slot] : undefined;
    },
    set(text, value) {
      const slot = slotOf(text);
      texts[slot] = text;
      values[slot] = value;
    },
  };
}

function slotOf(text: string): number {
  const { length } = text;
  const sum =
    length * 31 +
    text.charCodeAt(length - 1) * 7 +
    text.charCodeAt(length >> 1) * 131 +
    text.charCodeAt((length * 3) >> 2) * 17;
  return sum % SLOTS;
}
