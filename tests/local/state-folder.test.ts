import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { TrailhoundError } from '../../lib/errors.ts';
import { DurableClient } from '../../local/durable/client.ts';
import { DurableEngine } from '../../local/durable/engine.ts';
import { openStore } from '../../local/durable/open-store.ts';
import { FunctionsRuntime } from '../../local/host/functions-runtime.ts';
import { openStateFolder } from '../../local/state-folder.ts';
import { startTestHost, temporaryFolder, until } from './support/hosts.ts';

/** What is thrown, as code and text. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    const { code, message, hint } = thrown as TrailhoundError;
    return `${code}: ${message}. ${hint}`;
  }
  throw new Error('nothing was refused');
}

describe('a state folder', () => {
  it('is refused to a second instance, until the first gives it free', async () => {
    const folder = temporaryFolder();
    const host = await startTestHost('patterns', { folder });
    await expect(startTestHost('patterns', { folder })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`in use by another instance (process ${process.pid}, since `),
      hint: expect.stringContaining('choose another folder with --folder'),
    });
    await host.stop();
    const next = await startTestHost('patterns', { folder });
    await next.stop();
  });

  it('is taken over from a process that is gone, however it left the lock', () => {
    for (const left of [JSON.stringify({ processId: 2 ** 22 + 1, startedAt: 'x', token: 'x' }), '', '{']) {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'lock'), left);
      openStateFolder(folder).release();
    }
  });

  it('is taken over from an earlier process of the same number', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'lock'), JSON.stringify({ processId: process.pid, startedAt: 'x', token: 'x' }));
    openStateFolder(folder).release();
  });

  it('of a newer version is left alone', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'version'), '2\n');
    expect(refusal(() => openStateFolder(folder))).toBe(
      `unsupported: the state folder ${folder} was written by a newer Trailhound (layout 2, this one knows 1). Use that version, or another folder. Nothing in it was changed.`,
    );
  });

  it('that cannot be written is refused', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(refusal(() => openStateFolder(join(folder, 'file', 'state')))).toMatch(
      /^unavailable: the state folder .* cannot be written: ENOTDIR.*Choose another one with --folder, or make this one writable\.$/,
    );
  });

  it.skipIf(process.getuid?.() === 0)('that is read-only is refused', () => {
    const folder = join(temporaryFolder(), 'state');
    mkdirSync(folder);
    chmodSync(folder, 0o500);
    expect(refusal(() => openStateFolder(folder))).toMatch(/^unavailable: .* cannot be written: EACCES/);
  });
});

describe('the durable database', () => {
  it('that is no database is named, and left as it is', () => {
    const file = join(temporaryFolder(), 'durable.sqlite');
    writeFileSync(file, 'not a database at all, but some text that is long enough'.repeat(100));
    const before = readFileSync(file);
    expect(refusal(() => openStore(file))).toMatch(
      /^bad-data: .*durable\.sqlite is damaged: file is not a database\. It was left as it is\. Move it away to begin anew/,
    );
    expect(readFileSync(file)).toEqual(before);
  });

  it('that is damaged inside is named', () => {
    const file = join(temporaryFolder(), 'durable.sqlite');
    const store = openStore(file);
    for (let index = 0; index < 2000; index++) store.setValue(`key-${index}`, 'x'.repeat(100));
    store.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 20_000);
    writeFileSync(file, bytes);
    expect(refusal(() => openStore(file))).toMatch(/^bad-data: .*durable\.sqlite is damaged: /);
  });

  it('of a newer version is left alone', () => {
    const file = join(temporaryFolder(), 'durable.sqlite');
    openStore(file).close();
    const database = new DatabaseSync(file);
    database.exec("update settings set value = '7' where key = 'schema-version'");
    database.close();
    expect(refusal(() => openStore(file))).toBe(
      `unsupported: ${file} was written by a newer Trailhound (schema 7, this one knows 1). Use that version, or another folder. Nothing in it was changed.`,
    );
  });

  it('that cannot be opened is refused', () => {
    expect(refusal(() => openStore(join(temporaryFolder(), 'no', 'such', 'folder')))).toMatch(
      /^unavailable: .* cannot be opened: unable to open database file\. Make room on the disk, and the folder writable\.$/,
    );
  });

  it('that is full ends the work with a clear message, and loses nothing', () => {
    const store = openStore(':memory:');
    const lines: string[] = [];
    const failures: TrailhoundError[] = [];
    let isFull = false;
    const filling = new Proxy(store, {
      get: (target, property) => {
        if (property === 'commit' && isFull) {
          return () => {
            throw new Error('database or disk is full');
          };
        }
        const value = Reflect.get(target, property) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const engine = new DurableEngine({
      runtime: new FunctionsRuntime(() => {}),
      store: filling,
      isStrict: true,
      maxActivities: 1,
      log: (_level, message) => lines.push(message),
      onFailure: (error) => failures.push(error),
    });
    const client = new DurableClient(engine, filling, true);
    client.startNew('any', null, 'before');
    isFull = true;
    const words =
      'unavailable: the durable state cannot be written: database or disk is full. Nothing acknowledged is lost. Make room on the disk (or the folder writable) and start again.';
    expect(refusal(() => client.startNew('any', null, 'after'))).toBe(words);
    expect(`unavailable: ${lines[0]}`).toBe(words);
    expect(failures).toHaveLength(1);
    expect(engine.isStopped).toBe(true);
    expect(store.getInstance('before')?.status).toBe('Pending');
    expect(store.getInstance('after')).toBeUndefined();
    expect(() => client.startNew('any', null, 'later')).toThrow('the host has stopped');
    store.close();
  });
});

describe('instances that were going on', () => {
  it('do not hold up a stop, however long an activity runs', async () => {
    const host = await startTestHost('patterns');
    const id = host.start('endless');
    await until(() => host.view(id).status === 'Running');
    await host.stop();
    await host.stop();
  });

  it('go on after an orderly stop: events, timers and what had been done', async () => {
    const folder = temporaryFolder();
    const first = await startTestHost('patterns', { folder });
    const waiting = first.start('approval');
    const timed = first.start('approval', 300);
    const counting = first.start('sequence', 200);
    const suspended = first.start('suspended');
    await new Promise((resolve) => setTimeout(resolve, 30));
    first.durable.suspend(suspended, 'a pause');
    first.durable.raiseEvent(suspended, 'go', '1');
    first.durable.raiseEvent(waiting, 'approve', '"just before the end"');
    await first.stop();

    const second = await startTestHost('patterns', { folder });
    try {
      expect(second.lines[0]).toMatch(/^information: \d instance\(s\) go on$/);
      await Promise.all([waiting, timed, counting].map((id) => second.waitFor(id)));
      expect(second.view(waiting).output).toEqual({ by: 'just before the end' });
      expect(second.view(timed).output).toBe('timeout');
      expect(second.view(counting).output).toBe(19_900);
      second.durable.resume(suspended, 'on');
      await second.waitFor(suspended);
      expect(second.view(suspended).output).toBe('done');
    } finally {
      await second.stop();
    }
  });
});
