import { type Alert, openIncident, type RaisedAlert, raiseAlert } from './alert-table.ts';
import { ATTACKER, at, SERVERS, WORKSTATIONS } from './contoso.ts';
import type { IntrusionTraces } from './intrusion.ts';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';

const VICTIM = WORKSTATIONS[2]!.name;
const FILES = SERVERS.files.name;
const ISOLATE = 'Isolate the device from the network until it has been looked into.';
const RESET = 'Reset the password of the account and revoke its sessions.';

/** What products and rules say of the day, each alert within the story that it speaks of. */
export function raiseAlerts(journal: Journal, random: Random, traces: IntrusionTraces): void {
  const raise = (story: string, alert: Alert): RaisedAlert =>
    journal.within(story, () => raiseAlert(journal, random, alert));
  const attack = intrusionAlerts(traces).map(([story, alert]) => raise(story, alert));
  attack.sort((a, b) => a.raisedAt - b.raisedAt);
  journal.within('A1', () =>
    openIncident(journal, random, {
      number: 4471,
      title: `Multi-stage incident on ${VICTIM.split('.')[0]} and others`,
      alerts: attack,
      owner: 'soc@contoso.example',
    }),
  );
  const scan = raise('D3', SCAN);
  journal.within('D3', () =>
    openIncident(journal, random, {
      number: 4472,
      title: SCAN.name,
      alerts: [scan],
      closed: {
        at: at(20, 41, 7),
        classification: 'BenignPositive',
        reason: 'SuspiciousButExpected',
        comment: 'The scanner of the security team.',
      },
    }),
  );
}

