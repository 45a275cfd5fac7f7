import { describe, expect, test } from 'vitest';
import {
  DICTIONARY_EDITION,
  formatTag,
  isPrivate,
  isPrivateCreator,
  keywordOf,
  Tag,
  tagOf,
  vrOf,
} from './index.ts';

describe('dictionary', () => {
  test('tags, keywords and VRs agree with PS3.6', () => {
    expect(DICTIONARY_EDITION).toBe('January 2025');
    expect(Tag.PatientName).toBe(0x00100010);
    expect(Tag.PixelData).toBe(0x7fe00010);
    expect(keywordOf(0x00280030)).toBe('PixelSpacing');
    expect(tagOf('ImagePositionPatient')).toBe(0x00200032);
    expect(tagOf('toString')).toBeUndefined();
    expect(
      [Tag.Rows, Tag.PixelSpacing, Tag.PatientName, Tag.PerFrameFunctionalGroupsSequence].map((tag) =>
        vrOf(tag),
      ),
    ).toEqual(['US', 'DS', 'PN', 'SQ']);
  });

  test('choices of VR are decided', () => {
    expect(vrOf(Tag.SmallestImagePixelValue)).toBe('US');
    expect(vrOf(Tag.SmallestImagePixelValue, true)).toBe('SS');
    expect(vrOf(Tag.PixelData)).toBe('OW');
  });

  test('repeating groups, group lengths and private elements', () => {
    expect(keywordOf(0x60023000)).toBe('OverlayData');
    expect(vrOf(0x60020010)).toBe('US');
    expect(vrOf(0x60030010)).toBe('LO'); // odd: private
    expect(vrOf(0x00100000)).toBe('UL');
    expect(vrOf(0x00091001)).toBeUndefined();
    expect(isPrivate(0x00091001)).toBe(true);
    expect(isPrivateCreator(0x00090010)).toBe(true);
    expect(isPrivateCreator(0x00091001)).toBe(false);
    expect(formatTag(0x7fe00010)).toBe('(7FE0,0010)');
  });
});
