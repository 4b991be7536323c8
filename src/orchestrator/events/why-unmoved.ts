import type { Unmoved } from '../../engine/decide.ts'
import { whyStranded } from './why-stranded.ts'

/** Why an event does not move its saga, for the operator that asked for it. */
export function whyUnmoved(decision: Unmoved, label: string): string {
  switch (decision.kind) {
    case 'refused':
      return decision.why
    case 'held':
      return 'the saga is held'
    case 'stranded':
      return whyStranded(decision.state)
    case 'unexpected': {
      const list = decision.expected.map((one) => `"${one}"`).join(', ') || 'no event'
      return `the saga is in "${decision.state}", which expects ${list}, not "${label}"`
    }
  }
}
