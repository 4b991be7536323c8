import type { EarlierHistory } from '../../codec/hooked-saga.ts'
import { encodeHookedSaga } from '../../codec/hooked-saga.ts'
import { bytesOf } from '../../codec/utf8-size.ts'
import { plainData } from '../../engine/plain-data.ts'
import { reasonThrown } from '../../engine/reason-thrown.ts'
import type { Command, DeadCommand, Debt } from '../../engine/saga.ts'
import type { Step } from '../../engine/change.ts'
import type { CommandTemplate, Machine, State } from '../../machine/compile.ts'
import type { CommandHook } from '../../machine/hook.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { Runtime } from '../../ports/runtime.ts'
import type { HookWatch } from './hook-watch.ts'

/** Options of `CommandHooks`. */
export interface CommandHooksOptions {
  readonly machine: Machine
  readonly watch: Pick<HookWatch, 'run'>
  readonly runtime: Pick<Runtime, 'log'>
  readonly metrics: Pick<Metrics, 'count'>
  /** Bytes of one message; absent: no limit below a gigabyte. */
  readonly limit?: number | undefined
}

/** The part of a saga that its next step does not have. */
export interface EarlierSaga {
  readonly entity: string
  readonly history: EarlierHistory
}

/** A step with the messages of its hooks, and the commands whose hook failed (P5). */
export interface HookedStep {
  readonly step: Step
  readonly dead?: readonly DeadCommand[] | undefined
}

/** The message of a command as JSON text, or the reason why there is none. */
type Made = { readonly ok: true; readonly body: string } | { readonly ok: false; readonly why: string }

interface HookFailure {
  readonly code: 'command.hook-failed' | 'side-effect.hook-failed'
  readonly label: string
  readonly why: string
}

const MOST = 1_000_000_000

/**
 * Runs the command hooks of a step, once for each decision and before its save: the saved message is the one that is sent, and
 * every repeat has the same bytes (P5). A command whose hook fails is a dead letter of its step; a side effect is left out.
 */
export class CommandHooks {
  readonly #options: CommandHooksOptions
  /** Failures of steps that are not saved yet. */
  readonly #failures = new WeakMap<Step, readonly HookFailure[]>()

  constructor(options: CommandHooksOptions) {
    this.#options = options
  }

  /** True if the step enters a state with hooks: then `make` needs the history. */
  isHooked(step: Step): boolean {
    return this.#hookedState(step) !== undefined
  }

  /** The step with its messages; itself where its state has no hooks. */
  make(step: Step, { entity, history }: EarlierSaga): HookedStep {
    const state = this.#hookedState(step)
    if (state === undefined) return { step }
    const saga = JSON.stringify(encodeHookedSaga(step, entity, history))
    const [dead, failures]: [DeadCommand[], HookFailure[]] = [[], []]
    const owes = step.owes.flatMap((debt) => {
      const made = this.#made(step, saga, state.command)
      if (made?.ok === false) {
        dead.push(deadLetterOf(debt, step, made.why))
        failures.push({ code: 'command.hook-failed', label: debt.label, why: made.why })
      }
      return made === undefined ? [debt] : withBody(debt, made)
    })
    const sideEffects = step.sideEffects.flatMap((command, at) => {
      const made = this.#made(step, saga, state.sideEffects[at])
      if (made?.ok === false) failures.push({ code: 'side-effect.hook-failed', label: command.label, why: made.why })
      return made === undefined ? [command] : withBody({ ...command, payload: {} }, made)
    })
    const hooked = { ...step, owes, sideEffects }
    if (failures.length > 0) this.#failures.set(hooked, failures)
    return { step: hooked, dead: dead.length === 0 ? undefined : dead }
  }

  /**
   * Counts and logs the hooks of a step that failed, once. To be called when the step, or the dead letter of a hook that ran again, is
   * saved: one that is decided anew after a conflict has failed for nothing.
   */
  reportFailures(step: Step): void {
    const { runtime, metrics } = this.#options
    for (const { code, ...failure } of this.#failures.get(step) ?? []) {
      metrics.count('hook-failed')
      runtime.log.write(code, { saga: step.sagaId, state: step.state.id, ...failure })
    }
    this.#failures.delete(step)
  }

  #hookedState({ state: { id } }: Step): State | undefined {
    const state = this.#options.machine.states.get(id)
    return state?.hasHooks === true ? state : undefined
  }

  /** `undefined` without a hook. */
  #made(step: Step, saga: string, template: CommandTemplate | undefined): Made | undefined {
    if (template?.hook === undefined) return undefined
    const { hook, label } = template
    return this.#options.watch.run(`${step.state.id}/${label}`, () => this.#call(hook, saga, label))
  }

  /** Total: a hook may throw and answer anything. The saga is parsed for each hook, so that none sees the changes of another. */
  #call(hook: CommandHook, saga: string, messageLabel: string): Made {
    const { limit = MOST } = this.#options
    try {
      const answer: unknown = hook({ saga: JSON.parse(saga) as Record<string, unknown>, messageLabel })
      const plain = plainData(answer, limit)
      if (!plain.ok) return refused(plain.why)
      const { payload } = (plain.value ?? {}) as { readonly payload?: unknown }
      if (payload === undefined) return refused('found no "payload" in the answer, expected { payload }')
      const body = JSON.stringify(payload)
      return bytesOf(body) <= limit
        ? { ok: true, body }
        : refused(
            `the payload has ${bytesOf(body)} bytes, expected at most ${limit} (MAX_SAGA_SIZE, or the limit of the store)`,
          )
    } catch (thrown) {
      return refused(reasonThrown(thrown))
    }
  }
}

function refused(why: string): Made {
  return { ok: false, why: `run the command hook: ${why}` }
}

function withBody<T extends Debt | Command>(message: T, made: Made): readonly T[] {
  return made.ok ? [{ ...message, body: made.body }] : []
}

/** Everything that the hook needs to run again: its metadata, and by the id its step. */
function deadLetterOf({ id, label, channel, trace, headers }: Debt, { metadata, at }: Step, why: string): DeadCommand {
  return { id, label, channel, payload: metadata, trace, headers, hookFailed: true, why, since: at, attempts: 0 }
}
