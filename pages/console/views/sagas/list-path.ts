import { present } from '../../live/clock.ts'
const PARAMETERS = [
  'currentState',
  'businessStateId',
  'isFinal',
  'associatedEntityId',
  'has',
  'channel',
  'attemptsAtLeast',
  'since',
  'until',
  'cursor',
]

/** Choices of "standing longer than", in seconds, with their names. */
export const STANDING: readonly (readonly [string, string])[] = [
  ['60', '1 minute'],
  ['600', '10 minutes'],
  ['3600', '1 hour'],
  ['86400', '1 day'],
  ['604800', '7 days'],
]

const ROUNDED = 30_000

/** The path of a page of sagas, of the parameters of the address. `standing` is seconds in the state. */
export function listPath(query: Readonly<Record<string, string>>, now: number = present()): string {
  const given = PARAMETERS.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]]))
  const standing = Number(query['standing'])
  // Rounded, so that the path and with it the page stay the same for a while.
  const before = Math.floor((now - standing * 1000) / ROUNDED) * ROUNDED
  const entered = standing > 0 && Number.isFinite(before) ? [['enteredBefore', new Date(before).toISOString()]] : []
  return `sagas?${new URLSearchParams([...given, ...entered, ['limit', '50']] as string[][]).toString()}`
}
