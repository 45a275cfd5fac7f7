/** What a data set says it is, from its first bytes: before it is stored under what its command says it is. */
import { encodingOf, isDeflated } from '@promontory/core/dicom';
import { HEADER_BYTES, stepAt } from './element-walk.ts';

export interface Named {
  readonly sopClass?: string;
  readonly sopInstance?: string;
}

/** Enough for group 0008 up to (0008,0018) in all but strange data sets. */
export const PEEK_BYTES = 4_096;
const SOP_CLASS = 0x00080016;
const SOP_INSTANCE = 0x00080018;
/** Both UIDs where they can be seen; nothing where a sequence of undefined length or a deflated stream hides them. */
export function peekUids(bytes: Buffer, transferSyntax: string): Named {
  if (isDeflated(transferSyntax)) return {};
  const encoding = encodingOf(transferSyntax);
  let named: Named = {};
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const { tag, start, end } = stepAt(bytes, at, encoding);
    if (tag > SOP_INSTANCE || end > bytes.length) return named;
    const value = () => bytes.toString('latin1', start, end).replace(/[\0 ]+$/, '');
    if (tag === SOP_CLASS) named = { ...named, sopClass: value() };
    if (tag === SOP_INSTANCE) return { ...named, sopInstance: value() };
    at = end;
  }
  return named;
}