function intrusionAlerts({ shell, implant, dumper, service, eraser }: IntrusionTraces): (readonly [string, Alert])[] {
  return [
    [
      'A1',
      {
        by: 'endpoint',
        name: 'Suspicious PowerShell command line',
        severity: 'Medium',
        description: 'A document started PowerShell with a hidden window and an encoded command.',
        start: at(9, 13, 5),
        end: at(9, 13, 24),
        delayInMs: 161_517,
        tactics: ['InitialAccess', 'Execution'],
        techniques: ['T1566', 'T1204', 'T1059'],
        compromised: VICTIM,
        remediation: ['Look at the document that started it, and who else received it.', ISOLATE],
        entities: (of) => {
          of.process(shell, VICTIM, at(9, 13, 5));
          of.process(implant, VICTIM, at(9, 13, 24));
        },
      },
    ],
    [
      'A2',
      {
        by: 'endpoint',
        name: 'Anomaly detected in ASEP registry',
        severity: 'Medium',
        description: 'A program in a temporary folder was set to start whenever the user signs in.',
        start: at(9, 14, 2),
        end: at(9, 14, 10),
        delayInMs: 204_733,
        tactics: ['Persistence'],
        techniques: ['T1547', 'T1053'],
        compromised: VICTIM,
        remediation: ['Remove the value and the task if nobody at contoso made them.'],
        entities: (of) => of.process(implant, VICTIM, at(9, 13, 24)),
      },
    ],
    [
      'A3',
      {
        by: 'rule',
        name: 'Beaconing to one outside address',
        severity: 'Medium',
        description: 'One host asks one outside address in the same rhythm with requests of the same size.',
        start: at(9, 14),
        end: at(10, 14),
        delayInMs: 312_409,
        tactics: ['CommandAndControl'],
        techniques: ['T1071'],
        compromised: VICTIM,
        remediation: ['Block the address and the name at the firewall.'],
        query:
          'CommonSecurityLog | where DeviceAction == "allow" | summarize Requests = count(), Sizes = stdev(SentBytes) by SourceIP, DestinationIP | where Requests > 50 and Sizes < 20',
        entities: (of) => {
          of.host(VICTIM);
          of.name(ATTACKER.commandHost, ATTACKER.commandIp);
        },
      },
    ],
    [
      'A4',
      {
        by: 'endpoint',
        name: 'Suspicious sequence of exploration activities',
        severity: 'Low',
        description: 'Several commands that ask for users, groups and domain controllers ran within minutes.',
        start: at(9, 21, 10),
        end: at(9, 23, 28),
        delayInMs: 188_214,
        tactics: ['Discovery'],
        techniques: ['T1033', 'T1082', 'T1087', 'T1482'],
        compromised: VICTIM,
        remediation: ['Ask the user whether they ran the commands.'],
        entities: (of) => of.process(implant, VICTIM, at(9, 13, 24)),
      },
    ],
    [
      'A5',
      {
        by: 'endpoint',
        name: 'Sensitive credential memory read',
        severity: 'High',
        description: 'The memory of lsass.exe was read and written to a file.',
        start: at(10, 2, 11),
        end: at(10, 3, 42),
        delayInMs: 97_606,
        tactics: ['CredentialAccess'],
        techniques: ['T1003'],
        compromised: VICTIM,
        remediation: [ISOLATE, 'Reset the passwords of all accounts that were signed in to the device.'],
        entities: (of) => {
          of.process(dumper, VICTIM, at(10, 3, 40));
          of.process(implant, VICTIM, at(9, 13, 24));
        },
      },
    ],
    [
      'A6',
      {
        by: 'identity',
        name: 'Suspected brute-force attack (Kerberos, NTLM)',
        severity: 'High',
        description: 'One password was tried on nine accounts from one computer; one of them was let in.',
        start: at(10, 18),
        end: at(10, 18, 40),
        delayInMs: 443_870,
        tactics: ['CredentialAccess'],
        techniques: ['T1110', 'T1558'],
        compromised: 'svc-deploy',
        remediation: [RESET],
        entities: (of) => {
          of.host(VICTIM);
          of.host(SERVERS.dc.name);
          for (const user of ['svc-deploy', 'adm.larsen', 'svc-sql', 'svc-backup']) of.account(user);
          of.address(WORKSTATIONS[2]!.ip);
        },
      },
    ],
    [
      'A7',
      {
        by: 'identity',
        name: 'Remote code execution attempt',
        severity: 'Medium',
        description: 'A service with a random name was made on the file server, and a process was started by WMI.',
        start: at(10, 31),
        end: at(10, 44, 3),
        delayInMs: 388_041,
        tactics: ['Execution', 'LateralMovement'],
        techniques: ['T1021', 'T1569', 'T1047'],
        compromised: FILES,
        remediation: [RESET, ISOLATE],
        entities: (of) => {
          of.process(service, FILES, at(10, 31, 10));
          of.account('svc-deploy');
          of.host(SERVERS.sql.name);
          of.address(ATTACKER.commandIp);
        },
      },
    ],
    [
      'A8',
      {
        by: 'rule',
        name: 'Unusually large upload to an outside host',
        severity: 'High',
        description: 'A server that sends little sent more than 400 MB to a host that nobody had used before.',
        start: at(11, 20),
        end: at(11, 25),
        delayInMs: 605_122,
        tactics: ['Exfiltration'],
        techniques: ['T1048', 'T1567'],
        compromised: FILES,
        remediation: ['Find out what was packed, and whose data it is.'],
        query:
          'CommonSecurityLog | where DeviceAction == "allow" | summarize Sent = sum(SentBytes) by SourceIP, DestinationIP | where Sent > 100000000',
        entities: (of) => {
          of.host(FILES);
          of.address(SERVERS.files.ip);
          of.name(ATTACKER.dropHost, ATTACKER.dropIp);
        },
      },
    ],
    [
      'A9',
      {
        by: 'rule',
        name: 'Script from the network piped to a shell as root',
        severity: 'Medium',
        description: 'sudo ran a shell with what curl fetched, and root’s cron table was replaced.',
        start: at(11, 41, 30),
        end: at(11, 41, 45),
        delayInMs: 498_877,
        tactics: ['Execution', 'Persistence'],
        techniques: ['T1059', 'T1053'],
        compromised: SERVERS.web.name,
        remediation: ['Compare the cron table with the one that was deployed.'],
        query: 'Syslog | where ProcessName == "sudo" and SyslogMessage has_all ("curl", "bash")',
        entities: (of) => {
          of.host(SERVERS.web.name, 'Linux');
          of.account('svc-deploy');
          of.address(ATTACKER.commandIp);
        },
      },
    ],
    [
      'A10',
      {
        by: 'signIn',
        name: 'Atypical travel',
        severity: 'High',
        description: 'The account signed in from two places that are too far apart for the time between.',
        start: at(11, 52),
        end: at(11, 55, 9),
        delayInMs: 871_338,
        tactics: ['InitialAccess'],
        techniques: ['T1078', 'T1621'],
        compromised: 'c.ito@contoso.example',
        remediation: [RESET, 'Ask the user whether the prompts were theirs.'],
        entities: (of) => {
          of.account('c.ito');
          of.address(ATTACKER.signInIp);
          of.cloudApp(20_893, 'Microsoft Exchange Online');
        },
      },
    ],
    [
      'A11',
      {
        by: 'endpoint',
        name: 'Event log was cleared',
        severity: 'Medium',
        description: 'The Security log of the file server was cleared.',
        start: at(12, 10),
        end: at(12, 10, 1),
        delayInMs: 122_959,
        tactics: ['DefenseEvasion'],
        techniques: ['T1070'],
        compromised: FILES,
        remediation: ['Take the events from the workspace, which has them still.'],
        entities: (of) => {
          of.process(eraser, FILES, at(12, 10));
        },
      },
    ],
  ];
}

const SCAN: Alert = {
  by: 'rule',
  name: 'One host tried many ports of many hosts',
  severity: 'Low',
  description: 'More than ten ports of more than ten hosts were tried from one address within minutes.',
  start: at(19, 30),
  end: at(19, 31, 22),
  delayInMs: 541_663,
  tactics: ['Discovery'],
  techniques: ['T1046'],
  compromised: SERVERS.scanner.name,
  remediation: ['Look at what the host is for.'],
  status: 'Resolved',
  query:
    'CommonSecurityLog | summarize Ports = dcount(DestinationPort), Hosts = dcount(DestinationIP) by SourceIP | where Ports > 10 and Hosts > 10',
  entities: (of) => {
    of.host(SERVERS.scanner.name);
    of.address(SERVERS.scanner.ip);
  },
};
