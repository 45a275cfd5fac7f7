import { disagreements } from './disagreements.ts';
import { REPORT_SECTIONS } from './mark.ts';
import type { SigningInput } from './ready-to-sign.ts';
import {
  LEVEL_PARTS,
  type LevelPart,
  REPORT_SCHEMA_VERSION,
  type ReportContent,
  type ReportLevel,
  type Statement,
} from './report-content.ts';
import type { Review } from './review.ts';
import type { Reviewed } from './reviewed.ts';
import { placeOf, type SortedStatement, statementsOf } from './statements.ts';

export interface ReportInput extends SigningInput {
  /** Of who signs: BCP 47. */
  readonly language: string;
  /** Needed where there is no reading that tells it. */
  readonly studyInstanceUid?: string | undefined;
  /** SHA-256 of the reading's `findings.json`, in hexadecimal digits, for the report's basis. */
  readonly findingsSha256?: string | undefined;
}

/**
 * What the report says if it is signed now: values that somebody accepted, corrected or gave, each with who and when;
 * what nobody judged is named, without its value. Deterministic: the same marks give the same content.
 */
export function reportContent(input: ReportInput): ReportContent {
  const { reviewed, review, reports, language, findingsSha256 } = input;
  const last = reports.at(-1);
  const reason = input.reason?.trim() ?? '';
  const {
    studyInstanceUid = input.studyInstanceUid,
    patientSex,
    patientAgeYears,
  } = reviewed?.findings.study ?? {};
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    kind: last === undefined ? 'signed' : 'amended',
    version: (last?.version ?? 0) + 1,
    ...(last !== undefined &&
      reason !== '' && {
        reason,
      }),
    ...(last !== undefined && {
      amends: { reportId: last.reportId, version: last.version, sha256: last.sha256 },
    }),
    language,
    study: {
      ...(studyInstanceUid !== undefined && { studyInstanceUid }),
      ...(patientSex !== undefined && { patientSex }),
      ...(patientAgeYears !== undefined && { patientAgeYears }),
    },
    ...(reviewed === undefined ? emptyBody() : bodyOf(reviewed, review)),
    measurements: review.measurements
      .filter((m) => !m.inConflict)
      .map(({ firstMarkId: _, inConflict: __, sequence: ___, ...measurement }) => measurement),
    texts: REPORT_SECTIONS.flatMap((section) => {
      const text = review.text(section);
      if (text.state !== 'set' || text.value.trim() === '') return [];
      return [{ section, text: text.value, by: text.by, byName: text.byName, at: text.at }];
    }),
    basis: {
      sequence: review.sequence,
      ...(review.readingId !== undefined && { readingId: review.readingId }),
      ...(findingsSha256 !== undefined && { findingsSha256 }),
      ...(reviewed === undefined ? { models: [], inputs: [] } : provenanceOf(reviewed)),
    },
  };
}

type Body = Pick<
  ReportContent,
  | 'numbering'
  | 'alignment'
  | 'vertebrae'
  | 'conus'
  | 'levels'
  | 'unreviewed'
  | 'rejected'
  | 'notAssessable'
  | 'disagreements'
>;

const emptyBody = (): Body => ({
  alignment: [],
  vertebrae: [],
  conus: [],
  levels: [],
  unreviewed: [],
  rejected: [],
  notAssessable: [],
  disagreements: [],
});

