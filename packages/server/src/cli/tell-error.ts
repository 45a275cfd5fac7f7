import { type Fault, isFault } from '@promontory/core/fault';
import { EXITS, exitCodeOf } from './exit-codes.ts';
import type { Ports } from './ports.ts';

const UID = /^[0-9]+(\.[0-9]+)*$/;

/**
 * Says what went wrong: one line on `err`, or a JSON object on `out`. Messages of faults hold no patient data; those of
 * other errors may hold anything (a path, a value), so only their kind is told.
 * @returns the exit code
 */
export function tellError(error: unknown, json: boolean, ports: Pick<Ports, 'out' | 'err'>): number {
  if (!isFault(error)) {
    const kind = error instanceof Error ? error.name.replaceAll(/[^A-Za-z]/g, '') : typeof error;
    const message = `An unexpected error (${kind}).`;
    const advice = 'Nothing was written. Please report it with the version and, where you may, the input.';
    if (json) ports.out(`${JSON.stringify({ error: { code: 'UNEXPECTED', message, advice } })}\n`);
    else ports.err(`promontory: ${message} ${advice}\n`);
    return EXITS.unexpected.code;
  }
  const choices = choicesOf(error);
  if (json) {
    const { code, message, advice, offset, tag } = error;
    ports.out(`${JSON.stringify({ error: { code, message, advice, offset, tag, choices } })}\n`);
  } else {
    const sentences = [sentence(error.message), error.advice];
    if (choices !== undefined) sentences.push(`Choose with --study: ${choices.join(' ')}`);
    ports.err(`promontory: ${oneLine(sentences.filter((s) => s !== undefined).join(' '))}\n`);
  }
  return exitCodeOf(error.code);
}

/** UIDs come from the input: what is none could be anything. */
function choicesOf({ choices }: Fault): string[] | undefined {
  return choices?.map((uid) => (uid.length <= 64 && UID.test(uid) ? uid : '(no valid UID)'));
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

/** Without control characters, which could drive the terminal. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ');
