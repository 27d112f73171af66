import { expect, it } from 'vitest';
import { asKustoUrl, parseUrl } from '../../../../lib/analysis/url/index.ts';

it('a URL is taken apart as KQL does it', () => {
  const url = parseUrl(
    'scheme://username:password@www.files.contoso.co.uk:1234/this/is/a/path?k1=v1&k2=v%202&k3#fragment',
  );
  expect(asKustoUrl(url!)).toEqual({
    Scheme: 'scheme',
    Host: 'www.files.contoso.co.uk',
    Port: '1234',
    Path: '/this/is/a/path',
    Username: 'username',
    Password: 'password',
    'Query Parameters': { k1: 'v1', k2: 'v 2', k3: '' },
    Fragment: 'fragment',
  });
  expect(url).toMatchObject({ domain: 'contoso.co.uk', subdomain: 'www.files', suffix: 'co.uk' });
});

it('addresses have no domain, and what is no URL is null', () => {
  expect(parseUrl('http://192.0.2.1/x')).toMatchObject({ host: '192.0.2.1', domain: '' });
  expect(parseUrl('http://[2001:db8::1]:80/')).toMatchObject({ host: '[2001:db8::1]', port: '80' });
  expect(parseUrl('contoso.com/x')).toBeNull();
  expect(parseUrl('http://a?__proto__=1&%=%zz')?.query).toEqual(
    Object.assign(Object.create(null), { '%': '%zz', ['__proto__']: '1' }),
  );
});
