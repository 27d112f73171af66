/** Who and where: all of it invented. Outside addresses are those that are set aside for documentation. */
export const DOMAIN = 'contoso.example';
export const NETBIOS = 'CONTOSO';

/** The day of the sample, midnight UTC. */
export const DAY_IN_MS = Date.UTC(2026, 2, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** A time of that day. */
export function at(hours: number, minutes = 0, seconds = 0): number {
  return DAY_IN_MS + hours * HOUR + minutes * MINUTE + seconds * 1000;
}

export interface Machine {
  readonly name: string;
  readonly ip: string;
  /** Part of the GUIDs that Sysmon gives processes of this machine. */
  readonly guidPrefix: string;
  readonly sysmon: boolean;
}

function machine(name: string, ip: string, guidPrefix: string, sysmon = true): Machine {
  return { name: `${name}.${DOMAIN}`, ip, guidPrefix, sysmon };
}

/** The users of the workstations; the first sits at ws01 and so on. */
export const USERS = [
  'a.weber',
  'b.ndiaye',
  'c.ito',
  'd.larsen',
  'e.moreau',
  'f.okafor',
  'g.silva',
  'h.kowalski',
  'i.haddad',
  'j.novak',
  'k.lindqvist',
  'l.rossi',
] as const;

export const WORKSTATIONS: readonly Machine[] = USERS.map((_, i) =>
  machine(`ws${String(i + 1).padStart(2, '0')}`, `10.20.1.${11 + i}`, `4c1f${(0xa100 + i * 7).toString(16)}`),
);

export const SERVERS = {
  dc: machine('dc01', '10.20.0.10', '91d0c7aa', false),
  sql: machine('sql01', '10.20.0.20', '52e9b1c4', false),
  files: machine('fs01', '10.20.0.30', '6b70d2f1'),
  backup: machine('bkp01', '10.20.0.40', '7d31e0a9'),
  jump: machine('jmp01', '10.20.0.50', '83aa19c2'),
  web: machine('web01', '10.20.2.10', '', false),
  build: machine('build01', '10.20.2.20', '', false),
  scanner: machine('scan01', '10.20.9.9', '', false),
  firewall: machine('fw01', '10.20.0.1', '', false),
} as const;

/** What people at contoso use every day. */
export const USUAL_SITES = [
  ['www.contoso.example', '192.0.2.10'],
  ['mail.contoso-cloud.example', '192.0.2.21'],
  ['teams.contoso-cloud.example', '192.0.2.22'],
  ['news.example.com', '198.51.100.80'],
  ['docs.example.org', '198.51.100.81'],
  ['cdn.example.com', '198.51.100.90'],
  ['updates.example.com', '198.51.100.91'],
  ['search.example.net', '198.51.100.100'],
  ['travel.example.net', '198.51.100.110'],
  ['updates.contoso-tools.example', '192.0.2.50'],
] as const;

/** The attacker's places. */
export const ATTACKER = {
  commandHost: 'cdn-updates.example.net',
  commandIp: '203.0.113.77',
  dropHost: 'files.drop-share.example.org',
  dropIp: '203.0.113.140',
  signInIp: '198.51.100.23',
} as const;
