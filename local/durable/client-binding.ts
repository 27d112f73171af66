/** Paths at which the durable HTTP API answers: for people and scripts (with a key), and for the app's own client. */
export const WEBHOOK_PATH = '/runtime/webhooks/durabletask';
export const RPC_PATH = '/durabletask';

export interface BindingOptions {
  /** `http://127.0.0.1:7071` */
  readonly origin: string;
  readonly taskHub: string;
  /** The key of the management API. */
  readonly code: string;
  /** First segment of the client's own paths, that nobody else knows. */
  readonly rpcSecret: string;
}

/** The links that steer one instance. */
export function managementUrls(options: BindingOptions, instanceId: string): Record<string, string> {
  const instance = `${options.origin}${WEBHOOK_PATH}/instances/${encodeURIComponent(instanceId)}`;
  const query = `taskHub=${options.taskHub}&connection=Storage&code=${options.code}`;
  return {
    id: instanceId,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
  };
}

/** JSON text of the value of a `durableClient` binding. */
export function clientBinding(options: BindingOptions): string {
  const base = `${options.origin}${WEBHOOK_PATH}`;
  const create = `${base}/orchestrators/{functionName}[/{instanceId}]`;
  const code = `code=${options.code}`;
  return JSON.stringify({
    taskHubName: options.taskHub,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: `${create}?${code}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${code}`,
    },
    managementUrls: managementUrls(options, 'INSTANCEID'),
    baseUrl: base,
    requiredQueryStringParameters: code,
    rpcBaseUrl: `${options.origin}${RPC_PATH}/${options.rpcSecret}/`,
    httpBaseUrl: null,
    maxGrpcMessageSizeInBytes: null,
    grpcHttpClientTimeout: null,
  });
}
