import { describe, expect, it } from 'vitest';
import type { Acquisition } from './acquisition.ts';
import { decideRole, type RoleEvidence } from './index.ts';

const bare: Acquisition = {
  scanningSequence: [],
  sequenceVariant: [],
  scanOptions: [],
  imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND'],
  words: '',
  contrastAgent: false,
};
const SE = ['SE'];
const sagittal = { plane: 'sagittal', obliquityDeg: 0 } as const;
const axial = { plane: 'axial', obliquityDeg: 12 } as const;

const verdict = (acquisition: Partial<Acquisition>, evidence: Partial<RoleEvidence> = {}) =>
  decideRole({
    orientation: sagittal,
    stacks: [{ plane: (evidence.orientation ?? sagittal).plane, slices: 15 }],
    acquisition: { ...bare, ...acquisition },
    ...evidence,
  });

describe('decideRole by parameters', () => {
  it.each<[string, Partial<Acquisition>, string]>([
    ['T1 TSE 1.5 T', { repetitionTimeMs: 500, echoTimeMs: 9, scanningSequence: SE }, 'sagittal-t1'],
    ['T1 TSE 3 T', { repetitionTimeMs: 1100, echoTimeMs: 20, scanningSequence: SE }, 'sagittal-t1'],
    [
      'T1 FLAIR',
      { repetitionTimeMs: 2000, echoTimeMs: 9, inversionTimeMs: 860, scanningSequence: ['SE', 'IR'] },
      'sagittal-t1',
    ],
    ['T2 TSE', { repetitionTimeMs: 3500, echoTimeMs: 100, scanningSequence: SE }, 'sagittal-t2'],
    ['T2 DRIVE, short TR', { repetitionTimeMs: 1800, echoTimeMs: 120, scanningSequence: SE }, 'sagittal-t2'],
    [
      'early T2 by its name',
      { repetitionTimeMs: 3000, echoTimeMs: 50, scanningSequence: SE, words: 't2 sag' },
      'sagittal-t2',
    ],
    [
      'STIR 1.5 T',
      { repetitionTimeMs: 4000, echoTimeMs: 50, inversionTimeMs: 150, scanningSequence: ['IR', 'SE'] },
      'sagittal-stir',
    ],
    [
      'STIR 3 T, long TE',
      { repetitionTimeMs: 4500, echoTimeMs: 80, inversionTimeMs: 220, scanningSequence: ['IR', 'SE'] },
      'sagittal-stir',
    ],
    [
      'STIR that does not state TI',
      { repetitionTimeMs: 4500, echoTimeMs: 70, scanningSequence: SE, words: 't2_tirm_sag' },
      'sagittal-stir',
    ],
    [
      '3-D T2 by its type',
      { repetitionTimeMs: 1500, echoTimeMs: 130, scanningSequence: SE, acquisitionType: '3D' },
      'sagittal-space',
    ],
    [
      '3-D T2 by thin slices',
      {
        repetitionTimeMs: 1000,
        echoTimeMs: 124,
        scanningSequence: SE,
        acquisitionType: '2D',
        sliceThicknessMm: 0.9,
        echoTrainLength: 60,
      },
      'sagittal-space',
    ],
    [
      '3-D T1',
      { repetitionTimeMs: 600, echoTimeMs: 12, scanningSequence: SE, acquisitionType: '3D' },
      'sagittal-t1',
    ],
    ['proton density', { repetitionTimeMs: 2500, echoTimeMs: 30, scanningSequence: SE }, 'sagittal-other'],
    [
      'Dixon water',
      { repetitionTimeMs: 3500, echoTimeMs: 90, imageType: ['DERIVED', 'PRIMARY', 'DIXON', 'WATER'] },
      'sagittal-dixon-water',
    ],
    ['Dixon fat', { imageType: ['ORIGINAL', 'PRIMARY', 'F'] }, 'sagittal-dixon-fat'],
    [
      'Dixon in phase',
      { repetitionTimeMs: 3500, echoTimeMs: 90, imageType: ['ORIGINAL', 'PRIMARY', 'IP'] },
      'sagittal-t2',
    ],
    [
      'Dixon opposed phase',
      { repetitionTimeMs: 3500, echoTimeMs: 90, imageType: ['ORIGINAL', 'PRIMARY', 'OP'] },
      'sagittal-other',
    ],
    [
      'diffusion',
      { repetitionTimeMs: 5000, echoTimeMs: 70, scanningSequence: ['EP', 'SE'] },
      'sagittal-other',
    ],
    [
      'T2*',
      { repetitionTimeMs: 600, echoTimeMs: 18, flipAngleDeg: 25, scanningSequence: ['GR'] },
      'sagittal-other',
    ],
    ['enhanced, stated contrast', { statedContrast: 'STIR' }, 'sagittal-stir'],
    [
      'projection',
      { repetitionTimeMs: 3500, echoTimeMs: 100, imageType: ['DERIVED', 'SECONDARY', 'PROJECTION IMAGE'] },
      'sagittal-other',
    ],
    ['localiser by type', { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] }, 'localiser'],
    ['localiser by name', { words: 'fast localizer' }, 'localiser'],
    [
      'localiser by its sequence',
      {
        repetitionTimeMs: 10,
        echoTimeMs: 4,
        flipAngleDeg: 20,
        scanningSequence: ['GR'],
        sliceThicknessMm: 8,
      },
      'localiser',
    ],
  ])('%s', async (_, acquisition, role) => {
    const stacks = [{ plane: 'sagittal' as const, slices: 9 }];
    const result = await verdict(acquisition, { stacks });
    expect(result.role).toBe(role);
    expect(result.reason.length).toBeGreaterThan(5);
  });

  it('calls axial series by their contrast', async () => {
    const t1 = { repetitionTimeMs: 600, echoTimeMs: 10, scanningSequence: SE };
    const t2 = { repetitionTimeMs: 4000, echoTimeMs: 100, scanningSequence: SE };
    expect((await verdict(t1, { orientation: axial })).role).toBe('axial-t1');
    expect((await verdict(t2, { orientation: axial })).role).toBe('axial-t2');
    expect((await verdict({}, { orientation: axial })).role).toBe('axial-other');
    expect((await verdict(t2, { orientation: { plane: 'coronal', obliquityDeg: 3 } })).role).toBe('coronal');
  });

  it('does not take a derived image for useless unless it is a projection or map', async () => {
    const t2 = { repetitionTimeMs: 3500, echoTimeMs: 100, scanningSequence: SE };
    const converted = await verdict({ ...t2, imageType: ['DERIVED', 'SECONDARY', 'OTHER'] });
    expect(converted).toMatchObject({ role: 'sagittal-t2', derived: false });
    expect(await verdict({ ...t2, imageType: ['DERIVED', 'SECONDARY', 'ADC'] })).toMatchObject({
      derived: true,
    });
  });

  it('trusts parameters over a description that contradicts them', async () => {
    const result = await verdict({
      repetitionTimeMs: 3500,
      echoTimeMs: 100,
      scanningSequence: SE,
      words: 't1 sag',
    });
    expect(result).toMatchObject({ role: 'sagittal-t2', guessed: false });
  });

  it('notes fat suppression', async () => {
    const t2 = { repetitionTimeMs: 3500, echoTimeMs: 100, scanningSequence: SE };
    expect((await verdict({ ...t2, scanOptions: ['FS'] })).fatSuppressed).toBe(true);
    expect((await verdict({ ...t2, words: 't2_tse_fs_sag' })).fatSuppressed).toBe(true);
    expect((await verdict(t2)).fatSuppressed).toBe(false);
  });
});

