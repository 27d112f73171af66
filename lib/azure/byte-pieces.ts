/** Bytes in their order, each piece with memory of its own: it can be given to another thread without a copy. */
export type BytePieces = readonly Uint8Array<ArrayBuffer>[];

const FIRST_PIECE_IN_BYTES = 16 * 1024;
const LARGEST_PIECE_IN_BYTES = 1024 * 1024;

/** Gathers bytes that come in chunks of any size, without ever copying all of them at once. */
export class PieceGatherer {
  readonly #pieces: Uint8Array<ArrayBuffer>[] = [];
  #filled = 0;
  #nextSize = FIRST_PIECE_IN_BYTES;

  add(chunk: Uint8Array): void {
    for (let taken = 0; taken < chunk.length; ) {
      let last = this.#pieces.at(-1);
      if (!last || this.#filled === last.length) {
        last = Buffer.allocUnsafeSlow(this.#nextSize);
        this.#nextSize = Math.min(this.#nextSize * 2, LARGEST_PIECE_IN_BYTES);
        this.#pieces.push(last);
        this.#filled = 0;
      }
      const part = chunk.subarray(taken, taken + last.length - this.#filled);
      last.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
    }
  }

  pieces(): BytePieces {
    return this.#pieces.map((piece, index) =>
      index === this.#pieces.length - 1 ? piece.subarray(0, this.#filled) : piece,
    );
  }
}

export function sizeInBytesOf(pieces: BytePieces): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** All pieces as one; copies unless there is one alone. */
export function joinPieces(pieces: BytePieces): Uint8Array<ArrayBuffer> {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
