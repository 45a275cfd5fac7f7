/** Lets a number of works in at once; the others wait in their order. */
export interface Width {
  /** @returns what lets the next one in; to be called once */
  enter(): Promise<() => void>;
}

export function widthOf(places: number): Width {
  let free = places;
  const waiting: (() => void)[] = [];
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  return {
    async enter() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let left = false;
      return () => {
        if (!left) leave();
        left = true;
      };
    },
  };
}
