import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { TrailhoundError } from '../lib/errors.ts';
import { type AzuriteHost, startAzurite } from './azurite/azurite-host.ts';
import { DurableClient } from './durable/client.ts';
import { clientBinding } from './durable/client-binding.ts';
import { DurableEngine, type EngineCounts } from './durable/engine.ts';
import { managementApi } from './durable/management-api.ts';
import { openStore } from './durable/open-store.ts';
import type { SqliteStore } from './durable/sqlite-store.ts';
import { FunctionsRuntime } from './host/functions-runtime.ts';
import { httpFunctions } from './host/http-functions.ts';
import { type HttpLimits, HttpServer } from './host/http-server.ts';
import type { Binding, LogEntry } from './host/model.ts';
import { readHostSettings } from './host/settings.ts';
import { TimerTriggers } from './host/timer-triggers.ts';
import { openStateFolder, type StateFolder } from './state-folder.ts';

export interface EmbeddedHostOptions {
  /** The app's bundle, `dist/app.cjs`. `host.json` is looked for at and above it. */
  readonly appFile: string;
  /** Where all state lies; created if it is missing. */
  readonly folder: string;
  /** Default: any free port. */
  readonly port?: number;
  /** Environment of the app, set before it is loaded. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Refuse what would go wrong in Azure. Default true. */
  readonly strict?: boolean;
  /** Open the durable management API under `/runtime/webhooks/durabletask`, with a key. Default false. */
  readonly management?: boolean;
  /** Run the timer functions. Default true. */
  readonly timers?: boolean;
  readonly limits?: Partial<HttpLimits>;
  /** Receives a line for each thing that the app logs or the host has to say. */
  readonly log?: (line: string) => void;
  /** Stops the host when it is aborted. */
  readonly signal?: AbortSignal;
}

export interface EmbeddedHost {
  /** `http://127.0.0.1:7071` */
  readonly url: string;
  readonly azurite: { readonly connectionString: string };
  readonly functionNames: readonly string[];
  /** What the durable part can be asked directly, without HTTP. */
  readonly durable: DurableClient;
  /** The key of the management API. */
  readonly managementKey: string;
  /** How much the engine has done. */
  readonly counts: Readonly<EngineCounts>;
  /** Resolves when the state can no longer be written, with the reason; nothing runs from then on. */
  readonly failure: Promise<TrailhoundError>;
  /** Stops soon. What was going on goes on at the next start. */
  stop(): Promise<void>;
  /** Resolves when no orchestration is active and no entity has messages. */
  idle(): Promise<void>;
  /** Resolves when the instance is no longer active. */
  waitFor(instanceId: string): Promise<void>;
}

/**
 * Runs a Functions app in this process: the host, the durable backend and the storage emulator, for development and
 * for the command line. The app is loaded from its bundle exactly as Azure loads it.
 *
 * One app can be loaded at a time per process, for the app reads its settings from the environment.
 *
 * @throws {TrailhoundError} `conflict` when the folder or the port is in use, `not-found` without a bundle,
 * `unsupported`, `bad-data` or `unavailable` when the folder's state cannot be used
 */
export async function startEmbeddedHost(options: EmbeddedHostOptions): Promise<EmbeddedHost> {
  const appFile = resolve(options.appFile);
  const folder = openStateFolder(resolve(options.folder));
  const opened: Opened = { folder, http: new HttpServer(options.limits) };
  try {
    return await start(options, appFile, opened);
  } catch (thrown) {
    await close(opened);
    throw thrown;
  }
}

/** What has been opened, to be closed in the right order. */
interface Opened {
  readonly folder: StateFolder;
  readonly http: HttpServer;
  azurite?: AzuriteHost;
  store?: SqliteStore;
  engine?: DurableEngine;
  timers?: TimerTriggers;
  runtime?: FunctionsRuntime;
}

async function start(options: EmbeddedHostOptions, appFile: string, opened: Opened): Promise<EmbeddedHost> {
  const { folder, http } = opened;
  const store = openStore(folder.durableFile);
  opened.store = store;
  await http.listen(options.port ?? 0);
  const azurite = await startAzurite(folder.azurite);
  opened.azurite = azurite;
  setEnvironment(azurite.connectionString, http.port, options.settings ?? {});

  const isStrict = options.strict ?? true;
  const settings = readHostSettings(appFile);
  const log = logger(options.log);
  const runtime = new FunctionsRuntime(log);
  const binding = {
    origin: http.origin,
    taskHub: settings.taskHub,
    code: managementKey(store),
    rpcSecret: randomBytes(24).toString('base64url'),
  };
  const clientJson = clientBinding(binding);
  await runtime.load(appFile, settings.appFolder, (input: Binding) =>
    /^(durableClient|orchestrationClient)$/i.test(input.type) ? { string: clientJson } : undefined,
  );
  opened.runtime = runtime;

  let fail: (error: TrailhoundError) => void = () => {};
  const failure = new Promise<TrailhoundError>((resolve) => {
    fail = resolve;
  });
  const engine = new DurableEngine({
    runtime,
    store,
    isStrict,
    maxActivities: settings.maxActivities,
    log: (level, message) => log({ level, category: 'host', message }),
    onFailure: fail,
  });
  opened.engine = engine;
  const durable = new DurableClient(engine, store, isStrict);
  const resumed = engine.start();
  if (resumed > 0) log({ level: 'information', category: 'host', message: `${resumed} instance(s) go on` });
  http.handleWith([
    managementApi(durable, binding, options.management ?? false),
    httpFunctions(runtime, settings.routePrefix),
  ]);
  if (options.timers ?? true) {
    opened.timers = new TimerTriggers(runtime, store);
    opened.timers.start();
  }

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= close(opened);
    return stopped;
  };
  options.signal?.addEventListener('abort', () => void stop(), { once: true });
  if (options.signal?.aborted) await stop();
  return {
    url: http.origin,
    azurite,
    functionNames: runtime.registry.names,
    durable,
    managementKey: binding.code,
    counts: engine.counts,
    failure,
    stop,
    idle: () => engine.idle(),
    waitFor: (instanceId) => engine.waitFor(instanceId),
  };
}

async function close(opened: Opened): Promise<void> {
  opened.timers?.stop();
  opened.engine?.stop();
  await opened.http.close();
  await opened.runtime?.terminate();
  await opened.azurite?.close();
  opened.store?.close();
  opened.folder.release();
}

/** What the real host sets for its worker. `WEBSITE_HOSTNAME` must be there before the app's durable client is made. */
function setEnvironment(connectionString: string, port: number, settings: Readonly<Record<string, string>>): void {
  Object.assign(process.env, {
    AzureWebJobsStorage: connectionString,
    TRAILHOUND_STORAGE: connectionString,
    WEBSITE_HOSTNAME: `127.0.0.1:${port}`,
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
    FUNCTIONS_WORKER_RUNTIME: 'node',
    ...settings,
  });
}

/** Made once per state folder, so that links stay valid over restarts. */
function managementKey(store: SqliteStore): string {
  const known = store.getValue('management-key');
  if (known !== undefined) return known;
  const key = randomBytes(24).toString('base64url');
  store.setValue('management-key', key);
  return key;
}

/** The app's own lines, and what the host has to warn of; the library's system traces are left out. */
function logger(write: ((line: string) => void) | undefined): (entry: LogEntry) => void {
  return ({ level, category, message, functionName }) => {
    if (!write) return;
    const isWorthSaying = category !== 'system' || level === 'warning' || level === 'error' || level === 'critical';
    if (isWorthSaying) write(`${level}: ${functionName ? `${functionName}: ` : ''}${message}`);
  };
}
