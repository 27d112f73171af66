import { type Machine, NETBIOS } from './contoso.ts';
import type { Journal } from './journal.ts';
import { programFacts } from './programs.ts';
import type { Random } from './random.ts';
import { processCreated } from './security-log.ts';

export const EVENTS_FILE = 'windows-events.jsonl';
const SYSMON = {
  Channel: 'Microsoft-Windows-Sysmon/Operational',
  SourceName: 'Microsoft-Windows-Sysmon',
  ProviderGuid: '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}',
};
const SYSMON_NAMES: Readonly<Record<number, string>> = {
  1: 'Process Create (rule: ProcessCreate)',
  3: 'Network connection detected (rule: NetworkConnect)',
  5: 'Process terminated (rule: ProcessTerminate)',
  7: 'Image loaded (rule: ImageLoad)',
  8: 'CreateRemoteThread detected (rule: CreateRemoteThread)',
  10: 'Process accessed (rule: ProcessAccess)',
  11: 'File created (rule: FileCreate)',
  13: 'Registry value set (rule: RegistryEvent)',
  22: 'Dns query (rule: DnsQuery)',
};

/** A running process. */
export interface Process {
  readonly guid: string;
  readonly pid: number;
  readonly image: string;
  readonly commandLine: string;
  readonly user: string;
}

export const SYSTEM = 'NT AUTHORITY\\SYSTEM';

/** An account of the domain. */
export function domainUser(name: string): string {
  return `${NETBIOS}\\${name}`;
}

/** `2026-03-12 09:13:05.120`, as Sysmon writes times. */
export function utcText(timeInMs: number): string {
  return new Date(timeInMs).toISOString().replace('T', ' ').slice(0, 23);
}

/** A Windows machine that writes events: Sysmon's where it has Sysmon, else 4688 of the Security log. */
export class WindowsHost {
  readonly machine: Machine;
  readonly #journal: Journal;
  readonly #random: Random;
  #nextPid: number;
  #started = 0;
  readonly services: Process;
  readonly svchost: Process;
  readonly lsass: Process;

