/** Works on up to `width` items at once; results come in the items' order. */
export async function* ahead<Item, Result>(
  items: AsyncIterable<Item>,
  width: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  for await (const item of items) {
    const result = work(item);
    // A rejection is looked at when its turn comes.
    result.catch(() => {});
    started.push(result);
    if (started.length >= width) yield (await started.shift()) as Result;
  }
  for (const result of started) yield await result;
}
