/**
 * Promise 1: `kill -9` at any moment loses nothing that was acknowledged, and leaves nothing half.
 *
 * `PROMONTORY_KILL_ROUNDS=200` for the full proof; `PROMONTORY_KILL_SEED` repeats the moments of a run.
 */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine } from './engines.ts';
import { AS_KEPT, mrFile, newUid, partsOf, stowFiles } from './instances.ts';
import { launch, runCommand, type Started, startPromontory } from './peers/promontory.ts';
import { say, seeded } from './say.ts';

const ROUNDS = Number(process.env.PROMONTORY_KILL_ROUNDS ?? 8);
const SEED = Number(process.env.PROMONTORY_KILL_SEED ?? Date.now() % 1_000_000);
const CONNECTIONS = 3;
/** Rows and columns: 0.1 kB to 4.5 MB, so that requests die within one instance and between many. */
const PIXELS = [8, 8, 8, 64, 256, 512, 1500];
const SERIES = 2;
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface Sent {
  readonly studyUid: string;
  readonly sha256: string;
}

let engine: Engine;
let token: string;
/** Everything ever sent, by SOP instance UID; what was acknowledged; where it may be found. */
const sent = new Map<string, Sent>();
const acknowledged = new Set<string>();
const studies = new Set<string>();
const random = seeded(SEED);
const below = (n: number): number => Math.floor(random() * n);

beforeAll(async () => {
  engine = await openEngine();
  const first = await startPromontory(engine.start());
  token = first.token;
  await first.stop('SIGTERM');
});
afterAll(() => engine.release());

/** One connection: request after request, until the server is gone. */
async function load(server: Started, onAnswer: () => void): Promise<void> {
  const studyUid = newUid();
  studies.add(studyUid);
  const series = Array.from({ length: SERIES }, newUid);
  for (;;) {
    const files = Array.from({ length: 1 + below(5) }, () =>
      mrFile({
        studyUid,
        seriesUid: series[below(SERIES)] as string,
        pixels: PIXELS[below(PIXELS.length)] as number,
        fill: below(256),
      }),
    );
    for (const file of files) sent.set(file.sopUid, { studyUid, sha256: sha256(file.bytes) });
    try {
      const { status, stored } = await stowFiles(
        server,
        files.map(({ bytes }) => bytes),
      );
      expect([200, 202]).toContain(status);
      for (const uid of stored) acknowledged.add(uid);
      onAnswer();
    } catch (error) {
      if (error instanceof TypeError) return; // The connection broke.
      throw error;
    }
  }
}

type Row = Record<string, { Value?: unknown[] } | undefined>;
const value = (row: Row, tag: string): string => String(row[tag]?.Value?.[0] ?? '');

async function found(server: Started, path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const answer = await fetch(`${server.root}${path}&limit=1000&offset=${rows.length}`, {
      headers: server.headers,
    });
    if (answer.status === 204) return rows;
    expect(answer.status).toBe(200);
    const page = (await answer.json()) as Row[];
    rows.push(...page);
    if (page.length < 1000) return rows;
  }
}

/** Everything of these studies: what is visible is whole, what was acknowledged is visible, the counts are theirs. */
async function examine(server: Started, studyUids: readonly string[]): Promise<number> {
  let visible = 0;
  const lost: string[] = [];
  const half: string[] = [];
  for (const studyUid of studyUids) {
    const rows = await found(server, `/studies/${studyUid}/instances?includefield=00080018`);
    const uids = new Set(rows.map((row) => value(row, '00080018')));
    visible += uids.size;
    for (const uid of acknowledged)
      if (sent.get(uid)?.studyUid === studyUid && !uids.has(uid)) lost.push(uid);
    const [study] = await found(server, `/studies?StudyInstanceUID=${studyUid}`);
    expect(study === undefined ? 0 : Number(value(study, '00201208'))).toBe(uids.size);
    if (study === undefined) continue;
    const series = await found(server, `/studies/${studyUid}/series?includefield=00201209`);
    for (const one of series) {
      const uid = value(one, '0020000E');
      expect(Number(value(one, '00201209'))).toBe(rows.filter((r) => value(r, '0020000E') === uid).length);
    }
    const answer = await fetch(`${server.root}/studies/${studyUid}`, {
      headers: { ...server.headers, accept: AS_KEPT },
    });
    expect(answer.status).toBe(200);
    const parts = partsOf(
      Buffer.from(await answer.arrayBuffer()),
      answer.headers.get('content-type') as string,
    );
    const kept = parts.map(sha256).sort();
    const expected = [...uids].map((uid) => sent.get(uid)?.sha256 ?? `never sent: ${uid}`).sort();
    if (kept.join() !== expected.join()) half.push(studyUid);
  }
  expect({ lost, half }).toEqual({ lost: [], half: [] });
  return visible;
}

