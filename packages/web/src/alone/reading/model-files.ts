import { Fault } from '@promontory/core/fault';
import type { ModelCard } from '@promontory/core/reading';
import { hexSha256 } from './hash.ts';

export interface ModelFile {
  readonly card: ModelCard;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Model names are ours, but they reach an address: letters, digits and hyphens only. */
const MODEL_ID = /^[a-z0-9-]{1,64}$/;

/**
 * Fetches a model and its card from `models/` beside the page, and holds the bytes against the card's hash.
 * @param base the page's own address
 * @throws Fault `MODEL_UNAVAILABLE`
 */
export async function fetchModel(
  base: string,
  modelId: string,
  get: typeof fetch = fetch,
): Promise<ModelFile> {
  if (!MODEL_ID.test(modelId)) throw unavailable(modelId, 'has no valid name');
  try {
    const part = async (kind: 'json' | 'onnx') => {
      const answer = await get(new URL(`models/${modelId}.${kind}`, base));
      if (!answer.ok) throw unavailable(modelId, `cannot be fetched (${answer.status})`);
      return answer;
    };
    const [card, model] = await Promise.all([part('json'), part('onnx')]);
    const told = (await card.json()) as ModelCard;
    const bytes = new Uint8Array(await model.arrayBuffer());
    if ((await hexSha256(bytes)) !== told.sha256)
      throw unavailable(modelId, 'is not the file that its card describes');
    return { card: told, bytes };
  } catch (cause) {
    throw cause instanceof Fault ? cause : unavailable(modelId, 'cannot be fetched', cause);
  }
}

function unavailable(modelId: string, what: string, cause?: unknown): Fault {
  return new Fault('MODEL_UNAVAILABLE', `The model ${modelId} ${what}.`, {
    advice: 'Check the connection once and open the page again; then it is kept for use without one.',
    cause,
  });
}
