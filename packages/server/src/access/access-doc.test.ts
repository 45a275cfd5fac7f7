import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SHORTEST_PASSWORD } from './password-rules.ts';
import { DEEDS, DEEDS_OF, ROLES } from './roles.ts';
import { FRESH_MS, IDLE_MS, LONGEST_MS } from './sessions.ts';
import { LONGEST_TOKEN_DAYS } from './tokens.ts';

const page = readFileSync(new URL('../../../../docs/access.md', import.meta.url), 'utf8');

/** As it stands in the page: print it with this test when it differs. */
const table = [
  `| | ${DEEDS.join(' | ')} |`,
  `|---|${DEEDS.map(() => ':-:|').join('')}`,
  ...ROLES.map(
    (role) => `| ${role} | ${DEEDS.map((d) => (DEEDS_OF[role].includes(d) ? '●' : ' ')).join(' | ')} |`,
  ),
].join('\n');

describe('docs/access.md', () => {
  it('shows the roles and deeds as the code has them', () => {
    const [, shown] = page.split('<!-- roles -->\n');
    expect(shown.split('\n<!-- /roles -->')[0].trim()).toBe(table);
  });

  it('names the limits as the code has them', () => {
    expect(page).toContain(`${SHORTEST_PASSWORD} characters`);
    expect(page).toContain(`${IDLE_MS / 60_000} minutes`);
    expect(page).toContain(`${LONGEST_MS / 3_600_000} hours`);
    expect(page).toContain(`${FRESH_MS / 60_000} minutes`);
    expect(page).toContain(`${LONGEST_TOKEN_DAYS} days`);
  });
});
