import { isUniqueViolation } from '../ports/database/index.ts';
import { AccessRefused } from './faults.ts';
import { allProjects, insertProject } from './grant-rows.ts';
import { by, type Ground } from './ground.ts';
import type { Identity } from './identity.ts';
import { isProjectId, titleOf } from './names.ts';
import { mayEverywhere } from './policy.ts';

export interface Project {
  readonly projectId: string;
  readonly title: string;
}

export interface Projects {
  /** All to who administers; to others, those they have a role in. */
  list(identity: Identity): Promise<Project[]>;
  /** @throws AccessRefused */
  create(identity: Identity, project: Project): Promise<Project>;
}

export function projectsOn(ground: Ground): Projects {
  return {
    async list(identity) {
      const ids = new Set(identity.projects.map((g) => g.projectId));
      const all = ids.has('*') || mayEverywhere(identity, 'administer');
      return (await allProjects(ground.database))
        .filter((row) => all || ids.has(row.project_id))
        .map((row) => ({ projectId: row.project_id, title: row.title }));
    },

    async create(identity, { projectId, title: typed }) {
      await ground.administers(identity, 'projects');
      const title = titleOf(typed);
      if (!isProjectId(projectId) || title === undefined)
        throw new AccessRefused(
          'invalid',
          'A project has an id of small letters, digits and -, and a title.',
        );
      try {
        return await ground.change(async (sql, now, audit) => {
          await insertProject(sql, projectId, title, now);
          audit({
            ...by(identity),
            action: 'settings',
            outcome: 'success',
            detail: { change: 'project-created', project: projectId },
          });
          return { projectId, title };
        });
      } catch (error) {
        if (isUniqueViolation(error)) throw new AccessRefused('taken', 'There is a project of that id.');
        throw error;
      }
    },
  };
}
