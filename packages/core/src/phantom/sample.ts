import { chainFromSacrum, type DiscLabel } from '../spine/index.ts';
import type {
  Anatomy,
  DiscAnatomy,
  EndplateNode,
  Herniation,
  ModicValue,
  PfirrmannValue,
  SacralSegment,
  VertebraAnatomy,
} from './anatomy.ts';
import { clamp } from './arithmetic.ts';
import { drawBlobs } from './blobs.ts';
import {
  bodySize,
  bodyWedgeDeg,
  canalDepthMm,
  canalWidthMm,
  discHeightMm,
  flavumMm,
  pfirrmannOf,
  SEGMENT_DEG,
  SEGMENTS_DEG,
  spinousHeightMm,
  spinousLengthMm,
  tableRow,
  vary,
} from './morphometry.ts';
import { type Random, randomOf } from './random.ts';

/** What to force; everything else is drawn by the base rates. Disc and vertebra names as in the findings. */
export interface PathologyRequest {
  /** 4 or 6 for a transitional spine. */
  readonly lumbarCount?: 4 | 5 | 6;
  readonly discs?: Readonly<
    Partial<
      Record<
        DiscLabel,
        {
          readonly pfirrmann?: PfirrmannValue;
          readonly bulgeMm?: number;
          /** `false` forbids one. With a slip of 3 mm or more it does not migrate. */
          readonly herniation?: Partial<Herniation> | false;
          readonly slipMm?: number;
          readonly modic?: ModicValue;
          readonly endplateChange?: boolean;
          readonly highIntensityZone?: boolean;
        }
      >
    >
  >;
  readonly fractures?: Readonly<Partial<Record<VertebraAnatomy['label'], 'wedge' | 'biconcave'>>>;
  /** Multiplies canal depth and width; 0.7 is a narrow canal. */
  readonly canalScale?: number;
  readonly scoliosisMm?: number;
  /** No herniation, slip, fracture, Modic change or transitional anatomy beyond what is asked for. */
  readonly onlyRequested?: boolean;
}

export interface SampleOptions {
  readonly seed: number;
  readonly ageYears?: number;
  readonly sex?: 'F' | 'M';
  readonly statureCm?: number;
  readonly pathology?: PathologyRequest;
}

/** Healthy height of a disc that remains at Pfirrmann 1–5; Pfirrmann 2001: normal, normal, slightly, moderately reduced, collapsed. */
const HEIGHT_LEFT = [1, 0.97, 0.87, 0.7, 0.42] as const;
/** Chance of Modic 0…3 by Pfirrmann grade, so that II is by far the commonest (30 % of discs), I and III rare. */
const MODIC_CHANCE = [
  [0.97, 0.005, 0.025, 0],
  [0.88, 0.01, 0.11, 0],
  [0.72, 0.015, 0.26, 0.005],
  [0.48, 0.03, 0.48, 0.01],
  [0.3, 0.05, 0.62, 0.03],
] as const;
const BULGE_CHANCE = [0.08, 0.28, 0.55, 0.72, 0.75] as const;
const HERNIATION_CHANCE = [0.005, 0.02, 0.06, 0.09, 0.06] as const;
const SLIP_CHANCE = [0.003, 0.01, 0.02, 0.05, 0.08] as const;

/**
 * Draws a person's lumbar spine: size by stature (LMG equations), alignment by recumbent lordosis, degeneration by age
 * with the base rates of 179 patients, everything from `seed`. Same options, same anatomy.
 */
