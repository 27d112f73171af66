/** A step before the picture. `gallery.*` stands for what the script itself prepares. */
export interface GalleryStep {
  readonly verb: string;
  readonly from?: string | readonly string[];
  readonly with?: Readonly<Record<string, unknown>>;
  readonly where?: Readonly<Record<string, string | number | readonly (string | number)[]>>;
}

export interface GalleryEntry {
  readonly name: string;
  readonly title: string;
  readonly text: string;
  readonly steps: Readonly<Record<string, GalleryStep>>;
  readonly verb: string;
  readonly from: string | readonly string[];
  readonly with?: Readonly<Record<string, unknown>>;
}

const table = (name: string, where?: GalleryStep['where']): GalleryStep => ({
  verb: 'query.run',
  with: { table: name },
  ...(where && { where }),
});
const HOST = { Computer: 'ws03.contoso.example' } as const;

export const GALLERY: readonly GalleryEntry[] = [
  {
    name: 'timeline',
    title: 'Timeline: many events in bins',
    text: 'Six tables of the day together. One cell is a round length of time, its colour the count on a log scale; small groups are drawn event by event, spikes are marked.',
    steps: {
      processes: table('ProcessCreation'),
      'opened processes': table('ProcessAccess'),
      connections: table('NetworkConnection'),
      logons: table('Logon'),
      'script blocks': table('ScriptBlock'),
      'services installed': table('ServiceInstall'),
    },
    verb: 'draw.timeline',
    from: ['processes', 'opened processes', 'connections', 'logons', 'script blocks', 'services installed'],
    with: {
      title: 'A day at contoso',
      referenceTimes: [{ time: '2026-03-12T09:13:05Z', label: 'Encoded PowerShell' }],
    },
  },
  {
    name: 'timeline-marks',
    title: 'Timeline: few events one by one',
    text: 'What the rules found, each a mark at its time.',
    steps: {
      processes: table('ProcessCreation'),
      access: table('ProcessAccess'),
      detections: { verb: 'detect.sigma', from: ['processes', 'access'] },
    },
    verb: 'draw.timeline',
    from: 'detections',
    with: {
      title: 'Detections',
      groupBy: 'RuleTitle',
      order: 'first',
      tooltipColumns: ['Computer', 'Actor', 'Excerpt'],
    },
  },
  {
    name: 'timeline-events',
    title: 'Timeline of Windows events',
    text: 'Events by their id. Ids stand with their names, by the provider that wrote them; one that is not known stays a number.',
    steps: {
      'security events': table('SecurityEvent'),
      'other events': table('Event', { Computer: ['ws03.contoso.example', 'fs01.contoso.example'] }),
    },
    verb: 'draw.timeline',
    from: ['security events', 'other events'],
    with: { title: 'Windows events of a day', groupBy: 'EventID', maxGroups: 24 },
  },
  {
    name: 'timeline-values',
    title: 'Values along time',
    text: 'Bytes sent through the firewall, by what it did.',
    steps: { firewall: table('CommonSecurityLog') },
    verb: 'draw.timeline-values',
    from: 'firewall',
    with: {
      title: 'Bytes sent through the firewall',
      valueColumn: 'SentBytes',
      groupBy: 'DeviceAction',
      kind: 'points',
      log: true,
    },
  },
  {
    name: 'timeline-duration',
    title: 'Spans',
    text: 'From the first to the last logon of each account over the network.',
    steps: { logons: table('Logon') },
    verb: 'draw.timeline-duration',
    from: 'logons',
    with: { title: 'Logons by account', groupBy: 'Account', maxGroups: 16 },
  },
  {
    name: 'process-tree',
    title: 'Process tree',
    text: 'The processes of one host. What the rules flagged is unfolded with all its ancestors; the rest is folded in place and counted.',
    steps: {
      processes: table('ProcessCreation', HOST),
      tree: { verb: 'build.process-tree', from: 'processes' },
      flagged: { verb: 'detect.sigma', from: 'processes' },
    },
    verb: 'draw.process-tree',
    from: ['tree', 'flagged'],
    with: { maxRows: 60 },
  },
  {
    name: 'matrix',
    title: 'Matrix: who, where, how rarely',
    text: 'Programs by host, rare pairs large. Axes keep the values with the rarest cells; all others are summed, so that totals are whole.',
    steps: { processes: table('ProcessCreation') },
    verb: 'draw.matrix',
    from: 'processes',
    with: { title: 'Programs by host', x: 'Computer', y: 'Image', inverse: true, maxRows: 30, cellSize: 25 },
  },
  {
    name: 'time-series',
    title: 'Time series with anomalies',
    text: 'Connections in ten minutes with the median of the hours around, and where they leave it. The columns are those of MSTICPy and of KQL’s `series_decompose_anomalies`.',
    steps: { firewall: table('CommonSecurityLog'), series: { verb: 'gallery.hourly', from: 'firewall' } },
    verb: 'draw.time-series',
    from: 'series',
    with: { title: 'Connections through the firewall', threshold: 3 },
  },
  {
    name: 'map',
    title: 'Map with impossible travel',
    text: 'Sign-ins, the colour by application, the shape by risk; marks at one place stand side by side. Journeys that cannot have been made are red.',
    steps: { signins: table('SigninLogs'), placed: { verb: 'gallery.coordinates', from: 'signins' } },
    verb: 'draw.map',
    from: 'placed',
    with: {
      title: 'Sign-ins',
      colourBy: 'AppDisplayName',
      iconBy: 'RiskLevelDuringSignIn',
      icons: { none: 'circle', medium: 'triangle', high: 'star' },
      tooltipColumns: ['UserPrincipalName', 'IPAddress', 'Location', 'ResultDescription'],
      routes: 'impossible',
    },
  },
  {
    name: 'graph',
    title: 'Graph',
    text: 'Which host reached which address.',
    steps: { connections: table('CommonSecurityLog', { DeviceAction: 'allow', DestinationPort: 443 }) },
    verb: 'draw.graph',
    from: 'connections',
    with: {
      title: 'Who talks to whom',
      sourceColumn: 'SourceIP',
      targetColumn: 'DestinationIP',
      sourceKind: 'source',
      targetKind: 'destination',
    },
  },
  {
    name: 'alert-graph',
    title: 'Graph of alerts',
    text: 'The alerts of the day, what they speak of, and what that names in turn. Two alerts that share an account or a host hang together by it.',
    steps: { alerts: table('SecurityAlert') },
    verb: 'draw.graph',
    from: 'alerts',
    with: { title: 'Alerts and their entities', entitiesColumn: 'Entities' },
  },
  {
    name: 'what-if',
    title: 'What if',
    text: 'What would be left if only combinations with at least this score counted? The page has a slider.',
    steps: {
      processes: table('ProcessCreation'),
      rarity: { verb: 'score.rarity', from: 'processes', with: { columns: ['ParentImage', 'Image'] } },
    },
    verb: 'draw.what-if',
    from: 'rarity',
    with: {
      title: 'Rare parent and child: what if the threshold changes?',
      x: 'Computer',
      thresholdColumn: 'Score',
      thresholds: [20, 25, 30, 35, 40, 45],
    },
  },
  {
    name: 'browse-table',
    title: 'Table viewer',
    text: 'As a picture, the first rows; as a page, all of them: choose columns, filter, sort, unfold JSON, export.',
    steps: { processes: table('ProcessCreation', HOST) },
    verb: 'browse.table',
    from: 'processes',
    with: { title: 'Processes', columns: ['TimeGenerated', 'Account', 'Image', 'CommandLine'] },
  },
  {
    name: 'browse-alerts',
    title: 'Alert browser',
    text: 'The picture is the alerts along time. The page has it above a list, the worst first, with search and levels; selecting an alert shows all of it, entities and extended properties unfolded.',
    steps: { alerts: table('SecurityAlert') },
    verb: 'browse.alerts',
    from: 'alerts',
    with: { title: 'Alerts' },
  },
  {
    name: 'browse-findings',
    title: 'Finding browser',
    text: 'What the rules found: in the picture the first rows, in the page a list, the worst first, with the reason and all that the row holds.',
    steps: {
      processes: table('ProcessCreation'),
      access: table('ProcessAccess'),
      detections: { verb: 'detect.sigma', from: ['processes', 'access'] },
    },
    verb: 'browse.findings',
    from: 'detections',
    with: { title: 'Detections' },
  },
  {
    name: 'browse-threat-intel',
    title: 'Threat-intelligence browser',
    text: 'What is known of the addresses and names that were connected to. In the page each observable is an entry, the worst verdict first, with the answer of each source.',
    steps: {
      connections: table('NetworkConnection'),
      observables: {
        verb: 'extract.iocs',
        from: 'connections',
        with: { columns: ['DestinationIp', 'DestinationHostname'] },
      },
      distinct: { verb: 'table.distinct', from: 'observables', with: { columns: ['IoCType', 'Observable'] } },
      verdicts: { verb: 'lookup.threat-intel', from: 'distinct' },
    },
    verb: 'browse.threat-intel',
    from: 'verdicts',
  },
];
