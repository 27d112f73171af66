import { cloudNameOf } from '../../azure/clouds.ts';
import { appOf, field, nameOf, pathsOf, secretOf, tenantOf, urlOf } from './fields.ts';
import type { Part } from './source.ts';

interface Context {
  readonly home: string;
  /** The tenant that everything is in that names no other. */
  readonly tenantId: unknown;
  readonly providers: Record<string, unknown>;
  readonly dataPaths: string[];
}

/** `name` is ours for the provider: that of its type, with the instance's name (`Splunk-east`) behind it. */
type Importer = (part: Part, name: (type: string) => string, context: Context) => void;

const IMPORTERS: readonly (readonly [kind: RegExp, importer: Importer])[] = [
  [/^azurecli$/, (part) => part.pass()],
  [/^splunk$/, splunk],
  [/^elastic/, elastic],
  [/^(?:microsoftdefender|mde|m365d|m365dgraph)$/, graphProvider('defender-xdr')],
  [/^(?:microsoftgraph|securitygraph|msgraph|securitygraphclient)$/, graphProvider('graph-security')],
  [/^kusto$/, (part, name, context) => kusto(part, part.at('Args'), name('kusto'), context)],
  [/^localdata$/, (part, _name, context) => void context.dataPaths.push(...dataPaths(part, context))],
  [/^osquery(?:logs)?$/, fileProvider('osquery')],
  [/^velociraptor(?:logs)?$/, fileProvider('velociraptor')],
  [/^(?:mordor|otrf|securitydatasets)$/, securityDatasets],
];

/** Data providers, and Kusto clusters of the newer section of their own. */
export function importDataProviders(root: Part, home: string, tenantId: unknown): Record<string, unknown> {
  const context: Context = { home, tenantId, providers: {}, dataPaths: [] };
  for (const part of root.at('DataProviders').parts()) {
    const [, kind = '', instance] = /^([^-]*)(?:-(.*))?$/.exec(part.name.replace(/_new\b/i, '')) ?? [];
    const known = IMPORTERS.find(([pattern]) => pattern.test(kind.toLowerCase()));
    const name = (type: string) => nameOf(instance ? `${type}-${instance}` : type);
    if (known) known[1](part, name, context);
    else if (/sentinel|loganalytics/i.test(kind)) part.note('workspaces are queried as they are; this adds nothing');
    else part.note('there is no such provider here');
  }
  const clusters = root.at('KustoClusters');
  const defaults = clusters.at('ClusterDefaults').at('Args');
  for (const part of clusters.parts()) {
    if (part.name !== 'ClusterDefaults') kusto(part, defaults, nameOf(`kusto-${part.name}`), context);
  }
  const { providers, dataPaths: paths } = context;
  return {
    ...field('providers', Object.keys(providers).length > 0 ? providers : undefined),
    ...field('dataPaths', paths.length > 0 ? paths : undefined),
  };
}

/** Settings stand under `Args` or, of file providers, beside it. */
function option(part: Part, name: string): Part {
  const args = part.at('Args');
  return args.has(name) ? args.at(name) : part.at(name);
}

function splunk(part: Part, name: (type: string) => string, { providers }: Context): void {
  const host = option(part, 'host').text();
  if (!host) {
    part.note('has no host');
    return;
  }
  const scheme = option(part, 'http_scheme').text() ?? 'https';
  const token = secretOf(option(part, 'bearer_token'));
  if (option(part, 'verify').flag() !== false) option(part, 'verify').pass();
  else option(part, 'verify').note('certificates are always verified; add yours with NODE_EXTRA_CA_CERTS');
  providers[name('splunk')] = {
    type: 'splunk',
    url: `${scheme}://${host}:${option(part, 'port').text() ?? '8089'}`,
    ...field('token', token),
    ...field('user', option(part, 'username').text()),
    ...field('password', secretOf(option(part, 'password'))),
    ...field('app', option(part, 'app').text()),
  };
}

function elastic(part: Part, name: (type: string) => string, { providers }: Context): void {
  const url = urlOf(option(part, part.at('Args').has('url') ? 'url' : 'host'));
  if (!url) {
    part.note('has no url: set providers.elastic with its url and apiKey');
    return;
  }
  providers[name('elastic')] = {
    type: 'elastic',
    url,
    ...field('apiKey', secretOf(option(part, 'api_key'))),
    ...field('user', option(part, 'username').text()),
    ...field('password', secretOf(option(part, 'password'))),
  };
}

function graphProvider(type: 'defender-xdr' | 'graph-security'): Importer {
  return (part, name, { providers, tenantId }) => {
    const args = part.at('Args');
    const text = args.at('Cloud').text();
    const cloud = text === undefined ? undefined : cloudNameOf(text);
    if (text !== undefined && (cloud === undefined || cloud === 'de'))
      args.at('Cloud').note('is no cloud that can be used');
    args.at('UserName').note('a person signs in by identity.methods: cli or interactive');
    providers[name(type)] = {
      type,
      ...field('cloud', cloud === 'global' || cloud === 'de' ? undefined : cloud),
      ...tenantOf(args.at('TenantId'), tenantId),
      ...appOf(args),
    };
  };
}

function kusto(part: Part, defaults: Part, name: string, { providers, tenantId }: Context): void {
  const args = part.at('Args');
  const cluster = urlOf(args.at('Cluster'));
  if (!cluster) {
    part.note('has no Cluster');
    return;
  }
  const database = args.at('Database').text() ?? defaults.at('Database').text();
  for (const each of [args, defaults]) each.at('IntegratedAuth').pass();
  if (!database) {
    part.note(
      `names no database, as MSTICPy's queries do: trailhound config set providers.${name} "{type: kusto, cluster: '${new URL(cluster).origin}', database: <name>}"`,
    );
    return;
  }
  const own = appOf(args);
  providers[name] = {
    type: 'kusto',
    cluster,
    database,
    ...tenantOf(args.has('TenantId') ? args.at('TenantId') : defaults.at('TenantId'), tenantId),
    ...(own.identity || defaults === args ? own : appOf(defaults)),
  };
}

function dataPaths(part: Part, { home }: Context): string[] {
  const name = part.has('DataPaths') || part.at('Args').has('DataPaths') ? 'DataPaths' : 'data_paths';
  return pathsOf(option(part, name), home);
}

function fileProvider(type: 'osquery' | 'velociraptor'): Importer {
  return (part, name, context) => {
    const paths = dataPaths(part, context);
    option(part, 'cache_file').pass();
    if (paths.length === 0) part.note('has no data_paths');
    else context.providers[name(type)] = { type, paths };
  };
}

function securityDatasets(part: Part, name: (type: string) => string, { providers, home }: Context): void {
  const folder = pathsOf(option(part, 'save_folder'), home)[0];
  for (const each of ['use_cached', 'used_cached', 'silent']) option(part, each).pass();
  providers[name('security-datasets')] = { type: 'security-datasets', ...field('folder', folder) };
}
