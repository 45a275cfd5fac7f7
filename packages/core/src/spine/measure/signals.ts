import type { Measurement } from '../findings.ts';
import type { DiscLabel, VertebraLabel } from '../levels.ts';
import type { PlanePoint } from '../outline.ts';
import type { Outcome } from './reason.ts';

/** What needs pixels, measured elsewhere and joined here with the geometry. Anything missing gets a reason. */
export interface SpineSignals {
  readonly discs: ReadonlyMap<DiscLabel, DiscSignals>;
  readonly vertebrae: ReadonlyMap<VertebraLabel, Outcome<Measurement>>;
  readonly conus: Outcome<Landmark>;
  readonly sacEnd: Outcome<Landmark>;
}

export interface DiscSignals {
  /** Nucleus over CSF on T2. */
  readonly signalRatio: Outcome<Measurement>;
  /** Share of the sac at the disc that is as bright as CSF on T2. */
  readonly csfFraction: Outcome<Measurement>;
  readonly highIntensityZone: Outcome<boolean>;
}

/** A place along the spine with the name of the level it lies at. */
export interface Landmark {
  readonly level: string;
  readonly place: PlanePoint;
}
