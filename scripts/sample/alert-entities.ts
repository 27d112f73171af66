import { DOMAIN, NETBIOS } from './contoso.ts';
import { programFacts } from './programs.ts';
import { type Process, SYSTEM } from './windows-host.ts';

type AlertEntity = Readonly<Record<string, unknown>>;
interface Reference {
  readonly $ref: string;
}

/** The entities of one alert, in the form of the column `Entities`: numbered, each once, one naming the other. */
export class AlertEntities {
  readonly #list: AlertEntity[] = [];
  readonly #byName = new Map<string, Reference>();

  #add(name: string, entity: AlertEntity): Reference {
    let reference = this.#byName.get(name);
    if (!reference) {
      const id = String(this.#list.length + 2);
      reference = { $ref: id };
      this.#byName.set(name, reference);
      this.#list.push({ $id: id, ...entity });
    }
    return reference;
  }

  /** A machine by its full name. */
  host(name: string, family: 'Windows' | 'Linux' = 'Windows'): Reference {
    const [HostName] = name.split('.');
    return this.#add(`host ${name}`, {
      HostName,
      DnsDomain: DOMAIN,
      ...(family === 'Windows' && { NTDomain: NETBIOS }),
      OSFamily: family,
      IsDomainJoined: family === 'Windows',
      Type: 'host',
    });
  }

  account(user: string, host?: Reference): Reference {
    const isSystem = user === SYSTEM;
    return this.#add(`account ${user}`, {
      Name: isSystem ? 'SYSTEM' : user,
      ...(isSystem ? { NTDomain: 'NT AUTHORITY', Host: host } : { NTDomain: NETBIOS, UPNSuffix: DOMAIN }),
      IsDomainJoined: !isSystem,
      Type: 'account',
    });
  }

  address(Address: string): Reference {
    return this.#add(`ip ${Address}`, { Address, Type: 'ip' });
  }

  name(DomainName: string, address: string): Reference {
    return this.#add(`dns ${DomainName}`, { DomainName, IpAddresses: [this.address(address)], Type: 'dns' });
  }

  file(path: string, host: Reference): Reference {
    const split = path.lastIndexOf('\\');
    const [, Value] = programFacts(path).hashes.split('=');
    return this.#add(`file ${path}`, {
      Directory: path.slice(0, split),
      Name: path.slice(split + 1),
      Host: host,
      FileHashes: [this.#add(`hash ${path}`, { Algorithm: 'SHA256', Value, Type: 'filehash' })],
      Type: 'file',
    });
  }

  process(process: Process, hostName: string, startedAtInMs: number): Reference {
    const host = this.host(hostName);
    return this.#add(`process ${hostName} ${process.pid}`, {
      ProcessId: String(process.pid),
      CommandLine: process.commandLine,
      CreationTimeUtc: new Date(startedAtInMs).toISOString(),
      ImageFile: this.file(process.image, host),
      Account: this.account(process.user.split('\\')[0] === NETBIOS ? process.user.split('\\')[1]! : SYSTEM, host),
      Host: host,
      Type: 'process',
    });
  }

  cloudApp(AppId: number, Name: string): Reference {
    return this.#add(`app ${AppId}`, { AppId, Name, Type: 'cloud-application' });
  }

  /** The text of the column. */
  text(): string {
    return JSON.stringify(this.#list);
  }
}
