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
    text: 'Sign-ins, the colour by application; journeys that cannot have been made are red.',
    steps: { signins: table('SigninLogs'), placed: { verb: 'gallery.coordinates', from: 'signins' } },
    verb: 'draw.map',
    from: 'placed',
    with: { title: 'Sign-ins', colourBy: 'AppDisplayName', routes: 'impossible' },
  },
  {
    name: 'graph',
    title: 'Graph',
    text: 'Which host reached which address outside.',
    steps: { connections: table('CommonSecurityLog', { DeviceAction: 'allow' }) },
    verb: 'draw.graph',
    from: 'connections',
    with: {
      title: 'Who talks to whom',
      sourceColumn: 'SourceIP',
      targetColumn: 'DestinationIP',
      sourceKind: 'inside',
      targetKind: 'outside',
    },
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
];
