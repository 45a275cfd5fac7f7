/** What a reader chose in this browser, by account: several people use one machine. */

const key = (name: string, accountId: string): string => `promontory.${name}.${accountId}`;

/** Private windows may forbid storage: then the choice holds for the page. */
export function readSetting(name: string, accountId: string): string | undefined {
  try {
    return localStorage.getItem(key(name, accountId)) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keepSetting(name: string, accountId: string, value: string): void {
  try {
    localStorage.setItem(key(name, accountId), value);
  } catch {
    // It holds for the page.
  }
}
