import { randomUUID } from 'node:crypto';

/** The numbers of the durable extension's history events. */
export const EventType = {
  ExecutionStarted: 0,
  ExecutionCompleted: 1,
  ExecutionFailed: 2,
  ExecutionTerminated: 3,
  TaskScheduled: 4,
  TaskCompleted: 5,
  TaskFailed: 6,
  SubOrchestrationInstanceCreated: 7,
  SubOrchestrationInstanceCompleted: 8,
  SubOrchestrationInstanceFailed: 9,
  TimerCreated: 10,
  TimerFired: 11,
  OrchestratorStarted: 12,
  OrchestratorCompleted: 13,
  EventSent: 14,
  EventRaised: 15,
  ContinueAsNew: 16,
  GenericEvent: 17,
  ExecutionSuspended: 19,
  ExecutionResumed: 20,
} as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

export const eventTypeNames: ReadonlyMap<number, string> = new Map(
  Object.entries(EventType).map(([name, number]) => [number, name]),
);

/** What this host alone keeps of an event; never shown to the app. */
export interface PrivateDetails {
  /** JSON text of a scheduled task's or child's input: the wire form carries null. */
  input?: string | null;
  /** The task is not run but fails at once with this: its retry time-out is over. */
  failWith?: Failure;
  /** The execution of the receiver that a message is meant for. */
  executionId?: string;
}

export interface Failure {
  readonly reason: string;
  readonly details: string;
}

/** A history event in the durable extension's own form: field names, order and nulls are those of the wire. */
export interface HistoryEvent {
  readonly EventType: EventType;
  readonly EventId: number;
  readonly Timestamp: string;
  readonly Name?: string | null;
  readonly Version?: string | null;
  readonly Input?: string | null;
  readonly Result?: string | null;
  readonly Reason?: string | null;
  readonly Details?: string | null;
  readonly InstanceId?: string | null;
  readonly TaskScheduledId?: number;
  readonly TimerId?: number;
  readonly FireAt?: string;
  readonly OrchestrationInstance?: { InstanceId: string; ExecutionId: string };
  readonly ParentInstance?: unknown;
  readonly OrchestrationStatus?: string;
  readonly Data?: string | null;
  readonly $?: PrivateDetails;
  readonly [field: string]: unknown;
}

/** The parent's side of a sub-orchestration. */
export interface ParentLink {
  readonly id: string;
  readonly name: string;
  readonly executionId: string;
  readonly taskId: number;
}

/** Time of the moment in the form of the history. */
export const timestamp = (): string => new Date().toISOString();

/** Ids of executions carry dashes, ids of instances that the host invents do not. */
export const newExecutionId = (): string => randomUUID();
export const newInstanceId = (): string => randomUUID().replaceAll('-', '');

const tail = (at: string, eventId = -1) => ({ EventId: eventId, IsPlayed: false, Timestamp: at });

export const orchestratorStarted = (at: string): HistoryEvent => ({
  EventType: EventType.OrchestratorStarted,
  ...tail(at),
});

export const orchestratorCompleted = (at: string): HistoryEvent => ({
  EventType: EventType.OrchestratorCompleted,
  ...tail(at),
});

/** @param generation 0 for a new instance, null after continue-as-new and for children */
export const executionStarted = (
  instance: { id: string; executionId: string; name: string; version: string | null; parent: ParentLink | null },
  input: string | null,
  generation: number | null,
  at: string,
): HistoryEvent => ({
  OrchestrationInstance: { InstanceId: instance.id, ExecutionId: instance.executionId },
  EventType: EventType.ExecutionStarted,
  ParentInstance: instance.parent && {
    Name: instance.parent.name,
    OrchestrationInstance: { InstanceId: instance.parent.id, ExecutionId: instance.parent.executionId },
    TaskScheduleId: instance.parent.taskId,
    Version: null,
  },
  Name: instance.name,
  Version: instance.version,
  Input: input,
  Tags: null,
  Correlation: null,
  ParentTraceContext: null,
  ScheduledStartTime: null,
  Generation: generation,
  GenerateNewTrace: false,
  ...tail(at),
});

