/** What is notable about a process by itself. Data: each entry is one observation with its weight. */
export interface Observation {
  readonly pattern: RegExp;
  readonly points: number;
  readonly says: string;
  readonly techniques: readonly string[];
}

/** Of the path, in lower case. */
export const PATH_OBSERVATIONS: readonly Observation[] = [
  {
    pattern: /\\users\\public\\/,
    points: 40,
    says: 'runs from a folder that everyone can write to',
    techniques: ['T1036.005'],
  },
  {
    pattern: /\\(?:appdata\\local|windows)\\temp\\/,
    points: 20,
    says: 'runs from a temporary folder',
    techniques: ['T1204.002'],
  },
  { pattern: /^[a-z]:\\temp\\/, points: 25, says: 'runs from a temporary folder', techniques: ['T1204.002'] },
  {
    pattern: /\\appdata\\roaming\\[^\\]+$/,
    points: 30,
    says: 'runs from the root of a roaming profile',
    techniques: ['T1204.002'],
  },
  {
    pattern: /\\programdata\\[^\\]+$/,
    points: 35,
    says: 'runs from the root of ProgramData',
    techniques: ['T1036.005'],
  },
  {
    pattern:
      /\\(?:perflogs|\$recycle\.bin|recycler|windows\\(?:tasks|fonts|debug|addins|tracing)|spool\\drivers\\color)\\/,
    points: 45,
    says: 'runs from a folder where no programs belong',
    techniques: ['T1036.005'],
  },
  {
    pattern: /^\/(?:tmp|var\/tmp|dev\/shm)\//,
    points: 35,
    says: 'runs from a temporary folder',
    techniques: ['T1204.002'],
  },
  { pattern: /\/\.[^/]+$/, points: 25, says: 'is a hidden file', techniques: ['T1564.001'] },
  {
    pattern: /\.(?:pdf|docx?|xlsx?|jpe?g|png|txt|zip)\.(?:exe|scr|com|pif|js|vbs|bat|cmd)$/,
    points: 55,
    says: 'hides its real ending behind another',
    techniques: ['T1036.007'],
  },
];

