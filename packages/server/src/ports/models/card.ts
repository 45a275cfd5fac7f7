import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@promontory/core/fault';
import type { ModelCard } from '@promontory/core/reading';

export interface ModelFile {
  readonly card: ModelCard;
  readonly bytes: Uint8Array;
}

/** Model names are ours, but they reach a path: letters, digits and hyphens only. */
const MODEL_ID = /^[a-z0-9-]{1,64}$/;

/**
 * Reads a model and its card, and holds the bytes against the card's hash.
 * @throws Fault `MODEL_UNAVAILABLE`
 */
export async function readModel(folder: string, modelId: string): Promise<ModelFile> {
  if (!MODEL_ID.test(modelId)) throw unavailable(modelId, 'has no valid name');
  try {
    const card = JSON.parse(await readFile(join(folder, `${modelId}.json`), 'utf8')) as ModelCard;
    const bytes = await readFile(join(folder, `${modelId}.onnx`));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== card.sha256) throw unavailable(modelId, 'is not the file that its card describes');
    return { card, bytes };
  } catch (cause) {
    throw cause instanceof Fault ? cause : unavailable(modelId, 'cannot be read', cause);
  }
}

function unavailable(modelId: string, what: string, cause?: unknown): Fault {
  return new Fault('MODEL_UNAVAILABLE', `The model ${modelId} ${what}.`, {
    advice: 'Restore the folder models/ from the release.',
    cause,
  });
}
