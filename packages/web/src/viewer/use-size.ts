import { type RefObject, useLayoutEffect, useState } from 'react';

/** Inner size of an element, whole CSS px; follows it. */
export function useSize(target: RefObject<HTMLElement | null>): readonly [width: number, height: number] {
  const [size, setSize] = useState<readonly [number, number]>([1, 1]);
  useLayoutEffect(() => {
    const element = target.current;
    if (element === null) return;
    const measure = (): void => {
      const next = [Math.max(1, element.clientWidth), Math.max(1, element.clientHeight)] as const;
      setSize((was) => (was[0] === next[0] && was[1] === next[1] ? was : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [target]);
  return size;
}