export function samplePatient(options: SampleOptions): Anatomy {
  const { seed, pathology = {} } = options;
  const person = randomOf(seed, 'person');
  const drawnSex = person.chance(0.55) ? 'F' : 'M';
  const sex = options.sex ?? drawnSex;
  const drawnAge = Math.round(person.normalWithin(52, 16, 19, 88));
  const ageYears = options.ageYears ?? drawnAge;
  const statureZ = person.normalWithin(0, 1, -2.2, 2.2);
  const statureCm = options.statureCm ?? Math.round((sex === 'F' ? 166 : 179) + 6.8 * statureZ);
  const transitional = person.weighted([0.06, 0.88, 0.06]);
  const lumbarCount =
    pathology.lumbarCount ?? (pathology.onlyRequested ? 5 : ([4, 5, 6] as const)[transitional]);
  const weight = person.normalWithin(0, 1, -1.8, 2.2);

  const labels = chainFromSacrum(lumbarCount).slice(1);
  const shape = randomOf(seed, 'shape');
  const subjectHeight = 1 + 0.045 * shape.normalWithin(0, 1, -2, 2);
  const subjectDepth = 1 + 0.055 * shape.normalWithin(0, 1, -2, 2);
  const subjectDisc = 1 + 0.1 * shape.normalWithin(0, 1, -1.8, 1.8);
  const subjectWedge = 1.3 * shape.normalWithin(0, 1, -2, 2);
  const canalScale = (pathology.canalScale ?? 1) * (1 + 0.09 * shape.normalWithin(0, 1, -2, 2));
  const lordosisZ = shape.normalWithin(0, 1, -1.7, 1.7);
  const lordosisDeg = 38 + 11 * lordosisZ;
  const slopeZ = shape.normalWithin(0, 1, -1.7, 1.7);
  const marrowFat = clamp(0.18 + 0.0042 * ageYears + 0.07 * shape.normal(), 0.2, 0.68);

  const vertebrae: VertebraAnatomy[] = [];
  const discs: DiscAnatomy[] = [];
  const disease = randomOf(seed, 'disease');
  const subjectLatent = disease.normal();
  for (let k = 0; k < labels.length; k++) {
    const row = tableRow(k, lumbarCount);
    const v = drawVertebra(labels[k], row);
    vertebrae.push(v);
    discs.push(drawDisc(`${labels[k]}/${k === 0 ? 'S1' : labels[k - 1]}` as DiscLabel, row, v));
  }

  function drawVertebra(label: VertebraAnatomy['label'], row: number): VertebraAnatomy {
    const random = randomOf(seed, `vertebra/${label}`);
    const size = bodySize(statureCm, sex, row);
    let posteriorHeightMm = vary(random, size.posteriorHeightMm * subjectHeight, 0.025);
    let wedgeDeg = bodyWedgeDeg(row) + subjectWedge + random.normalWithin(0, 1.6, -3, 3);
    let upperConcavityMm = Math.max(0.2, vary(random, 0.9, 0.35));
    let lowerConcavityMm = Math.max(0.3, vary(random, 1.5 + 0.008 * (ageYears - 40), 0.3));
    const fractureChance = pathology.onlyRequested
      ? 0
      : 0.0004 * Math.max(0, ageYears - 45) * (row <= 1 ? 1 : 0.4);
    const drawn = random.chance(fractureChance)
      ? random.chance(0.65)
        ? ('wedge' as const)
        : ('biconcave' as const)
      : undefined;
    const fracture = pathology.fractures?.[label] ?? drawn;
    const loss = random.between(0.2, 0.42);
    if (fracture === 'wedge') {
      // The front loses `loss` of its height, the back a little.
      wedgeDeg -= (loss * posteriorHeightMm) / (size.upperDepthMm * 0.01745);
      posteriorHeightMm *= 0.96;
      upperConcavityMm += 0.8;
    } else if (fracture === 'biconcave') {
      upperConcavityMm += 0.4 * loss * posteriorHeightMm;
      lowerConcavityMm += 0.4 * loss * posteriorHeightMm;
    }
    const spurs = Math.max(0, (ageYears - 35) / 50);
    const node = (): EndplateNode | undefined =>
      random.chance(0.07)
        ? {
            along: random.between(0.35, 0.7),
            halfWidthMm: random.between(2.5, 5),
            depthMm: random.between(2, 4.5),
          }
        : undefined;
    const upperNode = node();
    const lowerNode = node();
    const haemangioma = random.chance(0.05)
      ? { along: random.between(0.3, 0.7), up: random.between(0.3, 0.7), radiusMm: random.between(3, 7) }
      : undefined;
    return {
      label,
      posteriorHeightMm,
      wedgeDeg,
      upperDepthMm: vary(random, size.upperDepthMm * subjectDepth, 0.015),
      lowerDepthMm: vary(random, size.lowerDepthMm * subjectDepth, 0.015),
      widthMm: vary(random, size.widthMm * subjectDepth, 0.02),
      upperConcavityMm,
      lowerConcavityMm,
      frontWaistMm: random.between(1, 2.3),
      backWaistMm: random.between(0.4, 1.3),
      cornerMm: random.between(2.2, 3.4),
      upperOsteophyteMm: random.chance(0.2 + 0.5 * spurs) ? random.between(0.3, 1 + 2.6 * spurs) : 0,
      lowerOsteophyteMm: random.chance(0.2 + 0.5 * spurs) ? random.between(0.3, 1 + 2.6 * spurs) : 0,
      ...(upperNode && !pathology.onlyRequested ? { upperNode } : {}),
      ...(lowerNode && !pathology.onlyRequested ? { lowerNode } : {}),
      fatFraction: clamp(marrowFat + random.normal(0, 0.03), 0.15, 0.75),
      ...(haemangioma && !pathology.onlyRequested ? { haemangioma } : {}),
      ...(fracture ? { fracture } : {}),
      spinousLengthMm: vary(random, spinousLengthMm(row) * (0.5 + statureCm / 345), 0.07),
      spinousHeightMm: vary(random, spinousHeightMm(row) * (0.5 + statureCm / 345), 0.08),
      canalDepthMm: vary(random, canalDepthMm(row) * canalScale, 0.035),
      canalWidthMm: vary(random, canalWidthMm(row) * (0.5 + 0.5 * canalScale), 0.03),
    };
  }

  function drawDisc(label: DiscLabel, row: number, above: VertebraAnatomy): DiscAnatomy {
    const random = randomOf(seed, `disc/${label}`);
    const asked = pathology.discs?.[label] ?? {};
    const latent = 0.82 * subjectLatent + 0.57 * random.normal();
    const drawn = pfirrmannOf(latent, ageYears, row);
    const pfirrmann = asked.pfirrmann ?? drawn;
    const g = pfirrmann - 1;
    const free = pathology.onlyRequested ? 0 : 1;
    const heightShare = clamp(HEIGHT_LEFT[g] * (1 + 0.05 * random.normal()), 0.3, 1.08);
    const healthy = discHeightMm(ageYears, sex, row) * subjectDisc * (1 + 0.05 * random.normal());
    const middle = Math.max(3.6, healthy * heightShare);
    // Hollow endplates make the middle taller than the gap between the corners.
    const gap = Math.max(2.2, middle - 0.92 * (above.lowerConcavityMm + 0.8));
    const segment = row >= 0 ? SEGMENT_DEG[row] * (lordosisDeg / SEGMENTS_DEG) : -1.5;
    const wanted = segment - above.wedgeDeg + 1.4 * random.normal();
    const depth = above.lowerDepthMm;
    // The posterior gap keeps at least 1.6 mm and a third of the mean gap.
    const most = (2 * (gap - Math.max(1.6, 0.34 * gap))) / depth / 0.01745;
    const wedgeDeg = clamp(above.fracture ? segment : wanted, row >= 0 ? -0.2 * most : -0.4 * most, most);
    const modic =
      asked.modic ??
      ((random.weighted(MODIC_CHANCE[g].map((c, i) => (i === 0 || free ? c : 0))) as ModicValue) || 0);
    const bulging = random.chance(BULGE_CHANCE[g]);
    const bulgeDrawn = bulging ? random.between(1.2, 3.6) : random.between(0, 0.7);
    const herniated = random.chance(HERNIATION_CHANCE[g] * free * (row >= 2 ? 1.5 : 0.5));
    const herniationDrawn: Herniation = {
      depthMm: random.between(4, 9),
      halfHeightMm: random.between(3.5, 6),
      migrationMm: random.chance(0.35) ? random.between(-8, 10) : random.between(-1.5, 1.5),
      lateralMm: random.normalWithin(0, 4, -9, 9),
      halfWidthMm: random.between(5, 8.5),
    };
    const herniation =
      asked.herniation === false
        ? undefined
        : asked.herniation
          ? { ...herniationDrawn, lateralMm: 0, ...asked.herniation }
          : herniated
            ? herniationDrawn
            : undefined;
    const slipped = random.chance(SLIP_CHANCE[g] * free * (row >= 2 ? 1.5 : 0.3));
    const slipDrawn = slipped
      ? (random.chance(0.8) ? 1 : -0.6) * random.between(3.5, 9)
      : random.normalWithin(0, 0.5, -1, 1);
    const endplates = (modic > 0 ? 0.55 : 0.04) + 0.06 * g;
    const upperChange = random.chance(endplates);
    const lowerChange = random.chance(endplates);
    const hiz = random.chance(g >= 1 && g <= 3 ? 0.14 : 0.02);
    const slipMm = asked.slipMm ?? slipDrawn;
    // Over a step between slipped bodies a mass stays at the level of the disc.
    const stepped = slipMm >= 3 || slipMm <= -3;
    return {
      label,
      posteriorHeightMm: Math.max(1.5, gap - (depth / 2) * wedgeDeg * 0.01745),
      wedgeDeg,
      slipMm,
      pfirrmann,
      heightShare,
      posteriorBulgeMm: asked.bulgeMm ?? bulgeDrawn,
      anteriorBulgeMm: 0.6 + (bulging ? random.between(0.5, 2.4) : random.between(0, 0.6)),
      ...(herniation ? { herniation: stepped ? { ...herniation, migrationMm: 0 } : herniation } : {}),
      modic,
      modicUpperMm: random.between(3.5, 9),
      modicLowerMm: random.between(3.5, 9),
      upperEndplateChange: asked.endplateChange ?? upperChange,
      lowerEndplateChange: asked.endplateChange ?? lowerChange,
      cleft: random.chance(g === 1 || g === 2 ? 0.6 : 0.1),
      highIntensityZone: asked.highIntensityZone ?? hiz,
      flavumMm: vary(random, flavumMm(row) + 0.012 * (ageYears - 50), 0.18),
    };
  }

  // People lie flat on the table: the upper spine leans neither far forwards nor far backwards.
  let lordosis = 0;
  for (let k = 0; k < lumbarCount; k++) lordosis += vertebrae[k].wedgeDeg + discs[k].wedgeDeg;
  const slope = 37 + 8 * (0.75 * lordosisZ + 0.66 * slopeZ);
  const sacralSlopeDeg = clamp(clamp(slope, lordosis - 7, lordosis + 5), 12, 58);
  const sacrum = drawSacrum(randomOf(seed, 'sacrum'), vertebrae[0], lumbarCount);
  const rest = randomOf(seed, 'soft');
  const subcutaneousFatMm = clamp(22 + 11 * weight + 4 * rest.normal(), 8, 50);
  const bellyMm = clamp(115 + 26 * weight + 8 * rest.normal(), 80, 185);
  return {
    seed,
    ageYears,
    sex,
    statureCm,
    lumbarCount,
    sacralSlopeDeg,
    sacrum,
    sacrumWidthMm: vertebrae[0].widthMm * 1.05,
    vertebrae,
    discs,
    sacralCanalDepthMm: vary(rest, 13.5 * canalScale, 0.08),
    sacralCanalWidthMm: vary(rest, 29, 0.06),
    epiduralFat: clamp(1 + 0.25 * weight + 0.2 * rest.normal(), 0.5, 1.8),
    conusAtLumbar: rest.normalWithin(0.35, 0.45, -0.7, 1.4),
    sacEndAtSacral: rest.normalWithin(1.45, 0.45, 0.4, 2.7),
    subcutaneousFatMm,
    prevertebralFatMm: clamp(6 + 3 * weight + 2 * rest.normal(), 2.5, 16),
    bellyMm,
    muscleFatFraction: clamp(0.06 + 0.0024 * ageYears + 0.03 * rest.normal(), 0.05, 0.4),
    aortaMm: rest.normalWithin(18, 2, 14, 23),
    aortaX: rest.normalWithin(11, 4, 2, 20),
    blobs: drawBlobs(randomOf(seed, 'abdomen')),
    scoliosisMm:
      pathology.scoliosisMm ??
      (rest.chance(0.08 * (pathology.onlyRequested ? 0 : 1)) ? rest.between(-14, 14) : 0),
  };
}

function drawSacrum(random: Random, lowest: VertebraAnatomy, lumbarCount: number): SacralSegment[] {
  const upper = lowest.lowerDepthMm * random.between(0.93, 1.0);
  const height = lowest.posteriorHeightMm * random.between(1.12, 1.22);
  // A lumbarised first sacral segment leaves a taller remnant disc below it, as does chance.
  const remnant = (lumbarCount === 6 ? 1.5 : 0) + random.between(0.8, 3.4);
  const heights = [height, height * 0.87, height * 0.74, height * 0.66, height * 0.55];
  const uppers = [upper, upper * 0.66, upper * 0.46, upper * 0.36, upper * 0.3];
  const lowers = [upper * 0.69, upper * 0.49, upper * 0.38, upper * 0.31, upper * 0.2];
  const turns = [
    0,
    random.between(-5, 9),
    random.between(6, 17),
    random.between(10, 24),
    random.between(12, 28),
  ];
  const gaps = [remnant, random.between(0.4, 1.6), random.between(0.2, 1), 0.4, 0];
  return heights.map((heightMm, i) => ({
    heightMm,
    upperDepthMm: uppers[i],
    lowerDepthMm: lowers[i],
    turnDeg: turns[i],
    gapMm: gaps[i],
  }));
}
