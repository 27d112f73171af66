import { styled, type Terminal, takesColour } from './terminal.ts';

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_IN_MS = 120;
const BAR_CELLS = 24;

const MARKS: Readonly<Record<string, { mark: string; style: 'green' | 'red' | 'yellow' | 'dim' }>> = {
  succeeded: { mark: '✓', style: 'green' },
  failed: { mark: '✗', style: 'red' },
  skipped: { mark: '–', style: 'yellow' },
  pending: { mark: '·', style: 'dim' },
};

export type StepStates = Readonly<Record<string, string>>;

/** Shows how far the steps of an investigation are. */
export interface StepProgress {
  show(phase: string, states: StepStates): void;
  /** A line that stays, beside the display. */
  say(line: string): void;
  /** Ends the display; what it drew is removed, so that the summary stands alone. */
  end(): void;
}

/** On a terminal a picture that is drawn anew; anywhere else a line for each change. */
export function stepProgress(
  terminal: Terminal,
  title: string,
  steps: readonly string[],
  clockInMs = Date.now,
): StepProgress {
  return terminal.isLive ? liveProgress(terminal, title, steps, clockInMs) : plainProgress(terminal, title);
}

function plainProgress(terminal: Terminal, title: string): StepProgress {
  const seen = new Map<string, string>();
  let lastPhase = '';
  const say = (text: string) => terminal.stderr.write(`${title}: ${text}\n`);
  return {
    show(phase, states) {
      for (const [step, state] of Object.entries(states)) {
        if (seen.get(step) === state) continue;
        seen.set(step, state);
        say(`${step} ${state}`);
      }
      if (phase !== lastPhase && phase !== 'steps' && phase !== 'done') say(phase);
      lastPhase = phase;
    },
    say,
    end: () => undefined,
  };
}

function liveProgress(
  terminal: Terminal,
  title: string,
  steps: readonly string[],
  clockInMs: () => number,
): StepProgress {
  const { stderr, env } = terminal;
  const colour = takesColour(stderr, env);
  const startedAtInMs = clockInMs();
  let frame = 0;
  let drawnLines = 0;
  let phase = 'start';
  let states: StepStates = {};
  const erase = () => {
    if (drawnLines > 0) stderr.write(`\x1b[${drawnLines}A\x1b[0J`);
    drawnLines = 0;
  };
  const draw = () => {
    const seconds = Math.floor((clockInMs() - startedAtInMs) / 1000);
    const lines = progressLines({
      title,
      steps,
      phase,
      states,
      seconds,
      frame: frame++,
      colour,
      height: stderr.rows ?? 24,
    });
    const width = Math.max(20, (stderr.columns ?? 80) - 1);
    erase();
    stderr.write(lines.map((line) => `${cutVisible(line, width)}\n`).join(''));
    drawnLines = lines.length;
  };
  const timer = setInterval(draw, FRAME_IN_MS);
  timer.unref();
  stderr.write('\x1b[?25l');
  draw();
  return {
    show(nextPhase, nextStates) {
      phase = nextPhase;
      states = nextStates;
      draw();
    },
    say(line) {
      erase();
      stderr.write(`${line}\n`);
      draw();
    },
    end() {
      clearInterval(timer);
      erase();
      stderr.write('\x1b[?25h');
    },
  };
}

interface ProgressFrame {
  readonly title: string;
  readonly steps: readonly string[];
  readonly phase: string;
  readonly states: StepStates;
  readonly seconds: number;
  readonly frame: number;
  readonly colour: boolean;
  /** Lines of the terminal: what is drawn must fit, or it could not be drawn over. */
  readonly height: number;
}

/** One picture of the progress: a bar over all steps, then a line for each, or for those that matter if all do not fit. */
export function progressLines({
  title,
  steps,
  phase,
  states,
  seconds,
  frame,
  colour,
  height,
}: ProgressFrame): string[] {
  const names = [...new Set([...steps, ...Object.keys(states)])];
  const stateOf = (name: string) => states[name] ?? 'pending';
  const ended = names.filter((name) => MARKS[stateOf(name)] && stateOf(name) !== 'pending').length;
  const filled = names.length === 0 ? 0 : Math.round((ended / names.length) * BAR_CELLS);
  const bar = styled('cyan', '━'.repeat(filled), colour) + styled('dim', '─'.repeat(BAR_CELLS - filled), colour);
  const clock = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  const head = `${styled('bold', title, colour)}  ${bar}  ${ended}/${names.length}  ${clock}  ${styled('dim', phase, colour)}`;
  const spinner = SPINNER[frame % SPINNER.length]!;
  const lineOf = (name: string) => {
    const state = stateOf(name);
    const known = MARKS[state];
    if (!known) return `  ${styled('cyan', spinner, colour)} ${name}`;
    const { mark, style } = known;
    return `  ${styled(style, mark, colour)} ${state === 'pending' ? styled('dim', name, colour) : name}`;
  };
  const room = Math.max(1, height - 3);
  if (names.length <= room) return [head, ...names.map(lineOf)];
  const urgency = ['running', 'failed', 'skipped', 'pending', 'succeeded'];
  const shown = [...names].sort((a, b) => urgency.indexOf(stateOf(a)) - urgency.indexOf(stateOf(b))).slice(0, room);
  const rest = styled('dim', `  … and ${names.length - shown.length} more`, colour);
  return [head, ...names.filter((name) => shown.includes(name)).map(lineOf), rest];
}

/** A line cut to a width in characters, colour codes not counted: a wrapped line would spoil the redraw. */
function cutVisible(line: string, width: number): string {
  let visible = 0;
  let cut = '';
  for (const [part] of line.matchAll(/\x1b\[[0-9;]*m|[\s\S]/gu)) {
    if (!part.startsWith('\x1b') && ++visible > width) continue;
    cut += part;
  }
  return cut;
}
