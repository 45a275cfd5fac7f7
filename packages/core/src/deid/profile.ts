/** Table E.1-1 of PS3.15 and the rules that it refers to, as look-ups. */
import {
  type BasicAction,
  type OptionActions,
  type OptionColumn,
  PROFILE,
} from './profile-table.generated.ts';
import { IOD_OF, TYPES } from './type-table.generated.ts';

export interface ProfileEntry {
  readonly basic: BasicAction;
  readonly options: OptionActions;
}

const entries = new Map<number, ProfileEntry>(
  PROFILE.map(([tag, basic, options = {}]) => [tag, { basic, options }]),
);

/** The row of an attribute, or `undefined` where the table holds none. Curves and overlays are groups, see `decide.ts`. */
export function profileEntry(tag: number): ProfileEntry | undefined {
  return entries.get(tag);
}

/**
 * What the options in force say about an attribute: cleaning before keeping where two of them differ, for a calibration
 * date that is kept as device identity would give away by how much dates were moved.
 */
export function optionAction(entry: ProfileEntry, columns: ReadonlySet<OptionColumn>): 'K' | 'C' | undefined {
  const said = [...columns].map((column) => entry.options[column]);
  return said.includes('C') ? 'C' : said.includes('K') ? 'K' : undefined;
}

export type AttributeType = 1 | 2 | 3;

/** Whether the standard knows the SOP class as one that is stored. */
export function isStorageClass(sopClassUid: string): boolean {
  return Object.hasOwn(IOD_OF, sopClassUid);
}

/**
 * Type of an attribute at the top level of an object, conditional ones as if their condition held; an attribute that is
 * in none of the IOD's modules is an extension and thus Type 3. `undefined` where the SOP class is not known.
 */
export function attributeType(sopClassUid: string | undefined, tag: number): AttributeType | undefined {
  if (sopClassUid === undefined || !isStorageClass(sopClassUid)) return undefined;
  const [type1, type2] = TYPES[IOD_OF[sopClassUid]];
  const hex = tag.toString(16).padStart(8, '0');
  return type1.includes(hex) ? 1 : type2.includes(hex) ? 2 : 3;
}

/**
 * One action from a combination (PS3.15 section E.2): the least that keeps the object valid. Where the Type is not known
 * (private SOP classes, items of sequences) the one that is valid for every Type: a dummy, or an empty value where the
 * combination has no dummy. Neither tells anything of the original.
 */
export function resolve(basic: BasicAction, type: AttributeType | undefined): 'X' | 'Z' | 'D' | 'U' {
  switch (basic) {
    case 'X/Z':
      return type === 3 ? 'X' : 'Z';
    case 'X/D':
      return type === 3 ? 'X' : type === 2 ? 'Z' : 'D';
    case 'Z/D':
      return type === 2 || type === 3 ? 'Z' : 'D';
    case 'X/Z/D':
      return type === 3 ? 'X' : type === 2 ? 'Z' : 'D';
    case 'X/Z/U*':
      // References with new UIDs keep the links between the images of a study, and say no more than these.
      return 'U';
    default:
      return basic;
  }
}
