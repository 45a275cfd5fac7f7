import { createHash } from 'node:crypto';
import { isFault } from '@promontory/core/fault';
import { expect, test } from 'vitest';
import { hashOver } from './hash.ts';
import { fetchModel } from './model-files.ts';

const BYTES = Uint8Array.of(1, 2, 3);
const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');
const CARD = { id: 'net', version: '1', file: 'net.onnx', sha256: sha256(BYTES), constants: { t: 2 } };

const host =
  (files: Record<string, BodyInit>): typeof fetch =>
  async (address) => {
    const body = files[String(address)];
    return body === undefined ? new Response('', { status: 404 }) : new Response(body);
  };
const whole = {
  'https://a.example/sub/models/net.json': JSON.stringify(CARD),
  'https://a.example/sub/models/net.onnx': BYTES,
};

test('a model comes from beside the page, wherever that lies', async () => {
  const { card, bytes } = await fetchModel('https://a.example/sub/alone.html', 'net', host(whole));
  expect(card).toEqual(CARD);
  expect(bytes).toEqual(BYTES);
});

test.each([
  ['another file', { ...whole, 'https://a.example/sub/models/net.onnx': Uint8Array.of(9) }, 'net'],
  ['no file', {}, 'net'],
  ['a card that is none', { ...whole, 'https://a.example/sub/models/net.json': '<html>' }, 'net'],
  ['a name that is a path', whole, '../net'],
])('%s is a missing model', async (_, files, id) => {
  const error = await fetchModel('https://a.example/sub/alone.html', id, host(files)).catch(
    (e: unknown) => e,
  );
  expect(isFault(error, 'MODEL_UNAVAILABLE')).toBe(true);
});

test('the hash of an input does not depend on the order of its files, and is the server’s', async () => {
  const files = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
  const expected = sha256(files.map(sha256).sort().join('\n'));
  expect(await hashOver(files)).toBe(expected);
  expect(await hashOver([...files].reverse())).toBe(expected);
});
