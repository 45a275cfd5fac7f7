/** Puts what people decided into a findings document: values given, and results rejected. */
import {
  BINARY_GRADES,
  type BinaryGradeName,
  type Findings,
  gradeSlip,
  type Measurement,
} from '../spine/index.ts';
import type { GivenValue, Target } from './mark.ts';
import { levelOfTarget, ORDINAL_GRADES } from './targets.ts';
import { unitOf } from './units.ts';

/** `undefined`: the result was rejected. */
export type Given = GivenValue | undefined;

const REJECTED = 'rejected';

/** The document with decisions in it, both by the reading's own names. A value that cannot stand in its field is left out. */
export function withGiven(findings: Findings, given: ReadonlyMap<Target, Given>): Findings {
  if (given.size === 0) return findings;
  const next = structuredClone(findings);
  for (const [target, value] of given) {
    const [group, , field = ''] = target.split('/');
    const level = levelOfTarget(target);
    switch (group) {
      case 'disc': {
        const disc = next.discs.find((d) => d.label === level);
        if (disc !== undefined && !gradeOf(disc.grades, field, value)) {
          if (field === 'highIntensityZone') zone(disc, value);
          else figure(disc, field, target, value);
        }
        break;
      }
      case 'vertebra': {
        const vertebra = next.vertebrae.find((v) => v.label === level);
        if (vertebra === undefined) break;
        if (field !== 'genant') figure(vertebra, field, target, value);
        else if (value === undefined) drop(vertebra, field);
        else if (vertebra.genant !== undefined && isWithin(value, [0, 1, 2, 3]))
          vertebra.genant = { ...vertebra.genant, value };
        break;
      }
      case 'canal': {
        const canal = next.canal.find((c) => c.level === level);
        if (canal !== undefined) figure(canal, field, target, value);
        break;
      }
      case 'axial': {
        const axial = next.axial?.find((a) => a.level === level);
        if (axial === undefined) break;
        if (field.includes('.')) figureAt(axial.muscles, axial.notMeasured, field, target, value);
        else figure(axial, field, target, value);
        break;
      }
      case 'alignment':
        spineWide(next, target, value);
        break;
      case 'segment': {
        const at = next.alignment.segmental.findIndex((s) => s.level === level);
        if (value === undefined && at >= 0) {
          next.alignment.segmental.splice(at, 1);
          next.alignment.notMeasured[`segmental.${level}`] = REJECTED;
        } else if (typeof value === 'number' && at >= 0)
          next.alignment.segmental[at].angle = { value, unit: 'deg', uncertainty: 0 };
        break;
      }
      case 'slip':
        slip(next.alignment, level, value);
        break;
    }
  }
  return next;
}

const isWithin = (value: GivenValue, allowed: readonly number[]): value is number =>
  typeof value === 'number' && allowed.includes(value);

/** Returns whether the field is a grade at all. */
function gradeOf(grades: Findings['discs'][number]['grades'], field: string, value: Given): boolean {
  if (field === 'pfirrmann' || field === 'modic') {
    if (value === undefined) grades[field] = { abstained: true, reason: REJECTED };
    else if (isWithin(value, ORDINAL_GRADES[field])) grades[field] = { value, abstained: false };
    return true;
  }
  if (!(BINARY_GRADES as readonly string[]).includes(field)) return false;
  const name = field as BinaryGradeName;
  if (value === undefined) grades[name] = { abstained: true, reason: REJECTED };
  else if (typeof value === 'boolean') grades[name] = { value, abstained: false };
  return true;
}

type Finding = { notMeasured: Record<string, string> };

function drop(finding: Finding, field: string): void {
  delete (finding as unknown as Record<string, unknown>)[field];
  finding.notMeasured[field] = REJECTED;
}

function zone(disc: Findings['discs'][number], value: Given): void {
  if (value === undefined) drop(disc, 'highIntensityZone');
  else if (typeof value === 'boolean') {
    disc.highIntensityZone = { present: value, experimental: true };
    delete disc.notMeasured.highIntensityZone;
  }
}

function figure(finding: Finding, path: string, target: Target, value: Given): void {
  figureAt(finding, finding.notMeasured, path, target, value);
}

/** A figure of the path, as given, without an interval; only where the finding has the place for it. */
function figureAt(
  root: object,
  notMeasured: Record<string, string>,
  path: string,
  target: Target,
  value: Given,
): void {
  const parts = path.split('.');
  const last = parts.pop();
  const unit = unitOf(target);
  const holder = parts.reduce<unknown>(
    (at, part) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[part] : undefined),
    root,
  );
  if (last === undefined || unit === undefined || typeof holder !== 'object' || holder === null) return;
  const fields = holder as Record<string, unknown>;
  if (value === undefined) {
    notMeasured[path] = REJECTED;
    // A protrusion is its depth: without that there is none.
    if (path === 'posteriorProtrusion.depth') delete (root as Record<string, unknown>).posteriorProtrusion;
    else delete fields[last];
  } else if (typeof value === 'number') {
    fields[last] = { value, unit, uncertainty: 0 } satisfies Measurement;
    delete notMeasured[path];
  }
}

function spineWide({ alignment }: Findings, target: Target, value: Given): void {
  const field = target.split('/')[1];
  if (field !== 'conusLevel' && field !== 'sacEnd') figure(alignment, field, target, value);
  else if (value === undefined) drop(alignment, field);
  else if (typeof value === 'string' && alignment[field] !== undefined)
    alignment[field] = { ...alignment[field], level: value };
}

function slip(alignment: Findings['alignment'], level: string | undefined, value: Given): void {
  const at = alignment.slips.findIndex((s) => s.level === level);
  if (at < 0) return;
  if (value === undefined) {
    alignment.slips.splice(at, 1);
    alignment.notMeasured[`slips.${level}`] = REJECTED;
    return;
  }
  const before = alignment.slips[at];
  if (typeof value !== 'number') return;
  // Percent is of the endplate's length, which a given slip does not change; a slip of nothing does not tell it.
  const percent = (value * before.slipPercent.value) / before.slip.value;
  if (!Number.isFinite(percent)) return;
  const given = { value, unit: 'mm', uncertainty: 0 } as const;
  const share = { value: percent, unit: 'percent', uncertainty: 0 } as const;
  alignment.slips[at] = { ...before, slip: given, slipPercent: share, ...gradeSlip(given, share) };
}