  constructor(machine: Machine, journal: Journal, random: Random) {
    this.machine = machine;
    this.#journal = journal;
    this.#random = random;
    this.#nextPid = 2000 + random.below(400) * 4;
    this.services = this.#running('C:\\Windows\\System32\\services.exe', 'C:\\Windows\\system32\\services.exe', 668);
    this.svchost = this.#running(
      'C:\\Windows\\System32\\svchost.exe',
      'C:\\Windows\\system32\\svchost.exe -k netsvcs -p',
      1204,
    );
    this.lsass = this.#running('C:\\Windows\\System32\\lsass.exe', 'C:\\Windows\\system32\\lsass.exe', 692);
  }

  /** A process that runs since before the day began. */
  #running(image: string, commandLine: string, pid: number): Process {
    return { guid: this.#guid(0, pid), pid, image, commandLine, user: SYSTEM };
  }

  /** A long-running program of the given name. */
  running(image: string, commandLine = image, user = SYSTEM): Process {
    return { ...this.#running(image, commandLine, this.#pid()), user };
  }

  #pid(): number {
    this.#nextPid += this.#random.between(1, 12) * 4;
    if (this.#nextPid > 30_000) this.#nextPid = 2000 + this.#random.below(100) * 4;
    return this.#nextPid;
  }

  #guid(timeInMs: number, pid: number): string {
    const seconds = Math.floor((timeInMs || Date.UTC(2026, 2, 9, 5)) / 1000)
      .toString(16)
      .padStart(8, '0');
    const count = (this.#started++ & 0xffff).toString(16).padStart(4, '0');
    const tail = (pid & 0xff).toString(16).padStart(2, '0');
    return `{${this.machine.guidPrefix || '00000000'}-${seconds.slice(4)}-${seconds.slice(0, 4)}-${count}-0000000004${tail}}`;
  }

  /** Starts a process. */
  start(timeInMs: number, parent: Process, image: string, commandLine: string, user = parent.user): Process {
    const pid = this.#pid();
    const process: Process = { guid: this.#guid(timeInMs, pid), pid, image, commandLine, user };
    if (!this.machine.sysmon) {
      processCreated(this.#journal, this.machine.name, timeInMs, process, parent);
      return process;
    }
    const facts = programFacts(image);
    this.#sysmon(1, timeInMs, {
      ProcessGuid: process.guid,
      ProcessId: String(pid),
      Image: image,
      FileVersion: facts.version,
      Description: facts.description,
      Product: facts.product,
      Company: facts.company,
      OriginalFileName: facts.originalFileName,
      CommandLine: commandLine,
      CurrentDirectory: user === SYSTEM ? 'C:\\Windows\\system32\\' : `C:\\Users\\${user.split('\\')[1]}\\`,
      User: user,
      LogonId: user === SYSTEM ? '0x3e7' : `0x${this.machine.guidPrefix.slice(-5)}`,
      TerminalSessionId: user === SYSTEM ? '0' : '1',
      IntegrityLevel: user === SYSTEM ? 'System' : 'Medium',
      Hashes: facts.hashes,
      ParentProcessGuid: parent.guid,
      ParentProcessId: String(parent.pid),
      ParentImage: parent.image,
      ParentCommandLine: parent.commandLine,
    });
    return process;
  }

  /** Starts a process that ends after a while. */
  run(timeInMs: number, parent: Process, image: string, commandLine: string, user = parent.user, forMs = 900): Process {
    const process = this.start(timeInMs, parent, image, commandLine, user);
    this.stop(timeInMs + forMs, process);
    return process;
  }

  stop(timeInMs: number, process: Process): void {
    if (!this.machine.sysmon) return;
    this.#sysmon(5, timeInMs, { ...this.#actor(process) });
  }

  access(timeInMs: number, source: Process, target: Process, mask: string, callTrace: string): void {
    this.#sysmon(10, timeInMs, {
      SourceProcessGUID: source.guid,
      SourceProcessId: String(source.pid),
      SourceThreadId: String(1000 + (source.pid % 97) * 4),
      SourceImage: source.image,
      TargetProcessGUID: target.guid,
      TargetProcessId: String(target.pid),
      TargetImage: target.image,
      GrantedAccess: mask,
      CallTrace: callTrace,
    });
  }

  connect(timeInMs: number, process: Process, ip: string, port: number, hostname = '-', protocol = 'tcp'): void {
    this.#sysmon(3, timeInMs, {
      ...this.#actor(process),
      User: process.user,
      Protocol: protocol,
      Initiated: 'true',
      SourceIsIpv6: 'false',
      SourceIp: this.machine.ip,
      SourceHostname: this.machine.name,
      SourcePort: String(49_152 + this.#random.below(16_000)),
      DestinationIsIpv6: 'false',
      DestinationIp: ip,
      DestinationHostname: hostname,
      DestinationPort: String(port),
      DestinationPortName: port === 443 ? 'https' : port === 80 ? 'http' : '-',
    });
  }

  resolve(timeInMs: number, process: Process, name: string, ip: string): void {
    const QueryResults = `::ffff:${ip};`;
    this.#sysmon(22, timeInMs, { ...this.#actor(process), QueryName: name, QueryStatus: '0', QueryResults });
  }

  writeFile(timeInMs: number, process: Process, path: string): void {
    this.#sysmon(11, timeInMs, {
      ...this.#actor(process),
      TargetFilename: path,
      CreationUtcTime: utcText(timeInMs),
    });
  }

  setValue(timeInMs: number, process: Process, key: string, details: string): void {
    this.#sysmon(13, timeInMs, { EventType: 'SetValue', ...this.#actor(process), TargetObject: key, Details: details });
  }

  load(timeInMs: number, process: Process, path: string): void {
    const facts = programFacts(path);
    this.#sysmon(7, timeInMs, {
      ...this.#actor(process),
      ImageLoaded: path,
      Company: facts.company,
      OriginalFileName: facts.originalFileName,
      Hashes: facts.hashes,
      Signed: facts.company === '-' ? 'false' : 'true',
      Signature: facts.company === '-' ? '-' : 'Microsoft Windows',
      SignatureStatus: facts.company === '-' ? 'Unavailable' : 'Valid',
    });
  }

  startThread(timeInMs: number, source: Process, target: Process): void {
    this.#sysmon(8, timeInMs, {
      SourceProcessGuid: source.guid,
      SourceProcessId: String(source.pid),
      SourceImage: source.image,
      TargetProcessGuid: target.guid,
      TargetProcessId: String(target.pid),
      TargetImage: target.image,
      NewThreadId: '7412',
      StartAddress: '0x000001D3A6F10000',
      StartModule: '-',
      StartFunction: '-',
    });
  }

  /** PowerShell's record of a script block. */
  script(timeInMs: number, text: string, path: string | null = null): void {
    this.#other(timeInMs, 4104, 'Microsoft-Windows-PowerShell/Operational', 'Microsoft-Windows-PowerShell', {
      MessageNumber: '1',
      MessageTotal: '1',
      ScriptBlockText: text,
      ScriptBlockId: `${this.#random.hex(8)}-${this.#random.hex(4)}-4${this.#random.hex(3)}-a${this.#random.hex(3)}-${this.#random.hex(12)}`,
      Path: path,
    });
  }

  installService(timeInMs: number, name: string, imagePath: string): void {
    this.#other(timeInMs, 7045, 'System', 'Service Control Manager', {
      ServiceName: name,
      ImagePath: imagePath,
      ServiceType: 'user mode service',
      StartType: 'demand start',
      ServiceAccount: 'LocalSystem',
    });
  }

  #actor(process: Process): Record<string, unknown> {
    return { ProcessGuid: process.guid, ProcessId: String(process.pid), Image: process.image };
  }

  #sysmon(eventId: number, timeInMs: number, data: Record<string, unknown>): void {
    if (!this.machine.sysmon) return;
    const fields = { RuleName: '-', UtcTime: utcText(timeInMs), ...data };
    this.#write(timeInMs, eventId, SYSMON, { Category: SYSMON_NAMES[eventId], ...fields });
  }

  #other(timeInMs: number, eventId: number, channel: string, source: string, data: Record<string, unknown>): void {
    this.#write(timeInMs, eventId, { Channel: channel, SourceName: source }, data);
  }

  #write(
    timeInMs: number,
    eventId: number,
    log: { Channel: string; SourceName: string },
    data: Record<string, unknown>,
  ): void {
    const time = utcText(timeInMs).slice(0, 19);
    const received = utcText(timeInMs + 2000).slice(0, 19);
    this.#journal.add(EVENTS_FILE, log.Channel, this.machine.name, timeInMs, (RecordNumber) => ({
      '@timestamp': `${received.replace(' ', 'T')}.000Z`,
      EventID: eventId,
      ...log,
      Hostname: this.machine.name,
      RecordNumber,
      EventTime: time,
      EventReceivedTime: received,
      Severity: 'INFO',
      Task: eventId,
      ...data,
    }));
  }
}
