import { field, secretOf, urlOf } from './fields.ts';
import type { Part } from './source.ts';

/** Threat-intelligence services with their keys. */
export function importThreatIntel(root: Part): Record<string, unknown> {
  const services: Record<string, unknown> = {};
  for (const part of root.at('TIProviders').parts()) {
    if (/sentinel/i.test(part.name)) {
      part.note("Sentinel's indicators are a table; query ThreatIntelIndicators");
      continue;
    }
    const args = part.at('Args');
    const kind = part.at('Provider').text();
    const primary = part.at('Primary').flag();
    services[part.name.toLowerCase().replace(/[^a-z0-9]/g, '') || 'unnamed'] = {
      ...field('key', secretOf(args.at('AuthKey'))),
      ...field('id', secretOf(args.at('ApiID'))),
      ...field('url', urlOf(args.at('Instance'))),
      ...field('primary', primary),
      ...(kind === '--no-load--' ? { enabled: false } : {}),
    };
  }
  return services;
}
