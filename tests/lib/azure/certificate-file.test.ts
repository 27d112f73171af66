import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificateFault } from '../../../lib/azure/certificate-file.ts';

/** The files are made by OpenSSL itself, where there is one. */
const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
const at = (name: string) => join(folder, name);
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
afterAll(() => rmSync(folder, { recursive: true }));

const NOW = Date.now();

describe.skipIf(!hasOpenssl)('a certificate file', () => {
  beforeAll(() => {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
      '-days',
      '2',
      '-subj',
      '/CN=contoso',
    );
    openssl(
      'pkcs12',
      '-export',
      '-in',
      'cert.pem',
      '-inkey',
      'key.pem',
      '-out',
      'both.pfx',
      '-passout',
      'pass:canary-password',
    );
    openssl('pkcs8', '-topk8', '-in', 'key.pem', '-out', 'encrypted.pem', '-passout', 'pass:canary-password');
    const join = (name: string, ...parts: string[]) =>
      writeFileSync(at(name), parts.map((part) => readFileSync(at(part), 'utf8')).join(''));
    join('both.pem', 'cert.pem', 'key.pem');
    join('locked.pem', 'cert.pem', 'encrypted.pem');
    writeFileSync(
      at('broken.pem'),
      readFileSync(at('both.pem'), 'utf8').replace(/(BEGIN PRIVATE KEY-----\n).{40}/, '$1'),
    );
  });

  it('is without fault with certificate and key, locked or not', () => {
    expect(certificateFault(at('both.pem'), undefined, NOW)).toBeUndefined();
    expect(certificateFault(at('locked.pem'), 'canary-password', NOW)).toBeUndefined();
  });

  it('is refused in words that say what to do', () => {
    expect(certificateFault(at('both.pfx'), undefined, NOW)).toMatch(/is a PFX .* openssl pkcs12 -in .*both\.pfx/);
    expect(certificateFault(at('cert.pem'), undefined, NOW)).toMatch('holds no private key');
    expect(certificateFault(at('key.pem'), undefined, NOW)).toMatch('holds no certificate');
    expect(certificateFault(at('locked.pem'), undefined, NOW)).toMatch('certificatePassword is not set');
    expect(certificateFault(at('locked.pem'), 'another', NOW)).toMatch('the password does not open the key');
    expect(certificateFault(at('broken.pem'), undefined, NOW)).toMatch('is broken');
    expect(certificateFault(at('none.pem'), undefined, NOW)).toMatch('there is no certificate file');
    expect(certificateFault(folder, undefined, NOW)).toMatch('cannot be read');
    expect(certificateFault(at('both.pem'), undefined, NOW + 3 * 86_400_000)).toMatch('expired on');
  });
});
