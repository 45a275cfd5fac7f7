/** The shipped models on drawn studies whose truth is known: axial slices, and spines with four or six lumbar vertebrae. */
import { afterAll, describe, expect, test } from 'vitest';
import {
  AXIAL_T2,
  type PhantomStudy,
  phantomShape,
  phantomStudy,
  renderAxial,
} from '../../packages/core/src/phantom/index.ts';
import { assembleStudy, readStudy } from '../../packages/core/src/reading/index.ts';
import { createNodeCodecs } from '../../packages/server/src/ports/codecs/index.ts';
import { OnnxRunner } from '../../packages/server/src/ports/models/onnx-runner.ts';

const runner = new OnnxRunner('models');
afterAll(() => runner.close());

async function read({ files }: PhantomStudy) {
  const inputs = files.map(({ bytes }, index) => ({ index, bytes }));
  const study = await assembleStudy(inputs, { codecs: createNodeCodecs() });
  return readStudy(study, {
    runner,
    softwareVersion: '0.0.0',
    now: () => new Date(0),
    hashInputs: async (series) => ({ sha256: '0'.repeat(64), files: series.inputs.length }),
  });
}

/** Area of the sac that each slice of the axial series cuts, counted on the phantom's tissues, with the slice's middle. */
function sacAreas({ anatomy }: PhantomStudy) {
  const { columns, rows, pixelMm } = AXIAL_T2;
  const { slices, kinds } = renderAxial(phantomShape(anatomy), AXIAL_T2, anatomy.seed);
  return slices.map(({ originMm, columnAxis, rowAxis }, k) => ({
    middleMm: originMm.map(
      (o, a) => o + pixelMm * (((columns - 1) / 2) * columnAxis[a] + ((rows - 1) / 2) * rowAxis[a]),
    ),
    areaMm2: kinds[k].filter((kind) => kind === SAC).length * pixelMm ** 2,
  }));
}
const SAC = 4;
const near = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((x, i) => x - b[i]));

/** Three whole readings, each of some seconds on a machine that does nothing else. */
const WHOLE_READINGS_MS = 240_000;

describe('axial slices', () => {
  test(
    'each lumbar disc has one, and at least 90 % of the sacs lie within their interval',
    async () => {
      let within = 0;
      let count = 0;
      for (const seed of [11, 12, 13]) {
        const study = phantomStudy({ seed, ageYears: 50, sex: 'F', sagittalSlices: 5 });
        const truth = sacAreas(study);
        const { findings, axial } = await read(study);
        expect(findings.axial?.map((a) => a.level)).toEqual(['L1/L2', 'L2/L3', 'L3/L4', 'L4/L5', 'L5/S1']);
        for (const { slice, sacArea } of findings.axial!) {
          const away = ({ middleMm }: (typeof truth)[number]) => near(middleMm, slice.centreMm);
          const cut = truth.reduce((a, b) => (away(b) < away(a) ? b : a));
          // Blocks whose slices are shifted against each other are squared up; slices lie 4.4 mm apart.
          expect(away(cut)).toBeLessThan(2);
          count++;
          if (Math.abs(sacArea!.value - cut.areaMm2) <= sacArea!.uncertainty) within++;
        }
        expect(axial!.slices).toHaveLength(5);
        expect(findings.provenance.models.map((m) => m.id)).toContain('axial-segmenter');
        expect(findings.study.series.find((s) => s.role === 'axial-t2')?.used).toBe(true);
      }
      expect(within / count).toBeGreaterThanOrEqual(0.9);
    },
    WHOLE_READINGS_MS,
  );
});

describe('other counts of lumbar vertebrae', () => {
  test.for([4, 6] as const)(
    '%i: five are assumed, and the true names stand among the alternatives',
    async (lumbarCount) => {
      const study = phantomStudy({
        seed: 21,
        ageYears: 40,
        sex: 'M',
        sagittalSlices: 5,
        series: ['sagittal-t1', 'sagittal-t2'],
        pathology: { lumbarCount },
      });
      const { findings } = await read(study);
      const { numbering } = findings;
      expect(numbering.lowestDisc).toBe('L5/S1');
      const truth = numbering.alternatives.find((a) => a.lowestDisc === study.truth.numbering.lowestDisc);
      expect(truth).toBeDefined();
      expect(truth!.probability).toBeGreaterThan(0.03);
      for (const disc of findings.discs) {
        const actual = study.truth.discs.reduce((best, d) =>
          near(d.centroidMm, disc.centroidMm) < near(best.centroidMm, disc.centroidMm) ? d : best,
        );
        expect(truth!.relabelling[disc.label]).toBe(actual.label);
      }
    },
  );
});
