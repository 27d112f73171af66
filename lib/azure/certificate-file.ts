import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A certificate and its key take some kilobytes. */
const MAX_BYTES = 1_000_000;
/** Where PKCS#12 (PFX) and DER begin: a sequence of ASN.1. */
const ASN1_SEQUENCE = 0x30;

/**
 * What keeps a certificate file from signing anybody in, in words; undefined if nothing does. The libraries below say
 * it in OpenSSL's words, or not at all.
 *
 * @param password of an encrypted key; undefined if none is set
 */
export function certificateFault(path: string, password: string | undefined, nowInMs: number): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return `there is no certificate file ${path}`;
    return `the certificate file ${path} cannot be read (${code ?? 'unknown'})`;
  }
  if (bytes.length > MAX_BYTES) return `${path} is too large for a certificate`;
  if (bytes[0] === ASN1_SEQUENCE) {
    return `${path} is a PFX or DER file, and PEM is needed: openssl pkcs12 -in ${path} -out certificate.pem -nodes`;
  }
  const text = bytes.toString('latin1');
  if (!text.includes('-----BEGIN CERTIFICATE-----')) return `${path} holds no certificate in PEM form`;
  if (!/-----BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----/.test(text)) return `${path} holds no private key`;
  const isEncrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text);
  if (isEncrypted && password === undefined) {
    return `the key in ${path} is encrypted, and identity.certificatePassword is not set`;
  }
  try {
    createPrivateKey({ key: bytes, ...(password === undefined ? {} : { passphrase: password }) });
  } catch {
    return isEncrypted ? `the password does not open the key in ${path}` : `the private key in ${path} is broken`;
  }
  return expiryFault(bytes, path, nowInMs);
}

function expiryFault(bytes: Buffer, path: string, nowInMs: number): string | undefined {
  try {
    const endsAt = new X509Certificate(bytes).validTo;
    return Date.parse(endsAt) < nowInMs ? `the certificate in ${path} expired on ${endsAt}` : undefined;
  } catch {
    return `the certificate in ${path} is broken`;
  }
}
