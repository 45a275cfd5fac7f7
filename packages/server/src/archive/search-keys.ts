/** How the index answers at each level: what it selects, in which order, and what it returns always. */
import type { QueryLevel } from './study-query.ts';

interface Level {
  readonly select: string;
  readonly from: string;
  readonly order: string;
  /** Tags that PS3.18 requires in every answer (tables 10.6.3-3, 10.6.3-4, 10.6.3-5), and few more of use. */
  readonly returned: readonly string[];
}

const STUDY_COLUMNS = `study.attributes as study_attributes, study.modalities, study.sop_classes, study.series_count,
  study.instance_count as study_instances`;
const SERIES_COLUMNS = `${STUDY_COLUMNS}, series.attributes as series_attributes,
  series.instance_count as series_instances`;
/** Numbers are texts in DICOM, with whatever a sender made of them: by length, then by text, is by size. */
const NUMBER = (column: string) => `length(coalesce(${column}, '')), ${column}`;
const STUDY_ORDER = 'study.study_date desc, study.study_uid';
const SERIES_ORDER = `${STUDY_ORDER}, ${NUMBER('series.series_number')}, series.series_uid`;

export const LEVELS: Readonly<Record<QueryLevel, Level>> = {
  study: {
    select: STUDY_COLUMNS,
    from: 'study',
    order: STUDY_ORDER,
    returned: [
      '00080005',
      '00080020',
      '00080030',
      '00080050',
      '00080056',
      '00080061',
      '00080090',
      '00080201',
      '00081030',
      '00100010',
      '00100020',
      '00100030',
      '00100040',
      '0020000D',
      '00200010',
      '00201206',
      '00201208',
    ],
  },
  series: {
    select: SERIES_COLUMNS,
    from: 'study join series using (study_uid)',
    order: SERIES_ORDER,
    returned: [
      '00080005',
      '00080060',
      '00080201',
      '0008103E',
      '00180015',
      '0020000E',
      '00200011',
      '00201209',
      '00400244',
      '00400245',
      '00400275',
    ],
  },
  instance: {
    select: `${SERIES_COLUMNS}, instance.metadata`,
    from: 'study join series using (study_uid) join instance using (series_uid)',
    order: `${SERIES_ORDER}, ${NUMBER('instance.instance_number')}, instance.sop_uid`,
    returned: [
      '00080005',
      '00080016',
      '00080018',
      '00080056',
      '00080201',
      '00200013',
      '00280010',
      '00280011',
      '00280100',
      '00280008',
    ],
  },
};
