import type { Measurement } from '../spine/index.ts';
import type { Target } from './mark.ts';

type Unit = Measurement['unit'];

/** By the last part of a field. */
const UNITS: Readonly<Record<string, Unit>> = {
  anterior: 'mm',
  middle: 'mm',
  posterior: 'mm',
  depth: 'mm',
  baseWidth: 'mm',
  wedgeAngle: 'deg',
  heightLoss: 'percent',
  signalToSac: 'ratio',
  heightIndex: 'ratio',
  area: 'mm2',
  signalRatio: 'ratio',
  canalDiameter: 'mm',
  sacDiameter: 'mm',
  sacToCanalRatio: 'ratio',
  csfFraction: 'ratio',
  lordosisL1S1: 'deg',
  lordosisL4S1: 'deg',
  sacralSlope: 'deg',
  sacArea: 'mm2',
  sacAnteroposterior: 'mm',
  sacTransverse: 'mm',
  fatFraction: 'percent',
  asymmetry: 'percent',
};

/** Unit of the figure that a target has, or would have; `undefined` of grades, levels and names. */
export function unitOf(target: Target): Unit | undefined {
  const [group, , field] = target.split('/');
  if (group === 'slip') return 'mm';
  if (group === 'segment') return 'deg';
  const last = (group === 'alignment' ? target.split('/')[1] : field)?.split('.').at(-1);
  return last === undefined ? undefined : UNITS[last];
}