export const executionCompleted = (status: string, result: string | null, at: string): HistoryEvent => ({
  EventType: EventType.ExecutionCompleted,
  OrchestrationStatus: status,
  Result: result,
  ...tail(at),
});

export const executionTerminated = (reason: string | null, at: string): HistoryEvent => ({
  EventType: EventType.ExecutionTerminated,
  Input: reason,
  ...tail(at),
});

export const executionSuspended = (reason: string | null, at: string): HistoryEvent => ({
  EventType: EventType.ExecutionSuspended,
  Reason: reason,
  ...tail(at),
});

export const executionResumed = (reason: string | null, at: string): HistoryEvent => ({
  EventType: EventType.ExecutionResumed,
  Reason: reason,
  ...tail(at),
});

export const taskScheduled = (id: number, name: string, details: PrivateDetails, at: string): HistoryEvent => ({
  EventType: EventType.TaskScheduled,
  Name: name,
  Version: '',
  Input: null,
  ParentTraceContext: null,
  Tags: null,
  ...tail(at, id),
  $: details,
});

export const taskCompleted = (taskId: number, result: string | null, at: string): HistoryEvent => ({
  EventType: EventType.TaskCompleted,
  TaskScheduledId: taskId,
  Result: result,
  ...tail(at),
});

export const taskFailed = (taskId: number, failure: Failure, at: string): HistoryEvent => ({
  EventType: EventType.TaskFailed,
  TaskScheduledId: taskId,
  Reason: failure.reason,
  Details: failure.details,
  FailureDetails: null,
  ...tail(at),
});

export const subOrchestrationCreated = (
  id: number,
  name: string,
  version: string | null,
  instanceId: string,
  details: PrivateDetails,
  at: string,
): HistoryEvent => ({
  EventType: EventType.SubOrchestrationInstanceCreated,
  Name: name,
  Version: version,
  InstanceId: instanceId,
  Input: null,
  ClientSpanId: null,
  Tags: null,
  ...tail(at, id),
  $: details,
});

export const subOrchestrationCompleted = (taskId: number, result: string | null, at: string): HistoryEvent => ({
  EventType: EventType.SubOrchestrationInstanceCompleted,
  TaskScheduledId: taskId,
  Result: result,
  ...tail(at),
});

export const subOrchestrationFailed = (taskId: number, failure: Failure, at: string): HistoryEvent => ({
  EventType: EventType.SubOrchestrationInstanceFailed,
  TaskScheduledId: taskId,
  Reason: failure.reason,
  Details: failure.details,
  FailureDetails: null,
  ...tail(at),
});

export const timerCreated = (id: number, fireAt: string, at: string): HistoryEvent => ({
  EventType: EventType.TimerCreated,
  FireAt: fireAt,
  ...tail(at, id),
});

export const timerFired = (timerId: number, fireAt: string, at: string): HistoryEvent => ({
  EventType: EventType.TimerFired,
  TimerId: timerId,
  FireAt: fireAt,
  ...tail(at),
});

export const eventSent = (
  id: number,
  target: string,
  name: 'op' | 'release',
  input: string,
  at: string,
): HistoryEvent => ({
  EventType: EventType.EventSent,
  InstanceId: target,
  Name: name,
  Input: input,
  ...tail(at, id),
});

export const eventRaised = (name: string, input: string | null, at: string): HistoryEvent => ({
  EventType: EventType.EventRaised,
  Name: name,
  Input: input,
  ParentTraceContext: null,
  ...tail(at),
});

export const genericEvent = (data: string | null, at: string): HistoryEvent => ({
  Data: data,
  EventType: EventType.GenericEvent,
  ...tail(at),
});
