#!/usr/bin/env node
// Starts the command line. Plain JavaScript that old versions of Node can parse: where the Node at hand cannot run
// TypeScript itself, the one that is installed with the project (package "node") takes over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FIRST_MAJOR = 22;
const FIRST_MINOR = 18;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const here = dirname(fileURLToPath(import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);

if (major > FIRST_MAJOR || (major === FIRST_MAJOR && minor >= FIRST_MINOR)) {
  quieten();
  await import('../src/cli/main.ts');
} else {
  const node = installedNode(here);
  if (node === undefined) {
    process.stderr.write(
      `promontory: Node.js ${process.versions.node} is too old. Install Node.js ${FIRST_MAJOR}.${FIRST_MINOR} or later, or run "npm ci" so that the project brings its own.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; whoever ends only this process means the child.
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.on('error', () => {
    process.stderr.write(
      'promontory: the Node.js installed with the project cannot be started. Run "npm ci".\n',
    );
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    for (const name of SIGNALS) process.removeAllListeners(name);
    if (signal === null) process.exit(code);
    else process.kill(process.pid, signal);
  });
}

/** Early versions that strip types announce it as an experiment, which tells the reader nothing. */
function quieten() {
  const emit = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === 'object' && rest[0] !== null ? rest[0].type : rest[0];
    if (type !== 'ExperimentalWarning') emit.call(process, warning, ...rest);
  };
}

/** The package "node" of the nearest node_modules that has it. */
function installedNode(from) {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', 'node', 'bin', file);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}