async function fsck(deep: boolean): Promise<void> {
  const { code, out, log } = await runCommand(
    ['fsck', '--json', ...(deep ? ['--deep'] : [])],
    engine.start(),
  );
  const report = JSON.parse(out || '{}') as { ok: boolean; problems: unknown; audit: { whole: boolean } };
  expect({ code, ok: report.ok, problems: report.problems, log: code === 0 ? '' : log }).toEqual({
    code: 0,
    ok: true,
    problems: [],
    log: '',
  });
  expect(report.audit.whole).toBe(true);
}

test(`nothing acknowledged is lost and nothing is half there, over ${ROUNDS} rounds`, async () => {
  say(`kill: ${engine.name}, seed ${SEED}, ${ROUNDS} rounds`);
  let server = await startPromontory({ ...engine.start(), token });
  for (let round = 1; round <= ROUNDS; round++) {
    const before = [acknowledged.size, sent.size] as const;
    const mine = new Set(studies);
    // Every third: right after an answer, when what was acknowledged is youngest. Otherwise: at any moment.
    const answers = round % 3 === 0 ? 1 + below(12) : Number.POSITIVE_INFINITY;
    const afterMs = Math.round(150 * 30 ** random());
    let seen = 0;
    let over = false;
    const kill = () => {
      if (over) return undefined;
      over = true;
      return server.stop('SIGKILL');
    };
    const loads = Array.from({ length: CONNECTIONS }, () =>
      load(server, () => {
        if (++seen >= answers) void kill();
      }),
    );
    if (answers === Number.POSITIVE_INFINITY) await wait(afterMs).then(kill);
    await Promise.all(loads);
    await server.stop('SIGKILL');
    // Every fourth time it is killed once more, while it comes up again.
    let twice = '';
    if (round % 4 === 0) {
      const ms = Math.round(100 + 4_000 * random());
      let pid = 0;
      const dying = launch({
        ...engine.start(),
        born: (of) => {
          pid = of;
        },
      }).then(
        (up) => up.stop('SIGKILL'),
        () => {},
      );
      await wait(ms);
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It was up, and is gone already.
      }
      await dying;
      twice = `, again ${ms} ms into the start`;
    }
    if (round % 10 === 0) await fsck(false);
    server = await startPromontory({ ...engine.start(), token });
    const visible = await examine(
      server,
      [...studies].filter((uid) => !mine.has(uid)),
    );
    const moment = answers === Number.POSITIVE_INFINITY ? `${afterMs} ms` : `answer ${answers}`;
    say(
      `kill: round ${round} at ${moment}${twice}: ${sent.size - before[1]} sent, ${acknowledged.size - before[0]} acknowledged, ${visible} visible`,
    );
  }
  const visible = await examine(server, [...studies]);
  expect(acknowledged.size).toBeGreaterThan(ROUNDS);
  say(
    `kill: ${ROUNDS} rounds, ${sent.size} sent, ${acknowledged.size} acknowledged, ${visible} visible, 0 lost, 0 half`,
  );
  await server.stop('SIGKILL');
  await fsck(true);
}, 3_600_000);
