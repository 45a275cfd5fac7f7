import type { AnyMark } from './any-mark.ts';
import type { Claim } from './slot.ts';

/**
 * The claims that stand in one slot after each mark on it. A mark replaces a standing claim if it is by the same author
 * or if its maker had seen it; otherwise both stand, until a mark that has seen both settles it.
 */
export class Standing<T> {
  #claims: readonly Claim<T>[] = [];

  get claims(): readonly Claim<T>[] {
    return this.#claims;
  }

  /** Returns the claims that the mark replaced. `value` absent: the mark takes back what stands. */
  set(mark: AnyMark, value: T | undefined): readonly Claim<T>[] {
    const replaced = this.#claims.filter(
      (c) => c.by === mark.author || (c.sequence !== undefined && mark.seen >= c.sequence),
    );
    const claim: Claim<T> = {
      ...(value !== undefined && { value }),
      by: mark.author,
      byName: mark.authorName,
      at: mark.madeAt,
      markId: mark.markId,
      ...(mark.sequence !== undefined && { sequence: mark.sequence }),
    };
    this.#claims = [...this.#claims.filter((c) => !replaced.includes(c)), claim];
    return replaced;
  }
}
