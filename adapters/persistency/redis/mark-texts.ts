import type { MarkFilter, SagaMark } from '../../../src/codec/mark-filter.ts'

/** A text that each head with the mark has. */
const TEXTS: Readonly<Record<SagaMark, string>> = {
  owed: '"owed":[',
  'dead-letters': '"dead":[',
  parked: '"parked":[',
  timer: '"timer":{',
  hold: '"hold":{',
}

/**
 * Texts that each head with these marks has, since Redis finds a text sooner than it parses a head. A payload may have them too, so the
 * head decides.
 */
export function markTexts({ has, channel, attemptsAtLeast }: MarkFilter): readonly string[] {
  const texts: string[] = []
  if (has !== undefined) texts.push(TEXTS[has])
  if (channel !== undefined) texts.push(`"channel":${JSON.stringify(channel)}`)
  if (attemptsAtLeast !== undefined) texts.push(TEXTS.owed)
  return texts
}

/** The instant before which the state was entered, or an empty text. */
export function enteredBound({ enteredBefore }: MarkFilter): string {
  return enteredBefore === undefined ? '' : String(enteredBefore)
}
