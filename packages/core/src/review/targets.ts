/** Everything that a person judges of a reading, by the reading's own names. */
import {
  BINARY_GRADES,
  type DiscLabel,
  type Findings,
  type Measurement,
  type VertebraLabel,
} from '../spine/index.ts';
import { importanceOf, NOTHING_TO_SAY } from './importance.ts';
import type { GivenValue, Target } from './mark.ts';

export const TARGET_GROUPS = [
  'numbering',
  'alignment',
  'vertebra',
  'disc',
  'canal',
  'slip',
  'segment',
  'axial',
] as const;
export type TargetGroup = (typeof TARGET_GROUPS)[number];

/** `grade`: one of a few numbers; `flag`: yes or no; `measurement`: a figure with a unit; `level`: a place by name; `numbering`: all names together. */
export type TargetKind = 'grade' | 'flag' | 'measurement' | 'level' | 'numbering';

/** One result that a person judges. */
export interface TargetEntry {
  readonly target: Target;
  readonly kind: TargetKind;
  readonly group: TargetGroup;
  /** Disc or vertebra, as the reading named it; absent for the whole spine. */
  readonly level?: DiscLabel | VertebraLabel;
  /** Path within the finding: `pfirrmann`, `heights.anterior`, `psoas.left.area`. */
  readonly field: string;
  /** Absent where the reading abstained. */
  readonly value?: GivenValue;
  readonly unit?: Measurement['unit'];
  /** Half-width of the 95 % interval, in `unit`. */
  readonly uncertainty?: number;
  /** Of the value shown; of a yes-or-no grade, of yes. */
  readonly probability?: number;
  /** Of each grade, from the lowest. */
  readonly probabilities?: readonly number[];
  /** Prediction set. */
  readonly set?: readonly number[];
  readonly experimental: boolean;
  /** Why there is no value. */
  readonly abstained?: string;
  /** Order of importance within its level and among levels, larger first; has no meaning beyond this order. */
  readonly importance: number;
}

/** `L4/L5` as targets write it. */
export const levelInTarget = (level: string): string => level.replace('/', '~');
export const levelOfTarget = (target: Target): string | undefined => {
  const level = target.split('/')[1];
  return /^([TL]\d+|S1)(~|$)/.test(level ?? '') ? level.replace('~', '/') : undefined;
};

/** Grades of a disc that are not yes or no, and their values. */
export const ORDINAL_GRADES = { pfirrmann: [1, 2, 3, 4, 5], modic: [0, 1, 2, 3] } as const;

type Entry = Omit<TargetEntry, 'importance'>;

/**
 * All targets, what stands out first: the levels by importance, and the results within each. Grades that the reading
 * abstained from are among them, for a person can give them; measurements that could not be made are not.
 */
export function targetsOf(findings: Findings): TargetEntry[] {
  const entries: Entry[] = [
    ...numberingTarget(findings),
    ...findings.discs.flatMap(discTargets),
    ...findings.alignment.slips.map(
      ({ level, slip, slipPercent }): Entry => ({
        ...measured('slip', level as DiscLabel, '', slip),
        target: `slip/${levelInTarget(level)}`,
        field: 'slip',
        experimental: (slip.experimental ?? slipPercent.experimental) === true,
      }),
    ),
    ...findings.canal.flatMap((canal) =>
      (['sacDiameter', 'canalDiameter', 'sacToCanalRatio', 'csfFraction'] as const).flatMap((field) =>
        measuredIf('canal', canal.level as DiscLabel, field, canal[field]),
      ),
    ),
    ...findings.vertebrae.flatMap(vertebraTargets),
    ...(findings.axial ?? []).flatMap(axialTargets),
    ...findings.alignment.segmental.map(
      ({ level, angle }): Entry => ({
        ...measured('segment', level as DiscLabel, '', angle),
        target: `segment/${levelInTarget(level)}`,
        field: 'angle',
      }),
    ),
    ...alignmentTargets(findings),
  ];
  const weighed = entries.map((entry, place) => ({ entry, place, own: importanceOf(entry) }));
  const byLevel = new Map<string, number>();
  for (const { entry, own } of weighed) {
    const level = entry.level ?? '';
    byLevel.set(level, (byLevel.get(level) ?? 0) + Math.max(0, own - NOTHING_TO_SAY));
  }
  return weighed
    .map(({ entry, place, own }): TargetEntry & { place: number } => ({
      ...entry,
      place,
      // The level counts for more than any result of another level; the whole spine's names come before all.
      importance: (entry.group === 'numbering' ? 1e6 : (byLevel.get(entry.level ?? '') ?? 0) * 1000) + own,
    }))
    .sort((a, b) => b.importance - a.importance || a.place - b.place)
    .map(({ place: _, ...entry }) => entry);
}

function numberingTarget({ numbering }: Findings): Entry[] {
  if (numbering.lowestDisc === undefined) return [];
  return [
    {
      target: 'numbering',
      kind: 'numbering',
      group: 'numbering',
      field: 'lowestDisc',
      value: numbering.lowestDisc,
      probability: numbering.confidence,
      experimental: false,
    },
  ];
}

