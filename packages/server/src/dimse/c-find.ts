/** C-FIND as provider: PS3.4 C.4.1, PS3.7 9.1.2. Study Root and Patient Root. */
import { type DataSet, type JsonDataSet, jsonKeyOf, Tag } from '@promontory/core/dicom';
import { isFault } from '@promontory/core/fault';
import type { Records } from '../archive/index.ts';
import { CommandField, type CommandSet } from './command-set.ts';
import type { DimseMessage } from './dimse-message.ts';
import type { Context, Exchange } from './exchange.ts';
import { type FindRequest, findRequestOf, UNIQUE_KEYS } from './find-query.ts';
import { collect, dataSetOfJson, emptyElement, readIdentifier, writeIdentifier } from './identifier.ts';
import type { DimseLimits } from './limits.ts';
import { QUERY_CLASSES } from './sop-classes.ts';
import { Status } from './status.ts';

export interface FindPorts {
  readonly exchange: Exchange;
  readonly records: Records;
  readonly aeTitle: string;
  readonly limits: DimseLimits;
}

const PAGE = 200;
/** Answers after which the connection is looked at: a C-CANCEL may have come. */
const LOOK_EVERY = 16;

export async function serveFind(
  { command, dataSet }: DimseMessage,
  context: Context,
  signal: AbortSignal,
  ports: FindPorts,
): Promise<void> {
  const respond = (status: number, identifier?: DataSet, comment?: string) =>
    ports.exchange.send(
      context.id,
      {
        commandField: CommandField.findRsp,
        affectedSopClass: context.abstractSyntax,
        respondedTo: command.messageId as number,
        status,
        ...(comment === undefined ? {} : { errorComment: comment }),
      } satisfies CommandSet,
      identifier && [writeIdentifier(identifier, context.transferSyntax)],
    );
  const asked = await questionOf(dataSet, command, context, ports.limits);
  if (typeof asked === 'number') return respond(asked);

  let count = 0;
  let status: number | undefined;
  for await (const { row, ignored } of answers(asked, ports.records, signal)) {
    if (signal.aborted) break;
    if (count === ports.limits.maxMatches) {
      status = Status.outOfResources;
      break;
    }
    const missing = [...asked.doubtful].some((tag) => row[jsonKeyOf(tag)] === undefined);
    const partly = ignored || asked.misplaced || missing;
    await respond(
      partly ? Status.pendingWithUnsupportedKeys : Status.pending,
      answerOf(row, asked, ports.aeTitle),
    );
    count += 1;
    if (count % LOOK_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  if (signal.aborted) return respond(Status.cancelled);
  if (status !== undefined) return respond(status, undefined, 'There are more matches than are given.');
  return respond(Status.success);
}

async function questionOf(
  dataSet: DimseMessage['dataSet'],
  command: CommandSet,
  context: Context,
  limits: DimseLimits,
): Promise<FindRequest | number> {
  const model = QUERY_CLASSES.get(context.abstractSyntax)?.model;
  if (model === undefined || command.affectedSopClass !== context.abstractSyntax)
    return Status.noSuchSopClass;
  if (dataSet === undefined) return Status.mismatch;
  const bytes = await collect(dataSet, limits.maxIdentifierBytes);
  if (bytes === undefined) return Status.outOfResources;
  try {
    return findRequestOf(readIdentifier(bytes, context.transferSyntax), model) ?? Status.mismatch;
  } catch (error) {
    if (isFault(error)) return Status.cannotUnderstand;
    throw error;
  }
}

/** Page after page; patients once each, though they have several studies. */
async function* answers(
  { level, query }: FindRequest,
  records: Records,
  signal: AbortSignal,
): AsyncGenerator<{ readonly row: JsonDataSet; readonly ignored: boolean }> {
  const patients = new Set<string>();
  for (let offset = 0; !signal.aborted; offset += PAGE) {
    const { rows, ignored, more } = await records.search({ ...query, limit: PAGE, offset });
    for (const row of rows) {
      if (level === 'PATIENT') {
        const patient = JSON.stringify([
          row[jsonKeyOf(Tag.PatientID)],
          row[jsonKeyOf(Tag.IssuerOfPatientID)],
        ]);
        if (patients.has(patient)) continue;
        patients.add(patient);
      }
      yield { row, ignored: ignored.length > 0 };
    }
    if (!more) return;
  }
}

/** What was asked for and is known, the unique keys, the level, and where to fetch it (C.4.1.1.3.2). */
function answerOf(row: JsonDataSet, { level, requested, doubtful }: FindRequest, aeTitle: string): DataSet {
  const answer: JsonDataSet = {
    [jsonKeyOf(Tag.SpecificCharacterSet)]: { vr: 'CS', Value: ['ISO_IR 192'] },
    [jsonKeyOf(Tag.QueryRetrieveLevel)]: { vr: 'CS', Value: [level] },
    [jsonKeyOf(Tag.RetrieveAETitle)]: { vr: 'AE', Value: [aeTitle] },
    [jsonKeyOf(Tag.InstanceAvailability)]: { vr: 'CS', Value: ['ONLINE'] },
  };
  for (const tag of [...requested, ...UNIQUE_KEYS[level]]) {
    const found = row[jsonKeyOf(tag)];
    // A key that is not supported is left out; one that has no value is there, and empty.
    if (found === undefined && doubtful.has(tag)) continue;
    const { Value, vr } = found ?? emptyElement(tag);
    answer[jsonKeyOf(tag)] = Value === undefined ? { vr } : { vr, Value };
  }
  return dataSetOfJson(answer);
}
