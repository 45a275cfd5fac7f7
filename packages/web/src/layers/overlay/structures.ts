/** What the reading outlines, and how each is drawn: told apart by colour, and without colour by its line. */
import { OKABE_ITO, OVERLAY } from '@promontory/core/draw';
import {
  CANAL_VALUE,
  CORD_VALUE,
  type Findings,
  POSTERIOR_VALUE,
  SACRUM_VALUE,
  VERTEBRA_VALUE,
  VERTEBRAE,
} from '@promontory/core/spine';

export const STRUCTURES = ['disc', 'body', 'sac', 'canal', 'cord', 'sacrum', 'posterior'] as const;
export type Structure = (typeof STRUCTURES)[number];

export interface StructureStyle {
  readonly colour: string;
  /** At full strength of the overlay. */
  readonly fillOpacity: number;
  readonly widthPx: number;
  /** Second cue beside the colour; empty: unbroken. CSS px. */
  readonly dash: string;
}

/** Lengths in CSS px: an outline is as thin as the screen allows, whatever the zoom. */
export const STYLE: Readonly<Record<Structure, StructureStyle>> = {
  disc: { colour: OVERLAY.disc.colour, fillOpacity: OVERLAY.disc.fillOpacity, widthPx: 1.75, dash: '' },
  body: { colour: OVERLAY.body.colour, fillOpacity: OVERLAY.body.fillOpacity, widthPx: 1.75, dash: '7 3' },
  sac: { colour: OVERLAY.sac.colour, fillOpacity: 0, widthPx: 1.5, dash: '1.5 3' },
  canal: { colour: OKABE_ITO.orange, fillOpacity: 0, widthPx: 1.5, dash: '9 3 1.5 3' },
  cord: { colour: OVERLAY.cord.colour, fillOpacity: 0, widthPx: 1.5, dash: '3 3' },
  sacrum: { colour: OVERLAY.otherBone.colour, fillOpacity: 0, widthPx: 1.25, dash: '3 5' },
  posterior: { colour: OVERLAY.facets.colour, fillOpacity: 0.05, widthPx: 1.25, dash: '5 2 1.5 2' },
};

const BODY_OF: ReadonlyMap<number, string> = new Map(VERTEBRAE.map((v) => [VERTEBRA_VALUE[v], v]));
const OTHERS: Readonly<Record<number, Structure>> = {
  [CANAL_VALUE]: 'sac',
  [CORD_VALUE]: 'cord',
  [SACRUM_VALUE]: 'sacrum',
  [POSTERIOR_VALUE]: 'posterior',
};

/** A voxel value of `segmentation.nii.gz`; discs and bodies by the reading's own names. */
export function structureOf(
  value: number,
  findings: Findings,
): { readonly structure: Structure; readonly label?: string } | undefined {
  const other = OTHERS[value];
  if (other !== undefined) return { structure: other };
  const disc = findings.discs.find((d) => d.segmentationValue === value);
  if (disc !== undefined) return { structure: 'disc', label: disc.label };
  const label = findings.vertebrae.find((v) => v.segmentationValue === value)?.label ?? BODY_OF.get(value);
  return label === undefined ? undefined : { structure: 'body', label };
}
