import type { Failure } from './history.ts';

const frames = (thrown: unknown): string | null =>
  thrown instanceof Error ? (thrown.stack ?? '').split('\n').slice(0, 6).join('\n') : null;

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/** A failed activity in the words and the form of the real host; only the frames of its own code are left out. */
export function activityFailure(name: string, thrown: unknown): Failure {
  const message = messageOf(thrown);
  const stack = frames(thrown);
  return {
    reason: `Activity function '${name}' failed: ${message}`,
    details: JSON.stringify({
      $type: 'System.Exception, System.Private.CoreLib',
      ClassName: 'System.Exception',
      Message: message,
      Data: null,
      InnerException: {
        $type: 'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, Microsoft.Azure.WebJobs.Script',
        IsUserException: false,
        RemoteStackTrace: stack,
        RemoteMessage: message,
        RemoteTypeName: null,
        Message: `Result: Failure\nException: ${message}\nStack: ${stack ?? ''}`,
        InnerException: null,
      },
      StackTraceString: null,
      RemoteStackTraceString: null,
    }),
  };
}

/** What an orchestration that failed shows as its output. */
export const orchestratorFailure = (name: string, error: string): string =>
  `Orchestrator function '${name}' failed: ${error}`;

/** A failed child as its parent sees it. */
export const childFailure = (name: string, error: string): Failure => ({
  reason: orchestratorFailure(name, error),
  details: `Message: ${error}, StackTrace: `,
});

/** The error text of an orchestrator that the app does not have. */
export const unknownOrchestrator = (name: string, known: readonly string[]): string =>
  `The function '${name}' doesn't exist, is disabled, or is not an orchestrator function. Additional info: The following are the known orchestrator functions: ${known.map((each) => `'${each}'`).join(', ')}.`;
