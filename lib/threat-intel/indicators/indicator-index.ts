import ipaddr from 'ipaddr.js';
import { type Answer, foundAnswer, noAnswer } from '../answer.ts';
import { normaliseObservable, type Observable } from '../observable.ts';
import type { Indicator } from './indicator.ts';

/** Indicators, ready to be asked about single values. */
export class IndicatorIndex {
  readonly #exact = new Map<string, Indicator[]>();
  readonly #networks: { readonly range: [ipaddr.IPv4 | ipaddr.IPv6, number]; readonly indicator: Indicator }[] = [];
  readonly size: number;

  constructor(indicators: readonly Indicator[]) {
    this.size = indicators.length;
    for (const indicator of indicators) {
      if (/^ipv[46]$/.test(indicator.type) && indicator.value.includes('/')) {
        if (ipaddr.isValidCIDR(indicator.value)) {
          this.#networks.push({ range: ipaddr.parseCIDR(indicator.value), indicator });
        }
        continue;
      }
      const key = `${indicator.type}\n${indicator.value}`;
      this.#exact.set(key, [...(this.#exact.get(key) ?? []), indicator]);
    }
  }

  /**
   * What the indicators say of an observable: by its value, the network of an address, a domain above a name, or the
   * host of a URL. Expired indicators are named, but give no verdict.
   */
  ask(observable: Observable, nowInMs: number): Answer {
    const found = this.#find(normaliseObservable(observable));
    if (found.length === 0) return noAnswer('not-found', 'no indicator file lists it');
    const valid = found.filter(
      ({ indicator: { validUntilInMs } }) => validUntilInMs === null || validUntilInMs > nowInMs,
    );
    const [best] = [...valid].sort((a, b) => rank(b.indicator) - rank(a.indicator));
    if (!best) {
      const [expired] = found;
      return noAnswer(
        'not-found',
        `the indicator expired: ${expired!.indicator.source} ${expired!.indicator.description}`,
      );
    }
    const { indicator, how } = best;
    const detail = [how, indicator.description, `(${indicator.source})`].filter((part) => part !== '').join(' ');
    return foundAnswer(indicator.verdict, indicator.score, detail);
  }

  #find({ type, value }: Observable): { indicator: Indicator; how: string }[] {
    const exact = this.#exact.get(`${type}\n${value}`)?.map((indicator) => ({ indicator, how: '' }));
    if (exact) return exact;
    if (type === 'url') return this.#findHost(value);
    if (type === 'dns') return this.#findParent(value);
    if ((type === 'ipv4' || type === 'ipv6') && this.#networks.length > 0 && ipaddr.isValid(value)) {
      const address = ipaddr.parse(value);
      return this.#networks
        .filter(({ range }) => range[0].kind() === address.kind() && address.match(range as [ipaddr.IPv4, number]))
        .map(({ indicator }) => ({ indicator, how: `by its network ${indicator.value}:` }));
    }
    return [];
  }

  #findParent(host: string): { indicator: Indicator; how: string }[] {
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const parent = host.slice(dot + 1);
      const found = this.#exact.get(`dns\n${parent}`);
      if (found) return found.map((indicator) => ({ indicator, how: `by the domain ${parent}:` }));
    }
    return [];
  }

  #findHost(text: string): { indicator: Indicator; how: string }[] {
    const host = URL.parse(text)?.hostname.replace(/^\[|\]$/g, '');
    if (!host) return [];
    const type = host.includes(':') ? 'ipv6' : /^[\d.]+$/.test(host) ? 'ipv4' : 'dns';
    return this.#find({ type, value: host.toLowerCase() }).map(({ indicator, how }) => ({
      indicator,
      how: how === '' ? `by its host ${host}:` : how,
    }));
  }
}

const ORDER = { unknown: 0, benign: 1, suspicious: 2, malicious: 3 } as const;

function rank({ verdict, score }: Indicator): number {
  return ORDER[verdict] * 1000 + score;
}
