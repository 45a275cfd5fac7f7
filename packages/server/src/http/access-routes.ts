import type { Access } from '../access/index.ts';
import { accessAdministrationRoutes } from './access-administration-routes.ts';
import { accessOwnRoutes } from './access-own-routes.ts';
import { accessRefusal } from './access-replies.ts';
import { accessSignInRoutes } from './access-sign-in-routes.ts';
import type { Route } from './route.ts';

/** Everything under `/api/access/`. Refusals of the room become those of HTTP here, for all routes alike. */
export const accessRoutes = (access: Access): Route[] =>
  [...accessSignInRoutes(access), ...accessOwnRoutes(access), ...accessAdministrationRoutes(access)].map(
    (given) => ({
      ...given,
      handle: async (call) => {
        try {
          return await given.handle(call);
        } catch (error) {
          throw accessRefusal(error);
        }
      },
    }),
  );
