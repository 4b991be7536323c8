import type { Problem } from './problem.ts'

/** Every kind of finding, with its level. docs/CONFIGURATION.md explains each. */
export const FINDING_LEVELS = {
  'broker.malformed': 'warn',
  'channels.missing': 'warn',
  'command.unaddressed': 'warn',
  'header.ignored': 'warn',
  'key.repeated': 'warn',
  'key.unknown': 'warn',
  'port.blocked': 'warn',
  'store.malformed': 'warn',
  'store.missing': 'warn',
  'text.damaged': 'warn',
  'variable.ignored': 'warn',
  'variable.unknown': 'warn',
} as const

/** The stable name of a finding. */
export type FindingCode = keyof typeof FINDING_LEVELS

/** A value that is accepted and is probably a mistake: the service starts all the same (C2.8). */
export interface Finding extends Problem {
  readonly code: FindingCode
  readonly level: (typeof FINDING_LEVELS)[FindingCode]
}

/** A finding with the level of its code. */
export function finding(code: FindingCode, problem: Problem): Finding {
  return { code, level: FINDING_LEVELS[code], ...problem }
}
