import type { HookDefinition } from '../../../../src/machine/definition.ts'
import type { CommandHook } from '../../../../src/machine/hook.ts'

/** A hook that makes a message of the saga's history, and one that fails in every second state. */
export const SIMULATED_HOOKS = { counting: 'counting', failing: 'failing' } as const

/** The function of a hook, by its content. */
export function hookOf({ content }: HookDefinition): CommandHook | undefined {
  return HOOKS[content]
}

const HOOKS: Readonly<Record<string, CommandHook>> = {
  counting: (input) => ({ payload: { label: input.messageLabel, states: statesOf(input.saga) } }),
  failing: (input) => {
    if (statesOf(input.saga) % 2 === 0) throw new Error('the hook fails in every second state')
    return { payload: { label: input.messageLabel } }
  },
}

function statesOf(saga: Readonly<Record<string, unknown>>): number {
  const { states } = saga['history'] as { readonly states: readonly unknown[] }
  return states.length
}
