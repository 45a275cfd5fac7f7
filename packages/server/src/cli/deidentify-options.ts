/** Reads the options of `deidentify`. */
import { RETAINABLE, type Region, type Retained } from '@promontory/core/deid';
import type { DeidWishes } from '../exports/index.ts';
import type { Values } from './command.ts';
import { usage } from './option-values.ts';

export function deidWishes(values: Values): DeidWishes {
  const regions = list(values.blank).map(regionOf);
  const retain = retained(values);
  return {
    retain,
    cleanDescriptors: values['clean-descriptors'] === true,
    cleanStructured: values['clean-structured'] === true,
    ...(regions.length === 0 ? {} : { cleanPixels: { regions } }),
  };
}

const list = (value: Values[string]): string[] => (Array.isArray(value) ? value.map(String) : []);

function retained(values: Values): Retained[] {
  const names = list(values.retain).flatMap((value) => value.split(','));
  const wishes = names.map((name) => {
    const known = RETAINABLE.find((retainable) => retainable === name.trim());
    if (known === undefined) throw usage(`--retain takes ${RETAINABLE.join(', ')}.`, 'deidentify');
    return known;
  });
  if (wishes.includes('dates') && wishes.includes('modified-dates')) {
    throw usage('Dates are either kept or moved: choose one of dates and modified-dates.', 'deidentify');
  }
  return [...new Set(wishes)];
}

const REGION = /^(?:(\d{1,5})x(\d{1,5}):)?(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})$/;

function regionOf(value: string): Region {
  const match = REGION.exec(value);
  if (match === null) {
    throw usage('--blank takes X,Y,W,H or COLUMNSxROWS:X,Y,W,H in pixels.', 'deidentify');
  }
  const [columns, rows, x, y, width, height] = match.slice(1).map((text) => (text ? Number(text) : 0));
  if (width === 0 || height === 0) throw usage('--blank takes a rectangle with an area.', 'deidentify');
  const region = { x, y, width, height };
  return match[1] === undefined ? region : { ...region, imageSize: { rows, columns } };
}
