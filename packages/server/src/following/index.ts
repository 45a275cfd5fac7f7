/** Following a PACS: what is new there is brought in, through the one gate and under a name of its own. */
export type { FollowFilter } from './filter.ts';
export { type FollowOptions, follow } from './follow.ts';
export { followerIdentity } from './identity.ts';
export type { FollowPorts } from './ports.ts';
