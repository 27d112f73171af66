import { SignInError } from '../azure/credential.ts';
import { toErrorInfo } from '../errors.ts';

/** What was found of one thing. */
export interface CheckResult {
  /** As `identity`, `workspace soc`, `provider splunk`. */
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly detail: string;
  /** What to do. */
  readonly hint?: string;
  /** The command that does it. */
  readonly command?: string;
}

/** One thing to look at. Its cheap real call is made when it is run. */
export interface Check {
  readonly name: string;
  run(signal: AbortSignal): Promise<Omit<CheckResult, 'name'>>;
  /** What is to be granted if it is refused. */
  readonly grant?: (principalId: string) => Grant;
}

export interface Grant {
  /** In words: the role or permission, and on what. */
  readonly hint: string;
  readonly command: string;
}

const CHECK_TIMEOUT_IN_MS = 45_000;

/** Runs a check; whatever it throws is its result. */
export async function runCheck(check: Check, principalId: string, signal?: AbortSignal): Promise<CheckResult> {
  const timeout = AbortSignal.timeout(CHECK_TIMEOUT_IN_MS);
  try {
    return { name: check.name, ...(await check.run(signal ? AbortSignal.any([signal, timeout]) : timeout)) };
  } catch (error) {
    const { code, message, hint } = toErrorInfo(error);
    const isTimeout = timeout.aborted && !signal?.aborted;
    const detail = isTimeout ? `did not answer within ${CHECK_TIMEOUT_IN_MS / 1000} s` : message;
    if (code === 'unauthorized' && check.grant && !(error instanceof SignInError)) {
      return { name: check.name, status: 'failed', detail, ...check.grant(principalId) };
    }
    return { name: check.name, status: 'failed', detail, ...(hint ? { hint } : {}) };
  }
}
