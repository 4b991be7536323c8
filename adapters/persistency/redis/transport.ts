import type { Duration } from '../../../src/engine/saga.ts'
import type { Script } from './scripts.ts'

/** One run of a script. */
export interface ScriptCall {
  readonly script: Script
  readonly keys: readonly string[]
  readonly args: readonly string[]
}

export type ScriptAnswer = { readonly result: unknown } | { readonly error: string }

/** A call as it is sent: with the hash of its script, or with its text where Redis may not know it. */
export interface SentCall extends ScriptCall {
  readonly with: 'hash' | 'text'
}

/** A way to a Redis. */
export interface Transport {
  /**
   * Sends calls together and each of them once (P6), and answers one by one. It throws where the answers are not there so
   * many milliseconds later: then the fate of all is unknown.
   */
  within(patience: Duration): (calls: readonly SentCall[]) => Promise<readonly ScriptAnswer[]>
  close(): Promise<void>
}

/** Runs calls together, with an answer for each. It throws where their fate is unknown. */
export type RunScripts = (calls: readonly ScriptCall[]) => Promise<readonly ScriptAnswer[]>

/** Calls go by the hash of their script. Those that Redis did not know it for, and so did not run, go again with its text. */
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

/** Each script's text once, before all who need it. */
function taught(calls: readonly ScriptCall[]): SentCall[] {
  const known = new Set<Script>()
  return calls.map((call) => {
    const isKnown = known.has(call.script)
    known.add(call.script)
    return { ...call, with: isKnown ? 'hash' : 'text' }
  })
}

/** Nothing was run. */
function isUnknownScript(answer: ScriptAnswer | undefined): boolean {
  return answer !== undefined && 'error' in answer && answer.error.startsWith('NOSCRIPT')
}
