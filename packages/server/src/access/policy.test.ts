import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Identity } from './identity.ts';
import { mayAnywhere, mayEverywhere, reaches, reachOf } from './policy.ts';
import { DEEDS, DEEDS_OF, ROLES } from './roles.ts';

const deed = fc.constantFrom(...DEEDS);
const role = fc.constantFrom(...ROLES);
const project = fc.constantFrom('*', 'default', 'trial', 'teaching');
const patient = fc.constantFrom('A', 'B', 'C');
const uid = fc.constantFrom('1.2', '1.3', '1.4');
const identity: fc.Arbitrary<Identity> = fc.record({
  kind: fc.constantFrom('person' as const, 'token' as const, 'peer' as const),
  actor: fc.constant('account:x'),
  projects: fc.array(fc.record({ role, projectId: project }), { maxLength: 4 }),
  patients: fc.array(fc.record({ role, patientKey: patient }), { maxLength: 4 }),
  brokenGlass: fc.array(uid, { maxLength: 2 }),
  storesInto: fc.constant('default'),
});
const study = fc.record({
  projectId: fc.constantFrom('default', 'trial', 'teaching'),
  patientKey: patient,
  studyUid: uid,
});

describe('policy', () => {
  it('lets an identity without grants do nothing, anywhere', () => {
    fc.assert(
      fc.property(identity, deed, study, (who, what, where) => {
        const bare: Identity = { ...who, projects: [], patients: [], brokenGlass: [] };
        expect(reaches(reachOf(bare, what), where)).toBe(false);
        expect(mayAnywhere(bare, what)).toBe(false);
        expect(mayEverywhere(bare, what)).toBe(false);
      }),
    );
  });

  it('only ever narrows by scopes', () => {
    fc.assert(
      fc.property(identity, fc.array(deed), deed, study, (who, scopes, what, where) => {
        const { scopes: _, ...whole } = who;
        const scoped: Identity = { ...whole, scopes };
        const may = reaches(reachOf(scoped, what), where);
        expect(may).toBe(scopes.includes(what) && reaches(reachOf(whole, what), where));
        if (mayAnywhere(scoped, what)) expect(mayAnywhere(whole, what)).toBe(true);
        if (mayEverywhere(scoped, what)) expect(mayEverywhere(whole, what)).toBe(true);
      }),
    );
  });

  it('reaches a study by a role over its project or patient, or by broken glass, and by nothing else', () => {
    fc.assert(
      fc.property(identity, deed, study, (who, what, where) => {
        const allowed = (r: (typeof ROLES)[number]) => DEEDS_OF[r].includes(what);
        const expected =
          who.projects.some((g) => allowed(g.role) && ['*', where.projectId].includes(g.projectId)) ||
          (what !== 'break-glass' &&
            who.patients.some((g) => allowed(g.role) && g.patientKey === where.patientKey)) ||
          (['search', 'read', 'request-reading'].includes(what) && who.brokenGlass.includes(where.studyUid));
        expect(reaches(reachOf(who, what), where)).toBe(expected);
      }),
    );
  });

  it('lets nobody break the glass by a role over single patients', () => {
    fc.assert(
      fc.property(identity, (who) => {
        expect(mayAnywhere({ ...who, projects: [] }, 'break-glass')).toBe(false);
      }),
    );
  });

  it('lets whoever has a role with that deed over a project break the glass', () => {
    fc.assert(
      fc.property(identity, role, project, (who, given, projectId) => {
        const member = { ...who, projects: [{ role: given, projectId }], patients: [], brokenGlass: [] };
        expect(mayAnywhere(member, 'break-glass')).toBe(DEEDS_OF[given].includes('break-glass'));
      }),
    );
    expect(ROLES.filter((each) => DEEDS_OF[each].includes('break-glass'))).toEqual([
      'administrator',
      'radiologist',
      'surgeon',
      'neurologist',
      'physiotherapist',
    ]);
  });

  it('gives deeds over the whole server to roles over all projects only', () => {
    fc.assert(
      fc.property(identity, deed, (who, what) => {
        const over = who.projects.some((g) => g.projectId === '*' && DEEDS_OF[g.role].includes(what));
        expect(mayEverywhere(who, what)).toBe(over);
      }),
    );
  });
});
