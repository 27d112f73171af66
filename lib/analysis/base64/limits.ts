/** Bounds of what one text may unfold into. Each that bites is named in the result. */
export interface DecodeLimits {
  /** Layers within layers. */
  readonly maxDepth: number;
  /** Decoded items of one text, over all layers. */
  readonly maxItems: number;
  /** Decoded bytes of one text, over all layers. */
  readonly maxSizeInBytes: number;
  /** Files taken from one archive. */
  readonly maxMembers: number;
  /** Unpacked size to packed size of one archive member. */
  readonly maxRatio: number;
  /** Characters of a text that are looked at. */
  readonly maxTextLength: number;
}

export const DEFAULT_DECODE_LIMITS: DecodeLimits = {
  maxDepth: 12,
  maxItems: 200,
  maxSizeInBytes: 32 * 2 ** 20,
  maxMembers: 100,
  maxRatio: 1000,
  maxTextLength: 8 * 2 ** 20,
};

export type DecodeLimit = 'depth' | 'items' | 'size' | 'members' | 'ratio' | 'text-length' | 'damaged-archive';

/** What is left of a text's bounds while it unfolds, and which were met. */
export interface DecodeBudget {
  readonly limits: DecodeLimits;
  itemsLeft: number;
  bytesLeft: number;
  readonly met: Set<DecodeLimit>;
}

export function newBudget(limits: DecodeLimits): DecodeBudget {
  return { limits, itemsLeft: limits.maxItems, bytesLeft: limits.maxSizeInBytes, met: new Set() };
}

/** The size up to which a packed item may be unpacked now. Ratios count from 64 KiB on: small things pack well. */
export function unpackedSizeLimit(packedSizeInBytes: number, budget: DecodeBudget): number {
  const byRatio = Math.max(65_536, packedSizeInBytes * budget.limits.maxRatio);
  return Math.max(1, Math.min(budget.bytesLeft, byRatio));
}

/** Notes which bound kept an item from being unpacked to its end. */
export function noteUnpackedTooFar(packedSizeInBytes: number, budget: DecodeBudget): void {
  const byRatio = Math.max(65_536, packedSizeInBytes * budget.limits.maxRatio);
  budget.met.add(budget.bytesLeft <= byRatio ? 'size' : 'ratio');
}
