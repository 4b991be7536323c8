import type { MachineDefinition } from '../../../../src/machine/definition.ts'
import type { CommandHook } from '../../../../src/machine/hook.ts'
import { DELIVERED } from '../../../fakes/channel.ts'
import { stage } from '../stage.ts'
import type { Stage, StageOptions } from '../stage.ts'

const hook = (content: string) => ({ type: 'file', content }) as const

/** `paying` sends a plain command, `shipping` has a hook on its command and on the second of three side effects. */
export const DEFINITION: MachineDefinition = {
  initialState: 'paying',
  states: [
    {
      id: 'paying',
      isFinal: false,
      businessStateId: 1,
      outputCommand: { label: 'pay', channel: 'reservations' },
      outgoingTransitions: [{ inputEvent: 'paid', targetState: 'shipping', businessEventId: 2 }],
    },
    {
      id: 'shipping',
      isFinal: false,
      outputCommand: { label: 'ship', channel: 'reservations', hook: hook('ship') },
      sideEffects: [
        { label: 'plain', channel: 'other' },
        { label: 'mail', channel: 'other', hook: hook('mail') },
        { label: 'last', channel: 'other' },
      ],
      outgoingTransitions: [{ inputEvent: 'again', targetState: 'shipping' }],
    },
  ],
  businessStates: [{ id: 1, description: 'open' }],
  businessEvents: [{ id: 2 }],
}
/** The first state has the hooks. */
export const CREATED_HOOKED: MachineDefinition = { ...DEFINITION, initialState: 'shipping' }

/** A stage of `DEFINITION` with these hooks. */
export function staged(hooks: Record<string, CommandHook>, options: StageOptions = {}): Stage {
  const one = stage({
    definition: DEFINITION,
    ...options,
    hooks: { ship: () => ({ payload: 1 }), mail: () => ({ payload: 2 }), ...hooks },
  })
  one.other.always(DELIVERED)
  return one
}
