import { SignInError } from '../azure/credential.ts';
import { toErrorInfo } from '../errors.ts';
import type { Grantee } from './grants.ts';

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
  readonly grant?: (who: Grantee) => Grant | undefined;
  /** It may take longer than others: somebody may have to sign in. Default 45 s. */
  readonly timeoutInMs?: number;
}

export interface Grant {
  /** In words: the role or permission, and on what. */
  readonly hint: string;
  readonly command?: string;
}

const CHECK_TIMEOUT_IN_MS = 45_000;

export interface CheckRun {
  /** Whose call it is. */
  readonly who?: Grantee;
  /** The check of the identity that the call needs, if nobody could sign in with it. */
  readonly failedIdentity?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a check; whatever it throws is its result, and what does not end is left behind. */
export async function runCheck(check: Check, { who, failedIdentity, signal }: CheckRun = {}): Promise<CheckResult> {
  const { name, timeoutInMs = CHECK_TIMEOUT_IN_MS } = check;
  const timeout = AbortSignal.timeout(timeoutInMs);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    return { name, ...(await Promise.race([check.run(either), aborted(either)])) };
  } catch (error) {
    const { code, message, hint } = toErrorInfo(error);
    if (failedIdentity && (error instanceof SignInError || isSignInText(message))) {
      return { name, status: 'skipped', detail: `needs "${failedIdentity}", which could not sign in` };
    }
    if (timeout.aborted && !signal?.aborted) {
      const detail = `did not answer within ${timeoutInMs / 1000} s`;
      return { name, status: 'failed', detail, hint: REACH };
    }
    const grant = code === 'unauthorized' && !(error instanceof SignInError) ? check.grant?.(who) : undefined;
    const advice = grant ?? (hint ? { hint } : code === 'unavailable' ? { hint: REACH } : {});
    return { name, status: 'failed', detail: message, ...advice };
  }
}

const REACH =
  'Check name and network from here: DNS, firewall, private endpoint, proxy (HTTPS_PROXY with NODE_USE_ENV_PROXY=1).';

/** Azure's clients wrap the error of a sign-in in one of their own. */
function isSignInText(message: string): boolean {
  return message.includes('could not sign in to ');
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
