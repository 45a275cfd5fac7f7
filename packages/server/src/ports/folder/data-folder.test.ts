import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type DataFolder, DataFolderRefused, openDataFolder } from './data-folder.ts';
import { DataFolderInUse } from './folder-lock.ts';
import { SecretRefused } from './secrets.ts';

let root: string;
let path: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'data-folder-'));
  path = join(root, 'data');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const now = () => new Date();
const open = async (at = path): Promise<DataFolder> => {
  const folder = await openDataFolder(at, now);
  onTestFinished(() => folder.close());
  return folder;
};
const modeOf = async (of: string) => (await stat(of)).mode & 0o777;

/** Another process that opens the folder, says how that went, and stays. */
async function elsewhere(): Promise<{ child: ChildProcess; said: string }> {
  const module = new URL('./data-folder.ts', import.meta.url).href;
  const script = `const { openDataFolder } = await import(${JSON.stringify(module)});
    try { await openDataFolder(process.argv[1], () => new Date()); console.log('open'); }
    catch (error) { console.log(error.name + ' ' + error.message); }
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = await once(child.stdout as NodeJS.ReadableStream, 'data');
  return { child, said: String(said).trim() };
}

describe('openDataFolder', () => {
  it('makes a folder for the owner only', async () => {
    const folder = await open();
    for (const made of [folder.path, folder.blobs, folder.incoming, join(path, 'secrets')])
      expect(await modeOf(made)).toBe(0o700);
    expect(folder.index).toBe(join(folder.path, 'index'));
  });

  it('opens again what it closed, and keeps all but what was incoming', async () => {
    const folder = await open();
    await writeFile(join(folder.incoming, 'half'), 'x');
    await mkdir(join(folder.blobs, 'aside'));
    await writeFile(join(folder.blobs, 'aside', 'half'), 'x');
    await writeFile(join(folder.blobs, 'whole'), 'x');
    folder.close();
    folder.close();
    const again = await open();
    expect(await readdir(again.incoming)).toEqual([]);
    expect(await readdir(join(again.blobs, 'aside'))).toEqual([]);
    expect(await readdir(again.blobs)).toContain('whole');
  });

  it('is opened once only, in this process and in others', async () => {
    const folder = await open();
    await writeFile(join(folder.incoming, 'being received'), 'x');
    await expect(openDataFolder(path, now)).rejects.toThrow(DataFolderInUse);
    await symlink(path, join(root, 'other-name'));
    await expect(openDataFolder(join(root, 'other-name'), now)).rejects.toThrow(
      new RegExp(`process ${process.pid}, since 20`),
    );
    const { child, said } = await elsewhere();
    expect(said).toContain('DataFolderInUse');
    child.kill('SIGKILL');
    expect(await readdir(folder.incoming)).toEqual(['being received']);
    folder.close();
    expect((await elsewhere()).said).toBe('open');
  });

  it('is free again when its process was killed', async () => {
    const { child, said } = await elsewhere();
    expect(said).toBe('open');
    await expect(openDataFolder(path, now)).rejects.toThrow(new RegExp(`process ${child.pid},`));
    child.kill('SIGKILL');
    await once(child, 'exit');
    await open();
  });

  it('goes to one of many who come at once', async () => {
    for (let round = 0; round < 5; round++) {
      const all = await Promise.allSettled(Array.from({ length: 8 }, () => openDataFolder(path, now)));
      const opened = all.filter((one) => one.status === 'fulfilled');
      expect(opened).toHaveLength(1);
      for (const one of all)
        if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(DataFolderInUse);
      opened[0]?.value.close();
    }
    const processes = await Promise.all([elsewhere(), elsewhere(), elsewhere()]);
    expect(processes.filter(({ said }) => said === 'open')).toHaveLength(1);
  });

  it('refuses a folder that holds something else, and leaves it as it is', async () => {
    await mkdir(join(path, 'incoming'), { recursive: true, mode: 0o700 });
    await chmod(path, 0o700);
    await writeFile(join(path, 'incoming', 'letters'), 'x');
    await expect(openDataFolder(path, now)).rejects.toThrow(DataFolderRefused);
    expect(await readdir(path)).toEqual(['incoming']);
    expect(await readdir(join(path, 'incoming'))).toEqual(['letters']);
    await writeFile(join(path, 'promontory.json'), '{"promontoryDataFolder":2}');
    await expect(openDataFolder(path, now)).rejects.toThrow(/later version/);
    for (const other of ['', 'null', '{}', '[1]']) {
      await writeFile(join(path, 'promontory.json'), other);
      await expect(openDataFolder(path, now)).rejects.toThrow(DataFolderRefused);
    }
  });

  it('refuses files, and folders in folders that are not there', async () => {
    await writeFile(path, '');
    await expect(openDataFolder(path, now)).rejects.toThrow(DataFolderRefused);
    await expect(openDataFolder(join(root, 'a', 'b'), now)).rejects.toThrow(DataFolderRefused);
    expect(await readdir(root)).toEqual(['data']);
  });

  it('closes an empty folder to others, and refuses a used one that was open to them', async () => {
    await mkdir(path, { mode: 0o755 });
    (await open()).close();
    expect(await modeOf(path)).toBe(0o700);
    for (const mode of [0o755, 0o750, 0o701]) {
      await chmod(path, mode);
      await expect(openDataFolder(path, now)).rejects.toThrow(/chmod 700/);
    }
  });

  it.skipIf(process.getuid?.() !== 0)('refuses the folder of another user', async () => {
    await mkdir(path, { mode: 0o700 });
    await chown(path, 65_534, 65_534);
    await expect(openDataFolder(path, now)).rejects.toThrow(/belongs to another user/);
  });

  it('takes over a folder whose making was cut off', async () => {
    await mkdir(path, { mode: 0o700 });
    for (const left of ['lock', 'lock-journal', 'promontory.json.0000'])
      await writeFile(join(path, left), '');
    await open();
  });
});

describe('secrets', () => {
  it('are made once, for the owner only', async () => {
    const folder = await open();
    const [one, same] = await Promise.all([folder.secret('server'), folder.secret('server')]);
    expect(one).toHaveLength(32);
    expect(same).toEqual(one);
    expect(await folder.secret('other')).not.toEqual(one);
    expect(await modeOf(join(path, 'secrets', 'server'))).toBe(0o600);
    folder.close();
    expect(Buffer.from(await (await open()).secret('server'))).toEqual(Buffer.from(one));
  });

  it('are refused where others may read them or they are damaged, and never made anew over the old', async () => {
    const folder = await open();
    const file = join(path, 'secrets', 'server');
    await writeFile(file, 'damaged', { mode: 0o600 });
    await expect(folder.secret('server')).rejects.toThrow(SecretRefused);
    expect(await readFile(file, 'utf8')).toBe('damaged');
    await writeFile(file, '0'.repeat(64));
    await chmod(file, 0o644);
    await expect(folder.secret('server')).rejects.toThrow(SecretRefused);
    expect(() => folder.secret('../server')).toThrow(RangeError);
  });
});
