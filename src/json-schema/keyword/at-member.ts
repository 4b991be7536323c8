import type { SchemaRun } from '../schema-run.ts'
import type { Check } from './keyword-context.ts'

/** A property or an item, with the check for it. */
export interface MemberCheck {
  readonly member: string | number
  readonly check: Check
  readonly run: SchemaRun
}

/** Checks one property of an object, or one item of an array; a violation has its path. */
export function atMember(parent: object, { member, check, run }: MemberCheck): boolean {
  run.path.push(member)
  const isValid = check((parent as Readonly<Record<string | number, unknown>>)[member], run, undefined)
  run.path.pop()
  return isValid
}
