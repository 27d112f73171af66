import type { FunctionsRuntime } from '../host/functions-runtime.ts';
import { EventType, type HistoryEvent } from './history.ts';
import { HTTP_ACTIVITY } from './http-activity.ts';
import { checkActivityInput, checkKnown, checkOrchestratorInput, checkPayload } from './strict.ts';

/** Applies strict mode to a task that an orchestrator has scheduled. */
export function checkScheduled(runtime: FunctionsRuntime, event: HistoryEvent): void {
  const name = event.Name ?? '';
  const names = (trigger: string) => runtime.registry.withTrigger(trigger).map((hosted) => hosted.name);
  if (event.EventType === EventType.TaskScheduled && name !== HTTP_ACTIVITY) {
    const input = event.$?.input ?? null;
    checkKnown('activity', name, names('activityTrigger'));
    checkActivityInput(name, input);
    checkPayload(`the input of activity "${name}"`, input);
  } else if (event.EventType === EventType.SubOrchestrationInstanceCreated) {
    checkKnown('orchestrator', name, names('orchestrationTrigger'));
    checkOrchestratorInput(name, event.$?.input ?? null);
  } else if (event.EventType === EventType.EventSent) {
    checkPayload(`the message to ${event.InstanceId}`, event.Input ?? null);
  }
}
