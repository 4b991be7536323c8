import { quoted } from '../../service/quoted.ts'
import type { RunFinding, StillCause } from './run-findings.ts'

/** A finding in one sentence. */
export function findingText(finding: RunFinding): string {
  switch (finding.kind) {
    case 'product':
      return `fault of Batuta itself, not of the machine: ${finding.rule} is broken, ${finding.why}`
    case 'property':
      return `property broken: ${finding.rule} [${finding.text}]`
    case 'stands-still':
      return `a saga can stand still for ever in ${quoted(finding.state)}: ${CAUSES[finding.cause]}`
    case 'endless':
      return `a saga can go round without an end in ${finding.states.map(quoted).join(', ')}`
  }
}

const CAUSES: Readonly<Record<StillCause, string>> = {
  'nobody-asked': 'the state has no command, so no participant has to send an event, and no timeout',
  silent: 'its participant may send no event, and the state has no timeout with an event',
  'not-taken': 'the answer came while the state did not list it, no other one comes, and no timeout moves the saga',
  'answer-lost': 'if the answer never comes, since the state has no timeout with an event',
  'given-up': 'if its command is given up, as `retry` says; an operator redelivers it',
}
