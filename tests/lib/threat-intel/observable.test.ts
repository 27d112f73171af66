import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyIp, isGloballyReachable } from '../../../lib/enrichment/ip-type/index.ts';
import { type ObservableType, observableTypeOf, safeObservable } from '../../../lib/threat-intel/index.ts';

const safety = {
  neverSend: ['contoso.com', '8.8.4.4'],
  isGlobalIp: (text: string) => isGloballyReachable(classifyIp(text)),
};
const safe = (type: ObservableType, value: string) => safeObservable({ type, value }, safety);

describe('safeObservable', () => {
  it.each([
    ['ipv4', '185.92.220.35', '185.92.220.35'],
    ['ipv6', '2345:0425:2CA1:0000:0000:0567:5673:23b5', '2345:0425:2ca1:0000:0000:0567:5673:23b5'],
    ['dns', 'WWW.Python.org.', 'www.python.org'],
    ['url', 'https://user:secret@www.python.org/a?b=1#c', 'https://www.python.org/a?b=1'],
    ['md5_hash', 'A123008438B9C391A123008438B9C391', 'a123008438b9c391a123008438b9c391'],
  ] as const)('%s %s may be sent', (type, value, sent) => {
    expect(safe(type, value)).toEqual({ safe: sent });
  });

  it.each([
    ['ipv4', '127.0.0.1', 'not reachable'],
    ['ipv4', '10.1.2.3', 'not reachable'],
    ['ipv4', '8.8.4.4', 'our own'],
    ['ipv6', '2001:0db8:85a3::8a2e', 'not reachable'],
    ['dns', 'localhost', 'no host name'],
    ['dns', '185.92.220.35', 'top-level domain'],
    ['dns', 'fs01.corp.internal', 'top-level domain'],
    ['dns', 'ws01.contoso.example', 'top-level domain'],
    ['dns', 'mail.CONTOSO.com', 'our own'],
    ['url', 'https://mail.contoso.com/x', 'our own'],
    ['url', 'http://192.168.1.1/admin', 'not reachable'],
    ['url', 'http://2130706433/', 'not reachable'],
    ['url', 'http://[::1]/', 'not reachable'],
    ['url', 'file:///etc/passwd', 'no http'],
    ['url', 'javascript:alert(1)', 'no http'],
    ['url', `https://python.org/${'a'.repeat(3000)}`, 'longer'],
    ['md5_hash', 'A'.repeat(32), 'repeats'],
    ['sha256_hash', 'a123008438b9c391a123008438b9c391', 'no sha256'],
  ] as const)('%s %s may not', (type, value, reason) => {
    expect(safe(type, value)).toEqual({ refused: expect.stringContaining(reason) });
  });

  it('never lets a private address through, in whatever form', () => {
    fc.assert(
      fc.property(fc.constantFrom('10', '127', '192.168.0', '169.254.1', '172.16.3'), fc.nat(255), (prefix, last) => {
        const parts = [...prefix.split('.'), '0', '0', '0'].slice(0, 3);
        const ip = `${parts.join('.')}.${last}`;
        expect(safe('ipv4', ip)).toHaveProperty('refused');
        expect(safe('url', `http://${ip}/`)).toHaveProperty('refused');
        expect(safe('url', `http://[::ffff:${ip}]/`)).toHaveProperty('refused');
      }),
    );
  });
});

it.each([
  ['1.2.3.4', 'ipv4'],
  ['2001:db8::1', 'ipv6'],
  ['https://example.com/x', 'url'],
  ['example.com', 'dns'],
  ['d41d8cd98f00b204e9800998ecf8427e', 'md5_hash'],
  ['a b', null],
])('the type of %s is %s', (value, type) => {
  expect(observableTypeOf(value)).toBe(type);
});
