/** Reads options into values, or says which one was not understood. */
import { Fault } from '@promontory/core/fault';
import type { Values } from './command.ts';

export function usage(message: string, command?: string): Fault {
  return new Fault('USAGE', message, {
    advice: `See promontory ${command === undefined ? '' : `${command} `}--help.`,
  });
}

export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

export function required(values: Values, name: string, what: string): string {
  const value = text(values, name);
  if (value === undefined || value === '') throw usage(`Give ${what} with --${name}.`);
  return value;
}

/** A decimal number above zero. */
export function positiveNumber(values: Values, name: string): number | undefined {
  const value = numberOf(values, name);
  if (value !== undefined && !(value > 0)) throw usage(`--${name} takes a number above zero.`);
  return value;
}

/** A whole number within bounds, both included. */
export function wholeNumber(values: Values, name: string, low: number, high: number): number | undefined {
  const value = numberOf(values, name);
  if (value !== undefined && !(Number.isInteger(value) && value >= low && value <= high)) {
    throw usage(`--${name} takes a whole number from ${low} to ${high}.`);
  }
  return value;
}

export function oneOf<const T extends string | number>(
  values: Values,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const found = choices.find((choice) => String(choice) === value);
  if (found === undefined) throw usage(`--${name} takes one of ${choices.join(', ')}.`);
  return found;
}

function numberOf(values: Values, name: string): number | undefined {
  const value = text(values, name);
  if (value === undefined) return undefined;
  const number = /^[-+]?\d*\.?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isFinite(number)) throw usage(`--${name} takes a number.`);
  return number;
}