function measured(group: TargetGroup, level: TargetEntry['level'], field: string, m: Measurement): Entry {
  const place = level === undefined ? '' : `/${levelInTarget(level)}`;
  return {
    target: `${group}${place}${field === '' ? '' : `/${field}`}`,
    kind: 'measurement',
    group,
    ...(level !== undefined && { level }),
    field,
    value: m.value,
    unit: m.unit,
    uncertainty: m.uncertainty,
    experimental: m.experimental === true,
  };
}

const measuredIf = (
  group: TargetGroup,
  level: TargetEntry['level'],
  field: string,
  m: Measurement | undefined,
): Entry[] => (m === undefined ? [] : [measured(group, level, field, m)]);

const HEIGHTS = ['anterior', 'middle', 'posterior'] as const;

function discTargets(disc: Findings['discs'][number]): Entry[] {
  const level = disc.label as DiscLabel;
  const place = { group: 'disc', level } as const;
  const at = (field: string): Target => `disc/${levelInTarget(level)}/${field}`;
  const ordinal = (field: keyof typeof ORDINAL_GRADES): Entry => {
    const { value, probabilities, set, abstained, reason, experimental } = disc.grades[field];
    const share = value === undefined ? undefined : probabilities?.[value - ORDINAL_GRADES[field][0]];
    return {
      ...place,
      target: at(field),
      kind: 'grade',
      field,
      ...(value !== undefined && !abstained && { value }),
      ...(share !== undefined && !abstained && { probability: share }),
      ...(probabilities !== undefined && { probabilities }),
      ...(set !== undefined && { set }),
      experimental: experimental === true,
      ...(abstained && { abstained: reason ?? 'not-decided' }),
    };
  };
  const flags = BINARY_GRADES.map((field): Entry => {
    const { value, probability, abstained, reason, experimental } = disc.grades[field];
    return {
      ...place,
      target: at(field),
      kind: 'flag',
      field,
      ...(value !== undefined && !abstained && { value }),
      ...(probability !== undefined && { probability }),
      experimental: experimental === true,
      ...(abstained && { abstained: reason ?? 'not-decided' }),
    };
  });
  const zone = disc.highIntensityZone;
  const { posteriorProtrusion: protrusion } = disc;
  return [
    ordinal('pfirrmann'),
    ...flags,
    ordinal('modic'),
    ...(zone === undefined
      ? []
      : [
          {
            ...place,
            target: at('highIntensityZone'),
            kind: 'flag',
            field: 'highIntensityZone',
            value: zone.present,
            experimental: true,
          } satisfies Entry,
        ]),
    ...HEIGHTS.flatMap((part) => measuredIf('disc', level, `heights.${part}`, disc.heights[part])),
    ...(['heightIndex', 'wedgeAngle', 'depth', 'area', 'signalRatio'] as const).flatMap((field) =>
      measuredIf('disc', level, field, disc[field]),
    ),
    ...measuredIf('disc', level, 'posteriorProtrusion.depth', protrusion?.depth),
    ...measuredIf('disc', level, 'posteriorProtrusion.baseWidth', protrusion?.baseWidth),
  ];
}

function vertebraTargets(vertebra: Findings['vertebrae'][number]): Entry[] {
  const { label: level, genant } = vertebra;
  return [
    ...(genant === undefined
      ? []
      : [
          {
            target: `vertebra/${level}/genant`,
            kind: 'grade',
            group: 'vertebra',
            level,
            field: 'genant',
            value: genant.value,
            experimental: true,
          } satisfies Entry,
        ]),
    ...HEIGHTS.flatMap((part) => measuredIf('vertebra', level, `heights.${part}`, vertebra.heights[part])),
    ...(['heightLoss', 'wedgeAngle', 'depth', 'signalToSac'] as const).flatMap((field) =>
      measuredIf('vertebra', level, field, vertebra[field]),
    ),
  ];
}

function axialTargets(axial: NonNullable<Findings['axial']>[number]): Entry[] {
  const level = axial.level as DiscLabel;
  return [
    ...(['sacArea', 'sacAnteroposterior', 'sacTransverse'] as const).flatMap((field) =>
      measuredIf('axial', level, field, axial[field]),
    ),
    ...Object.entries(axial.muscles).flatMap(([muscle, finding]) =>
      finding === undefined
        ? []
        : [
            ...(['right', 'left'] as const).flatMap((side) =>
              (['area', 'fatFraction'] as const).flatMap((field) =>
                measuredIf('axial', level, `${muscle}.${side}.${field}`, finding[side][field]),
              ),
            ),
            ...measuredIf('axial', level, `${muscle}.asymmetry`, finding.asymmetry),
          ],
    ),
  ].map((entry) => ({ ...entry, experimental: true }));
}

function alignmentTargets({ alignment }: Findings): Entry[] {
  return [
    ...(['lordosisL1S1', 'lordosisL4S1', 'sacralSlope'] as const).flatMap((field) =>
      measuredIf('alignment', undefined, field, alignment[field]),
    ),
    ...(['conusLevel', 'sacEnd'] as const).flatMap((field): Entry[] => {
      const place = alignment[field];
      if (place === undefined) return [];
      return [
        {
          target: `alignment/${field}`,
          kind: 'level',
          group: 'alignment',
          field,
          value: place.level,
          experimental: true,
        },
      ];
    }),
  ];
}
