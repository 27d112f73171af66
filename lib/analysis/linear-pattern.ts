import { setFlagsFromString } from 'node:v8';
import { TrailhoundError } from '../errors.ts';

let isEngineOn = false;

/**
 * A regular expression for V8's engine without backtracking, so that no text can make it slow. What that engine cannot
 * do (look-around, back-references) is refused.
 *
 * @throws TrailhoundError `usage` for what is no such pattern
 */
export function linearPattern(source: string, flags: string, name = 'the pattern'): RegExp {
  if (!isEngineOn) {
    setFlagsFromString('--enable-experimental-regexp-engine');
    isEngineOn = true;
  }
  try {
    return new RegExp(source, `${flags}l`);
  } catch (thrown) {
    throw new TrailhoundError('usage', `${name} cannot be used: ${(thrown as Error).message}`, {
      hint: 'Patterns run in linear time: no look-ahead, look-behind or back-references.',
    });
  }
}
