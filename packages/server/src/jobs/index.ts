export { openQueue, type QueueDatabase, type QueuePorts } from './open-queue.ts';
export { type DeadLetter, type Queue, type QueueRules, type Task, TaskFailed } from './queue.ts';