/** Of the command line. Written without nested repetition: linear on any text. */
export const COMMAND_OBSERVATIONS: readonly Observation[] = [
  {
    pattern: /comsvcs(?:\.dll)?[\s",]{1,4}(?:#?24|minidump)/i,
    points: 85,
    says: 'dumps the memory of a process',
    techniques: ['T1003.001'],
  },
  {
    pattern: /procdump(?:64)?(?:\.exe)?"?\s.{0,200}lsass/i,
    points: 80,
    says: 'dumps the memory of LSASS',
    techniques: ['T1003.001'],
  },
  {
    pattern: /sekurlsa::|lsadump::|kerberos::golden|privilege::debug/i,
    points: 90,
    says: 'is a command of Mimikatz',
    techniques: ['T1003'],
  },
  {
    pattern: /reg(?:\.exe)?"?\s{1,4}save\s.{0,40}hk(?:lm|ey_local_machine)\\(?:sam|security|system)/i,
    points: 75,
    says: 'saves the registry hive with the accounts',
    techniques: ['T1003.002'],
  },
  {
    pattern: /ntdsutil.{0,80}\bifm\b|ntds\.dit/i,
    points: 75,
    says: 'copies the directory database',
    techniques: ['T1003.003'],
  },
  {
    pattern: /vssadmin(?:\.exe)?"?\s{1,4}delete|shadowcopy\s{1,4}delete|wbadmin\s{1,4}delete/i,
    points: 70,
    says: 'deletes backups',
    techniques: ['T1490'],
  },
  {
    pattern: /wevtutil(?:\.exe)?"?\s{1,4}(?:cl|clear-log)\b|clear-eventlog/i,
    points: 60,
    says: 'clears an event log',
    techniques: ['T1070.001'],
  },
  {
    pattern: /regsvr32(?:\.exe)?"?\s.{0,80}\/i:http/i,
    points: 70,
    says: 'registers a script from the network',
    techniques: ['T1218.010'],
  },
  {
    pattern: /mshta(?:\.exe)?"?\s.{0,80}(?:https?:|javascript:|vbscript:)/i,
    points: 60,
    says: 'runs a script from the network in mshta',
    techniques: ['T1218.005'],
  },
  {
    pattern: /rundll32(?:\.exe)?"?\s{1,4}"?javascript:/i,
    points: 70,
    says: 'runs a script in rundll32',
    techniques: ['T1218.011'],
  },
  {
    pattern: /certutil(?:\.exe)?"?\s.{0,80}[-/](?:urlcache|decode|verifyctl)/i,
    points: 50,
    says: 'downloads or decodes with certutil',
    techniques: ['T1105', 'T1140'],
  },
  {
    pattern: /bitsadmin(?:\.exe)?"?\s.{0,80}\/transfer/i,
    points: 45,
    says: 'downloads with bitsadmin',
    techniques: ['T1197'],
  },
  {
    pattern: /wmic(?:\.exe)?"?\s.{0,200}process\s{1,4}call\s{1,4}create/i,
    points: 40,
    says: 'starts a process through WMI',
    techniques: ['T1047'],
  },
  {
    pattern: /net1?(?:\.exe)?"?\s{1,4}(?:user|localgroup)\s.{0,120}\/add/i,
    points: 40,
    says: 'adds an account or a group member',
    techniques: ['T1136.001'],
  },
  {
    pattern: /(?:downloadstring|downloadfile|invoke-webrequest|net\.webclient)/i,
    points: 45,
    says: 'downloads with PowerShell',
    techniques: ['T1059.001', 'T1105'],
  },
  {
    pattern: /\b(?:curl|wget)\s.{0,300}\|\s{0,4}(?:ba|z|da)?sh\b/i,
    points: 55,
    says: 'runs what it downloads',
    techniques: ['T1059.004', 'T1105'],
  },
  {
    pattern: /\/dev\/tcp\/|\bnc(?:at)?\s.{0,40}\s-e\s/i,
    points: 65,
    says: 'opens a shell to the network',
    techniques: ['T1059.004'],
  },
  {
    pattern: /set-mppreference\s.{0,120}disable|add-mppreference\s.{0,80}exclusion/i,
    points: 55,
    says: 'turns Defender off in part',
    techniques: ['T1562.001'],
  },
];

/** A word that every one of COMMAND_OBSERVATIONS needs: most command lines have none, and are done with. */
export const WORTH_A_LOOK =
  /comsvcs|procdump|sekurlsa|lsadump|golden|privilege::|\ssave\s|ntds|delete|wevtutil|eventlog|regsvr32|mshta|rundll32|certutil|bitsadmin|wmic|\/add|download|webrequest|webclient|curl|wget|\/dev\/tcp|\bnc|mppreference/i;

/** Programs of Windows and the only folders that they run from. */
export const SYSTEM_PROGRAMS: ReadonlyMap<string, RegExp> = new Map(
  (
    'svchost lsass csrss services smss wininit winlogon spoolsv taskhostw dllhost conhost rundll32 lsaiso sihost ' +
    'userinit runtimebroker searchindexer wmiprvse'
  )
    .split(' ')
    .map(
      (name) =>
        [
          `${name}.exe`,
          /(?:^|\\)windows\\(?:system32|syswow64|winsxs|servicing)\\|^\\systemroot\\|^system32\\/,
        ] as const,
    ),
);

/** Who starts whom: seldom for a good reason. Base names in lower case. */
export interface Pairing {
  readonly parents: ReadonlySet<string>;
  readonly children: ReadonlySet<string>;
  readonly points: number;
  readonly says: string;
  readonly techniques: readonly string[];
}

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));
const SHELLS = set(
  'cmd.exe powershell.exe pwsh.exe wscript.exe cscript.exe mshta.exe rundll32.exe regsvr32.exe certutil.exe bitsadmin.exe',
);
const UNIX_SHELLS = set('sh bash dash zsh ksh ash busybox python python3 perl nc ncat curl wget');

export const PAIRINGS: readonly Pairing[] = [
  {
    parents: set(
      'winword.exe excel.exe powerpnt.exe outlook.exe onenote.exe msaccess.exe visio.exe mspub.exe acrord32.exe eqnedt32.exe',
    ),
    children: SHELLS,
    points: 60,
    says: 'was started by an Office or document program',
    techniques: ['T1204.002', 'T1059'],
  },
  {
    parents: set('wscript.exe cscript.exe mshta.exe'),
    children: SHELLS,
    points: 45,
    says: 'was started by a script host',
    techniques: ['T1059.005'],
  },
  {
    parents: set('w3wp.exe httpd.exe nginx.exe tomcat8.exe tomcat9.exe php-cgi.exe sqlservr.exe umworkerprocess.exe'),
    children: SHELLS,
    points: 55,
    says: 'was started by a server program',
    techniques: ['T1190', 'T1505.003'],
  },
  {
    parents: set('nginx httpd apache2 php-fpm java node mysqld postgres'),
    children: UNIX_SHELLS,
    points: 40,
    says: 'was started by a server program',
    techniques: ['T1190', 'T1505.003'],
  },
  {
    parents: set('lsass.exe csrss.exe winlogon.exe spoolsv.exe'),
    children: set('cmd.exe powershell.exe pwsh.exe rundll32.exe'),
    points: 50,
    says: 'was started by a part of Windows that starts no shells',
    techniques: ['T1055'],
  },
];
