import type { EntityKind } from './entity.ts';

type Properties = Record<string, string>;
type RelatedProperties = (relation: string) => Properties | undefined;

/** Short and long names of registry hives. */
const HIVES: Readonly<Record<string, string>> = {
  HKLM: 'HKEY_LOCAL_MACHINE',
  HKCU: 'HKEY_CURRENT_USER',
  HKCR: 'HKEY_CLASSES_ROOT',
  HKU: 'HKEY_USERS',
  HKCC: 'HKEY_CURRENT_CONFIG',
};

/** What follows from what is given: a full name from its parts, and the parts from a full name. */
const COMPLETIONS: Readonly<Partial<Record<EntityKind, (properties: Properties, related: RelatedProperties) => void>>> =
  {
    account(properties, related) {
      // Until 2026 the name could be a whole UPN, or have a domain before it.
      const { name = '' } = properties;
      const at = name.lastIndexOf('@');
      const slash = name.indexOf('\\');
      if (slash > 0) {
        properties['ntDomain'] ??= name.slice(0, slash);
        properties['name'] = name.slice(slash + 1);
      } else if (at > 0) {
        properties['upnSuffix'] ??= name.slice(at + 1);
        properties['name'] = name.slice(0, at);
      }
      const plain = properties['name'];
      if (plain && properties['upnSuffix']) properties['upn'] ??= `${plain}@${properties['upnSuffix']}`;
      const upn = properties['upn'];
      if (!plain && upn?.includes('@')) {
        properties['name'] = upn.slice(0, upn.lastIndexOf('@'));
        properties['upnSuffix'] ??= upn.slice(upn.lastIndexOf('@') + 1);
      }
      const domain = properties['ntDomain'] ?? related('host')?.['hostName'];
      if (properties['name'] && domain) properties['qualifiedName'] ??= `${domain}\\${properties['name']}`;
    },
    host(properties) {
      const { hostName = '' } = properties;
      const dot = hostName.indexOf('.');
      if (dot > 0 && !/^[\d.]+$/.test(hostName)) {
        properties['dnsDomain'] ??= hostName.slice(dot + 1);
        properties['hostName'] = hostName.slice(0, dot);
      }
      if (properties['hostName'] && properties['dnsDomain']) {
        properties['fqdn'] ??= `${properties['hostName']}.${properties['dnsDomain']}`;
      }
    },
    file(properties) {
      const { directory, name } = properties;
      if (!directory || !name) return;
      const separator = directory.includes('/') && !directory.includes('\\') ? '/' : '\\';
      properties['fullPath'] ??= directory.endsWith(separator) ? directory + name : directory + separator + name;
    },
    'file-hash'(properties) {
      if (properties['algorithm']) properties['algorithm'] = properties['algorithm'].toUpperCase();
    },
    process(properties, related) {
      const image = related('imageFile');
      if (!image) return;
      COMPLETIONS.file?.(image, () => undefined);
      const path = image['fullPath'] ?? image['name'];
      if (path) properties['imagePath'] ??= path;
    },
    'host-logon-session'(properties, related) {
      const host = related('host');
      const name = host?.['fqdn'] ?? host?.['hostName'];
      if (name) properties['hostName'] ??= name;
    },
    'registry-key'(properties) {
      const { hive, key } = properties;
      if (key) properties['fullKey'] ??= hive ? `${HIVES[hive.toUpperCase()] ?? hive}\\${key}` : key;
    },
    'registry-value'(properties, related) {
      const key = related('key');
      if (key) COMPLETIONS['registry-key']?.(key, () => undefined);
      const { name } = properties;
      if (name && key?.['fullKey']) properties['fullName'] ??= `${key['fullKey']}\\${name}`;
    },
    ip(properties) {
      if (properties['address']) properties['address'] = properties['address'].toLowerCase();
    },
    dns(properties) {
      const { domainName } = properties;
      if (domainName) properties['domainName'] = domainName.toLowerCase().replace(/\.$/, '');
    },
  };

/** Adds to an entity's properties what follows from them and from the entities that it names. */
export function completeProperties(kind: EntityKind, properties: Properties, related: RelatedProperties): void {
  COMPLETIONS[kind]?.(properties, related);
}
