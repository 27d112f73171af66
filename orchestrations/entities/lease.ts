import type { EntityContext } from 'durable-functions';

/** Who may ask a service now: holder → until when, in milliseconds since 1970. */
type Holders = Record<string, number>;

export interface AcquireInput {
  readonly holder: string;
  /** At most so many hold at once. */
  readonly limit: number;
  /** A holder that vanished gives its place back after so long. */
  readonly durationInMs: number;
}

/**
 * A lease on a service for each identity: services allow an identity a number of queries at once (Log Analytics: 5),
 * whatever investigations they belong to. `acquire` answers whether the holder may go on; `release` gives back.
 */
export function lease(context: EntityContext<Holders>): void {
  const nowInMs = Date.now();
  const holders = Object.fromEntries(
    Object.entries(context.df.getState(() => ({})) ?? {}).filter(([, untilInMs]) => untilInMs > nowInMs),
  );
  switch (context.df.operationName) {
    case 'acquire': {
      const { holder, limit, durationInMs } = context.df.getInput<AcquireInput>()!;
      const mayHold = Object.hasOwn(holders, holder) || Object.keys(holders).length < limit;
      if (mayHold) holders[holder] = nowInMs + durationInMs;
      context.df.return(mayHold);
      break;
    }
    case 'release':
      delete holders[context.df.getInput<string>()!];
      break;
  }
  context.df.setState(holders);
}
