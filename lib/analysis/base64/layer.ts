/** How a layer was encoded. */
export type DecodeMethod =
  | 'base64'
  | 'base64url'
  | 'base64-reversed'
  | 'base64-joined'
  | 'hex'
  | 'char-codes'
  | 'gzip'
  | 'deflate'
  | 'zip'
  | 'tar'
  | 'xor';

/** An encoded part of a text and the bytes that it stands for. */
export interface EncodedPart {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly method: DecodeMethod;
  readonly bytes: Buffer;
}
