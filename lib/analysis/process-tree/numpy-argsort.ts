/** Longest run that is left to insertion sort. */
const SMALL = 16;

/**
 * Positions of values in ascending order, with ties in the order that NumPy's default `argsort` (1.24, introsort)
 * leaves them in: not the input's. The order of equal times decides positions in MSTICPy's trees.
 */
export function numpyArgsort(values: Float64Array | BigInt64Array): Int32Array {
  const order = Int32Array.from(values as Float64Array, (_, position) => position);
  const at = (position: number) => values[order[position]!]!;
  const swap = (a: number, b: number) => {
    const kept = order[a]!;
    order[a] = order[b]!;
    order[b] = kept;
  };
  const waiting: { low: number; high: number; depth: number }[] = [
    { low: 0, high: values.length - 1, depth: Math.floor(Math.log2(Math.max(1, values.length))) * 2 },
  ];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    let { low, high, depth } = part;
    if (depth < 0) {
      heapSort(order, values, low, high);
      continue;
    }
    while (high - low > SMALL) {
      const middle = low + ((high - low) >> 1);
      if (at(middle) < at(low)) swap(middle, low);
      if (at(high) < at(middle)) swap(high, middle);
      if (at(middle) < at(low)) swap(middle, low);
      const pivot = at(middle);
      let left = low;
      let right = high - 1;
      swap(middle, right);
      for (;;) {
        do left++;
        while (at(left) < pivot);
        do right--;
        while (pivot < at(right));
        if (left >= right) break;
        swap(left, right);
      }
      swap(left, high - 1);
      depth--;
      if (left - low < high - left) {
        waiting.push({ low: left + 1, high, depth });
        high = left - 1;
      } else {
        waiting.push({ low, high: left - 1, depth });
        low = left + 1;
      }
    }
    insertionSort(order, values, low, high);
  }
  return order;
}

function insertionSort(order: Int32Array, values: Float64Array | BigInt64Array, low: number, high: number): void {
  for (let next = low + 1; next <= high; next++) {
    const moved = order[next]!;
    let at = next;
    while (at > low && values[moved]! < values[order[at - 1]!]!) {
      order[at] = order[at - 1]!;
      at--;
    }
    order[at] = moved;
  }
}

/** NumPy's, one-based as there; it is reached only by inputs that defeat the median of three. */
function heapSort(order: Int32Array, values: Float64Array | BigInt64Array, low: number, high: number): void {
  const count = high - low + 1;
  const get = (index: number) => order[low + index - 1]!;
  const put = (index: number, position: number) => {
    order[low + index - 1] = position;
  };
  const sink = (position: number, from: number, size: number) => {
    let at = from;
    for (let child = from * 2; child <= size; child = at * 2) {
      if (child < size && values[get(child)]! < values[get(child + 1)]!) child++;
      if (!(values[position]! < values[get(child)]!)) break;
      put(at, get(child));
      at = child;
    }
    put(at, position);
  };
  for (let root = count >> 1; root > 0; root--) sink(get(root), root, count);
  for (let size = count; size > 1; ) {
    const last = get(size);
    put(size, get(1));
    sink(last, 1, --size);
  }
}
