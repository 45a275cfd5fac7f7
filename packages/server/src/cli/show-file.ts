import { spawn } from 'node:child_process';

/** How each system opens a file with the program that its user has chosen for it. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
};

/** Opens a file where a person sits in front of a display; returns whether it was tried. */
export function showFile(path: string, env: NodeJS.ProcessEnv = process.env): boolean {
  const remote = env.CI !== undefined || env.SSH_CONNECTION !== undefined;
  const display = process.platform !== 'linux' || Boolean(env.DISPLAY) || Boolean(env.WAYLAND_DISPLAY);
  const opener = OPENERS[process.platform];
  if (remote || !display || opener === undefined) return false;
  const [command, ...args] = opener;
  const child = spawn(command, [...args, path], { stdio: 'ignore', detached: true });
  // The path is printed as well: a viewer that does not start is no failure.
  child.on('error', () => {});
  child.unref();
  return true;
}
