import { exp } from './arithmetic.ts';
import type { Random } from './random.ts';
import { FAT, type Tissue } from './tissue.ts';

/** How a series is taken; times in ms. */
export type Sequence =
  | {
      readonly kind: 'tse';
      readonly repetitionMs: number;
      readonly echoMs: number;
      readonly echoTrain: number;
      readonly echoSpacingMs: number;
      /** Driven equilibrium after the train, which keeps fluid bright. */
      readonly restore?: boolean;
    }
  | {
      readonly kind: 'stir';
      readonly repetitionMs: number;
      readonly echoMs: number;
      readonly inversionMs: number;
    }
  | {
      readonly kind: 'space';
      readonly repetitionMs: number;
      readonly echoMs: number;
      readonly echoTrain: number;
      readonly echoSpacingMs: number;
    };

/** Signal of water and of fat for every tissue of a palette, 0 … about 100. */
export interface SignalTable {
  readonly water: Float64Array;
  readonly fat: Float64Array;
}

/**
 * Signal of one pool. TSE: PD·(1 − e^(−(TR − ETL·ESP)/T1))·e^(−TE/T2); SPACE with short TR adds the driven equilibrium
 * of its long train; STIR: |PD·(1 − 2e^(−TI/T1) + e^(−TR/T1))|·e^(−TE/T2).
 */
export function signal(sequence: Sequence, pd: number, t1: number, t2: number): number {
  const { repetitionMs: tr, echoMs: te } = sequence;
  const decay = exp(-te / t2);
  if (sequence.kind === 'stir') {
    const m = 1 - 2 * exp(-sequence.inversionMs / t1) + exp(-tr / t1);
    return pd * (m < 0 ? -m : m) * decay;
  }
  const train = sequence.echoTrain * sequence.echoSpacingMs;
  const e1 = exp(-Math.max(0, tr - train) / t1);
  if (sequence.kind === 'space' || sequence.restore === true)
    return ((pd * (1 - e1)) / (1 - e1 * exp(-train / t2))) * decay;
  return pd * (1 - e1) * decay;
}

/** Table for a palette; `spread` varies every tissue by its relative SD (per subject). */
export function signalTable(
  tissues: readonly Tissue[],
  sequence: Sequence,
  random?: Random,
  spread = 0.05,
): SignalTable {
  const water = new Float64Array(256);
  const fat = new Float64Array(256);
  const fatSignal = signal(sequence, FAT.pd, FAT.t1, FAT.t2);
  tissues.forEach((t, i) => {
    const k = random && spread > 0 ? 1 + spread * random.normalWithin(0, 1, -2, 2) : 1;
    water[i] = k * (1 - t.fat) * signal(sequence, t.pd, t.t1, t.t2);
    fat[i] = t.fat * fatSignal;
  });
  return { water, fat };
}
