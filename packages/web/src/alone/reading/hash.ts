const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

export const hexSha256 = async (data: Uint8Array): Promise<string> =>
  hex(await crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>));

/** As the server's: SHA-256 over the sorted hashes of the files, so that the same input is known again. */
export async function hashOver(files: readonly Uint8Array[]): Promise<string> {
  const each = await Promise.all(files.map(hexSha256));
  return hexSha256(new TextEncoder().encode(each.sort().join('\n')));
}
