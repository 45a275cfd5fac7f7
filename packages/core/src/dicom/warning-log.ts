import type { Warning, WarningCode } from '../fault/index.ts';

/** More than this many of one code say nothing new, and a hostile file must not fill memory with them. */
const MAX_PER_CODE = 20;

/**
 * Warnings of one file, each said once. Values are decoded when they are asked for, so warnings about them
 * join the list then.
 */
export class WarningLog {
  readonly warnings: Warning[] = [];
  readonly #said = new Set<string>();
  readonly #perCode = new Map<WarningCode, number>();

  /** @param subject place in the file: `(gggg,eeee)` or `byte 123` */
  add(code: WarningCode, message: string, subject?: string): void {
    const key = `${code}|${message}|${subject ?? ''}`;
    const count = this.#perCode.get(code) ?? 0;
    if (count >= MAX_PER_CODE || this.#said.has(key)) return;
    this.#said.add(key);
    this.#perCode.set(code, count + 1);
    this.warnings.push(subject === undefined ? { code, message } : { code, message, subject });
  }
}
