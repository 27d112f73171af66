/** Gives each distinct number the next of 0, 1, 2…: a hash table without an object per key. */
export interface NumberIndex {
  readonly size: number;
  idOf(key: number): number;
}

/** An index of at most `capacity` distinct numbers. */
export function makeNumberIndex(capacity: number): NumberIndex {
  let slots = 16;
  while (slots < capacity * 2) slots *= 2;
  const keys = new Float64Array(slots);
  const ids = new Int32Array(slots).fill(-1);
  const mask = slots - 1;
  let size = 0;
  return {
    get size() {
      return size;
    },
    idOf(key) {
      const high = (key / 4_294_967_296) | 0;
      let slot = (Math.imul(key | 0, 0x9e3779b1) ^ Math.imul(high + 0x7f4a7c15, 0x85ebca6b)) & mask;
      slot = (slot ^ (slot >>> 15)) & mask;
      for (;;) {
        const id = ids[slot]!;
        if (id < 0) {
          keys[slot] = key;
          ids[slot] = size;
          return size++;
        }
        if (keys[slot] === key) return id;
        slot = (slot + 1) & mask;
      }
    },
  };
}
