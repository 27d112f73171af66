import { raiseAlerts } from './alerts.ts';
import { SERVERS, USERS, WORKSTATIONS } from './contoso.ts';
import { tellDecoys } from './decoys.ts';
import { tellIntrusion } from './intrusion.ts';
import { Journal, type Story, type TruthRow } from './journal.ts';
import { Random } from './random.ts';
import { domainTraffic, firewallDay, linuxDay, serverDay, signInDay } from './servers-day.ts';
import { WindowsHost } from './windows-host.ts';
import { type Desktop, workday } from './workday.ts';

export interface Sample {
  /** Text of each file by its name, without compression. */
  readonly files: ReadonlyMap<string, string>;
  readonly stories: readonly Story[];
  readonly truth: readonly TruthRow[];
}

/**
 * One day at contoso: twelve workstations, servers, a firewall and the cloud; an intrusion, and what only looks like
 * one. The same seed gives the same bytes.
 */
export function makeContosoDay(seed: number): Sample {
  const journal = new Journal();
  const random = new Random(seed);
  const machines = [...WORKSTATIONS, SERVERS.dc, SERVERS.sql, SERVERS.files, SERVERS.backup, SERVERS.jump];
  const hosts = new Map(
    machines.map((machine) => {
      const name = machine.name.split('.')[0]!;
      return [name, new WindowsHost(machine, journal, random.fork(name))] as const;
    }),
  );
  const desktops = WORKSTATIONS.map((machine, i): Desktop => {
    const name = machine.name.split('.')[0]!;
    return workday(hosts.get(name)!, USERS[i]!, random.fork(`workday ${name}`));
  });
  for (const [name, minutes] of [
    ['fs01', 6],
    ['bkp01', 9],
    ['jmp01', 12],
    ['dc01', 8],
    ['sql01', 8],
  ] as const) {
    serverDay(hosts.get(name)!, random.fork(`server ${name}`), minutes);
  }
  domainTraffic(journal, random.fork('domain'));
  linuxDay(journal, random.fork('linux'));
  firewallDay(journal, random.fork('firewall'));
  signInDay(journal, random.fork('sign-ins'));
  tellDecoys(journal, hosts, random.fork('decoys'));
  const traces = tellIntrusion({
    journal,
    random: random.fork('intrusion'),
    host: (name) => hosts.get(name)!,
    desktop: desktops[2]!,
  });
  raiseAlerts(journal, random.fork('alerts'), traces);
  return journal.finish();
}
