import { parseArgs } from 'node:util';
import type { Command } from './command.ts';
import { EXITS } from './exit-codes.ts';
import { HELP } from './help.ts';
import { usage } from './option-values.ts';
import type { Ports } from './ports.ts';
import { tellError } from './tell-error.ts';

/** Loaded when called for: help must not wait for a model runtime. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  analyze: async () => (await import('./analyze.ts')).analyze,
  demo: async () => (await import('./demo.ts')).demo,
  phantom: async () => (await import('./phantom.ts')).phantom,
  validate: async () => (await import('./validate.ts')).validate,
  deidentify: async () => (await import('./deidentify.ts')).deidentify,
  fsck: async () => (await import('./serve/fsck.ts')).fsck,
  backup: async () => (await import('./serve/backup.ts')).backup,
  restore: async () => (await import('./serve/restore.ts')).restore,
  reseal: async () => (await import('./serve/reseal.ts')).reseal,
  anchor: async () => (await import('./serve/anchor.ts')).anchor,
  serve: async () => (await import('./serve/serve.ts')).serve,
  inspect: async () => (await import('./inspect.ts')).inspect,
};

/**
 * Runs one command line.
 * @param args without node and script
 * @returns the exit code
 */
export async function run(args: readonly string[], ports: Ports): Promise<number> {
  const json = args.includes('--json');
  try {
    await dispatch(args, ports);
    return EXITS.ok.code;
  } catch (error) {
    return tellError(error, json, ports);
  }
}

async function dispatch(args: readonly string[], ports: Ports): Promise<void> {
  const [name, ...rest] = args;
  if (name === '--version') return ports.out(`${ports.version}\n`);
  if (name === '--help' || name === '-h' || name === 'help') return ports.out(HELP[''] as string);
  if (name === undefined) throw usage(`Give a command: ${Object.keys(COMMANDS).join(', ')}.`);
  if (!Object.hasOwn(COMMANDS, name)) {
    throw usage(`There is no such command; there are ${Object.keys(COMMANDS).join(', ')}.`);
  }
  if (rest.includes('--help') || rest.includes('-h')) return ports.out(HELP[name] as string);
  const command = await COMMANDS[name]();
  const { positionals: paths, values } = understand(name, rest, command);
  await command.run({ paths, values }, ports);
}

function understand(name: string, args: readonly string[], command: Command) {
  const parsed = parse(name, args, command);
  if (command.paths === 'none' && parsed.positionals.length > 0) {
    throw usage(`${name} takes options only.`, name);
  }
  if (command.paths === 'some' && parsed.positionals.length === 0) {
    throw usage(`Give ${name} a folder, ZIP or file to read.`, name);
  }
  return parsed;
}

function parse(name: string, args: readonly string[], command: Command) {
  try {
    return parseArgs({ args: [...args], options: command.options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usage(optionProblem(error, command), name);
  }
}

/** In our words: those of `parseArgs` repeat what was typed, which may be a patient's name. */
function optionProblem(error: unknown, command: Command): string {
  const { code } = error as { code?: string };
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const known = Object.keys(command.options).map((option) => `--${option}`);
    return `An option is not known; there are ${known.join(', ')}.`;
  }
  return 'An option lacks its value, or has one that it does not take.';
}
