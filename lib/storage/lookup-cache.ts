/** A cache of answers from outside (threat intelligence, geolocation…); in Table storage, so that instances share it. */
export interface LookupCache {
  /** The stored text and when it was stored, or null. Age is the caller's to judge: freshness is shown, not hidden. */
  get(provider: string, key: string): Promise<{ text: string; storedAtInMs: number } | null>;
  put(provider: string, key: string, text: string): Promise<void>;
}

/** The part of a cache that belongs to one owner: what one has asked, no other learns. */
export function cacheOf(cache: LookupCache, owner: string): LookupCache {
  const own = (provider: string) => `${owner}-${provider}`;
  return {
    get: (provider, key) => cache.get(own(provider), key),
    put: (provider, key, text) => cache.put(own(provider), key, text),
  };
}

/** A cache for scripts and tests that lives as long as the process. */
export function memoryCache(clockInMs: () => number): LookupCache {
  const entries = new Map<string, { text: string; storedAtInMs: number }>();
  const name = (provider: string, key: string) => `${provider}\n${key}`;
  return {
    get: async (provider, key) => entries.get(name(provider, key)) ?? null,
    put: async (provider, key, text) => {
      entries.set(name(provider, key), { text, storedAtInMs: clockInMs() });
    },
  };
}
