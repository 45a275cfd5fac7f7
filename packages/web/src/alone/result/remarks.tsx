import { probabilityInWords, type Remark } from '@promontory/core/report';
import { Fragment } from 'react';
import { Experimental } from './experimental.tsx';

/** What is said of a level, each with its probability and whether it is experimental. */
export const Remarks = ({ remarks }: { readonly remarks: readonly Remark[] }) =>
  remarks.map(({ text, probability, experimental }, i) => (
    <Fragment key={text}>
      {i > 0 && ', '}
      {text}
      {probability !== undefined && ` (${probabilityInWords(probability)})`}
      {experimental && <Experimental />}
    </Fragment>
  ));
