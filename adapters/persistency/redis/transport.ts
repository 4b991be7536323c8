import type { Duration } from '../../../src/engine/saga.ts'
import type { Script } from './scripts/script.ts'

/** One run of a script. */
export interface ScriptCall {
  readonly script: Script
  readonly keys: readonly string[]
  readonly args: readonly string[]
}

/** The result of one script, or the error that Redis answered. */
export type ScriptAnswer = { readonly result: unknown } | { readonly error: string }

/** A call as it is sent: by the script's hash, or with its text where Redis may not know it. */
export interface SentCall extends ScriptCall {
  readonly with: 'hash' | 'text'
}

/** A connection to a Redis. */
export interface Transport {
  /**
   * Sends calls together, each once (P6), and answers one by one. Throws where the answers take longer than `patience` ms: then
   * the fate of all is unknown.
   */
  within(patience: Duration): (calls: readonly SentCall[]) => Promise<readonly ScriptAnswer[]>
  close(): Promise<void>
}

/** Runs calls together, with an answer for each. Throws where their fate is unknown. */
export type RunScripts = (calls: readonly ScriptCall[]) => Promise<readonly ScriptAnswer[]>

/**
 * Sends calls by the hash of their scripts. Those whose hash Redis did not know were not run and are sent again with the text.
 */
export function runsThrough(transport: Transport, patience: Duration): RunScripts {
  const send = transport.within(patience)
  return async (calls) => {
    const answers = await send(calls.map((call) => ({ ...call, with: 'hash' })))
    const places = [...answers.keys()].filter((place) => isUnknownScript(answers[place]))
    if (places.length === 0) return answers
    const again = await send(taught(places.map((place) => calls[place] as ScriptCall)))
    return answers.map((answer, place) => again[places.indexOf(place)] ?? answer)
  }
}

/** Gives the text with the first call of each script only. */
function taught(calls: readonly ScriptCall[]): SentCall[] {
  const known = new Set<Script>()
  return calls.map((call) => {
    const isKnown = known.has(call.script)
    known.add(call.script)
    return { ...call, with: isKnown ? 'hash' : 'text' }
  })
}

/** True where Redis does not know the script: the call was not run. */
function isUnknownScript(answer: ScriptAnswer | undefined): boolean {
  return answer !== undefined && 'error' in answer && answer.error.startsWith('NOSCRIPT')
}
