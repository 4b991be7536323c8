import type { MachineState } from '../../api/machine.ts'
import type { Cause } from './causes.ts'

/** The bulk operation that mends a cause. */
export interface Remedy {
  readonly action: 'redeliver' | 'resend' | 'release'
  readonly verb: string
  readonly effect: string
  readonly channel?: string
}

/** Undefined where no action on many sagas helps. */
export function remedyOf({ kind, channel }: Cause, state?: MachineState): Remedy | undefined {
  if (kind === 'held') {
    return {
      action: 'release',
      verb: 'Release',
      effect: 'Each saga goes on: its commands are sent, parked events that fit are applied.',
    }
  }
  if (kind === 'parked') return undefined
  if (kind === 'standing') {
    if (state !== undefined && state.outputCommand?.channel === undefined) return undefined
    return {
      action: 'resend',
      verb: 'Resend',
      effect:
        'The command of the state is sent once more under its key, for participants that took it and lost the work.',
    }
  }
  return {
    action: 'redeliver',
    verb: 'Redeliver',
    effect: 'Each command that is owed or a dead letter is sent now, under its key of before.',
    ...(channel !== undefined && { channel }),
  }
}
