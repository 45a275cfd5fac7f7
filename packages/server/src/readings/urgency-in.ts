import { type Urgency, urgencyOf } from '@promontory/core/report';
import { Findings } from '@promontory/core/spine';

/** What a findings document says of the order of studies; nothing where it is none that can be understood. */
export function urgencyIn(document: Uint8Array): Urgency | undefined {
  try {
    const { success, data } = Findings.safeParse(JSON.parse(new TextDecoder().decode(document)));
    return success ? urgencyOf(data) : undefined;
  } catch {
    return undefined;
  }
}
