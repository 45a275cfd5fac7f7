/** The worker that decodes, draws and takes apart what came from outside. */
import { createNodeCodecs } from '../codecs/index.ts';
import { handOver, serveTasks } from '../untrusted/index.ts';
import { bulkValue } from './bulk-value.ts';
import { extractFrames } from './frames.ts';
import { type RenderRequest, render } from './render.ts';
import { transcode } from './transcode.ts';

const codecs = createNodeCodecs();

interface Given {
  readonly bytes: Uint8Array;
}

serveTasks({
  async transcode({ bytes, transferSyntax }: Given & { readonly transferSyntax: string }) {
    const out = await transcode(bytes, transferSyntax, codecs);
    return handOver(out, out);
  },
  async frames({
    bytes,
    numbers,
    form,
  }: Given & { readonly numbers: readonly number[]; readonly form: 'native' | 'stored' }) {
    const extracted = await extractFrames(bytes, numbers, form, codecs);
    return handOver(extracted, ...extracted.frames);
  },
  bulk({ bytes, path }: Given & { readonly path: readonly number[] }) {
    const value = bulkValue(bytes, path);
    return value?.kind === 'value' ? handOver(value, value.bytes) : value;
  },
  async render({ bytes, request }: Given & { readonly request: RenderRequest }) {
    const rendered = await render(bytes, request, codecs);
    return rendered.kind === 'picture' ? handOver(rendered, rendered.bytes) : rendered;
  },
});