describe('decideRole without parameters', () => {
  it('takes the description and says that it guessed', async () => {
    expect(await verdict({ words: 'sag t1 tse' })).toMatchObject({ role: 'sagittal-t1', guessed: true });
    expect(await verdict({ words: 'sag stir' })).toMatchObject({ role: 'sagittal-stir', guessed: true });
  });

  it('looks at the pixels only as a last resort', async () => {
    const guessContrast = async () => ({ contrast: 't2', margin: 0.1 }) as const;
    expect(await verdict({}, { guessContrast })).toMatchObject({ role: 'sagittal-t2', guessed: true });
    expect(await verdict({ words: 't1' }, { guessContrast })).toMatchObject({ role: 'sagittal-t1' });
    expect(await verdict({})).toMatchObject({ role: 'sagittal-other', guessed: true });
  });

  it('takes the plane from PatientOrientation or words', async () => {
    const t2 = { repetitionTimeMs: 3500, echoTimeMs: 100, scanningSequence: SE };
    const plane = async (more: Partial<RoleEvidence>, words = '') =>
      (
        await decideRole({
          orientation: undefined,
          stacks: [{ plane: undefined, slices: 5 }],
          acquisition: { ...bare, ...t2, words },
          ...more,
        })
      ).role;
    expect(await plane({ patientOrientation: ['P', 'F'] })).toBe('sagittal-t2');
    expect(await plane({ patientOrientation: ['L', 'P'] })).toBe('axial-t2');
    expect(await plane({}, 't2 tra')).toBe('axial-t2');
    expect(await plane({})).toBe('sagittal-t2');
  });

  it('does not take screen copies for images', async () => {
    expect((await verdict({}, { notAnImage: 'secondary capture' })).role).toBe('other');
  });
});
