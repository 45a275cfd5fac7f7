/** The shipped models give on the locked patients what their cards say. */
import { readFileSync } from 'node:fs';
import { mean, summarise } from '@promontory/core/validation';
import { expect } from 'vitest';
import { OnnxRunner } from '../../packages/server/src/ports/models/onnx-runner.ts';
import { compareGrades, gradedPatients, onlyGrades } from '../../scripts/evaluation/grading.ts';
import { agreementOf } from '../../scripts/evaluation/segmentation.ts';
import { annotationOf, lockedPatients, spiderSeries } from '../../scripts/evaluation/spider.ts';
import { testWith, withoutData } from '../oracle.ts';

interface Card {
  readonly metrics: { readonly locked: Record<string, unknown> };
}
const card = (id: string) => (JSON.parse(readFileSync(`models/${id}.json`, 'utf8')) as Card).metrics.locked;

testWith(
  withoutData,
  'the segmenter and the grader reach the figures of their cards',
  async () => {
    const runner = new OnnxRunner('models');
    const series = Map.groupBy(spiderSeries(), (s) => s.patient);
    const bodies: number[] = [];
    const discs: number[] = [];
    const truths = gradedPatients();
    const graded = [];
    let right = 0;
    for (const patient of lockedPatients()) {
      const own = series.get(patient) ?? [];
      const marked = own.find((s) => s.file === annotationOf(patient)?.file);
      if (marked !== undefined) {
        const agreement = await agreementOf(marked, runner);
        if (agreement.body !== undefined) bodies.push(agreement.body);
        if (agreement.disc !== undefined) discs.push(agreement.disc);
        if (agreement.farthestDiscMm <= 5) right++;
      }
      graded.push(await compareGrades(onlyGrades(truths.get(patient)!, own), own, runner));
    }
    await runner.close();
    const segmentation = card('sagittal-segmenter') as {
      dice: { body: { value: number }; disc: { value: number } };
      allDiscsWithin5mmUnderTheirName: { patients: number };
    };
    expect(mean(bodies)).toBeCloseTo(segmentation.dice.body.value, 2);
    expect(mean(discs)).toBeCloseTo(segmentation.dice.disc.value, 2);
    expect(right).toBe(segmentation.allDiscsWithin5mmUnderTheirName.patients);
    const figures = summarise(graded);
    const grading = card('disc-grader') as {
      pfirrmann: { qwk: { value: number } };
      binary: { narrowing: { auc: { value: number } }; bulging: { auc: { value: number } } };
    };
    expect(figures.pfirrmann?.qwk.value).toBeCloseTo(grading.pfirrmann.qwk.value, 2);
    expect(figures.binary.narrowing?.auc.value).toBeCloseTo(grading.binary.narrowing.auc.value, 2);
    expect(figures.binary.bulging?.auc.value).toBeCloseTo(grading.binary.bulging.auc.value, 2);
  },
  900_000,
);