function bodyOf(reviewed: Reviewed, review: Review): Body {
  const statements = statementsOf(reviewed, review);
  const said = new Set(statements.map(({ statement }) => statement.target));
  const of = (wanted: (s: SortedStatement) => boolean): Statement[] =>
    statements.filter(wanted).map(({ statement }) => statement);
  const isConus = ({ statement: { field } }: SortedStatement) => field === 'conusLevel' || field === 'sacEnd';
  const numbering = of(({ group }) => group === 'numbering').at(0);
  const silent = reviewed.entries.filter((e) => !said.has(e.target));
  return {
    ...(numbering && { numbering }),
    alignment: of((s) => (s.group === 'alignment' && !isConus(s)) || s.group === 'segment'),
    vertebrae: byLevel(
      statements.filter(({ group }) => group === 'vertebra'),
      reviewed,
    ).map(({ level, readAs, items }) => ({
      level,
      ...(readAs !== undefined && { readAs }),
      statements: items.map(({ statement }) => statement),
    })),
    conus: of((s) => s.group === 'alignment' && isConus(s)),
    levels: byLevel(
      statements.filter(({ group }) => DISC_GROUPS.includes(group)),
      reviewed,
    ).map(levelOf),
    unreviewed: silent
      .filter((e) => e.status !== 'rejected' && e.value !== undefined)
      .map((entry) => placeOf(entry)),
    rejected: reviewed.entries.flatMap((entry) => {
      const { status, hand } = entry;
      if (status !== 'rejected' || hand === undefined) return [];
      return [{ ...placeOf(entry), by: hand.by, byName: hand.byName, at: hand.at }];
    }),
    notAssessable: [
      ...silent.flatMap(({ group, level, field, value, abstained }) =>
        value === undefined && abstained !== undefined
          ? [{ group, ...(level !== undefined && { level }), field, reason: abstained }]
          : [],
      ),
      ...reviewed.notAssessable.flatMap(({ target, ...absence }) =>
        said.has(target) || reviewed.entry(target) !== undefined ? [] : [absence],
      ),
    ],
    disagreements: disagreements(reviewed.asRead, review).map(
      ({ target, level, field, own, given, by, byName, at }) => {
        // A value of the reading that nobody looked at is not told by the back door.
        const status = reviewed.status(target);
        const isTold = status === 'accepted' || status === 'corrected' || status === 'rejected';
        return {
          target,
          ...(level !== undefined && { level: reviewed.nameOf(level) }),
          field,
          own,
          ...(isTold && given !== undefined && { given }),
          by,
          byName,
          at,
        };
      },
    ),
  };
}

const DISC_GROUPS: readonly string[] = ['disc', 'canal', 'slip', 'axial'];

/** By level, head to feet. */
function byLevel(statements: readonly SortedStatement[], reviewed: Reviewed) {
  const groups = new Map<string, SortedStatement[]>();
  for (const item of statements) {
    const { level } = item.statement;
    if (level !== undefined) groups.set(level, [...(groups.get(level) ?? []), item]);
  }
  return [...groups]
    .map(([level, items]) => {
      const own = reviewed.readName(level);
      return { level, ...(own !== level && { readAs: own }), items };
    })
    .sort((a, b) => depthOf(a.level) - depthOf(b.level));
}

/** Place of a level along the spine, from the head. */
function depthOf(level: string): number {
  const [upper] = level.split('/');
  return ['T', 'L', 'S'].indexOf(upper[0]) * 100 + Number(upper.slice(1));
}

const PARTS: Readonly<Record<string, LevelPart>> = {
  narrowing: 'height',
  heights: 'height',
  heightIndex: 'height',
  wedgeAngle: 'height',
  pfirrmann: 'signal',
  signalRatio: 'signal',
  highIntensityZone: 'signal',
  bulging: 'contour',
  herniation: 'contour',
  posteriorProtrusion: 'contour',
  depth: 'contour',
  area: 'contour',
  canalDiameter: 'canal',
  sacDiameter: 'canal',
  sacToCanalRatio: 'canal',
  csfFraction: 'canal',
  sacArea: 'canal',
  sacAnteroposterior: 'canal',
  sacTransverse: 'canal',
  upperEndplate: 'endplates',
  lowerEndplate: 'endplates',
  modic: 'endplates',
  spondylolisthesis: 'slip',
  slip: 'slip',
};

const partOf = (field: string): LevelPart => PARTS[field.split('.')[0]] ?? 'muscles';

function levelOf({ level, readAs, items }: ReturnType<typeof byLevel>[number]): ReportLevel {
  const of = (part: LevelPart): Statement[] =>
    items.flatMap(({ statement }) => (partOf(statement.field) === part ? [statement] : []));
  const parts = Object.fromEntries(LEVEL_PARTS.map((part) => [part, of(part)])) as Record<
    LevelPart,
    Statement[]
  >;
  return { level, ...(readAs !== undefined && { readAs }), ...parts };
}

function provenanceOf({ findings: { provenance } }: Reviewed) {
  const { software, models, inputs, createdAt } = provenance;
  return { software: { name: software.name, version: software.version }, models, inputs, readAt: createdAt };
}
