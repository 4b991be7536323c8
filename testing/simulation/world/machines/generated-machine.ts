import type { CommandDefinition, MachineDefinition, StateDefinition } from '../../../../src/machine/definition.ts'
import type { Dice } from '../run-chance.ts'
import { SIMULATED_HOOKS } from './simulated-hooks.ts'

/** Labels of events: few, so that several states list the same one. */
const LABELS = ['alpha', 'beta', 'gamma', 'delta']
const CHANNELS = ['north', 'south']

/**
 * A small machine of random shape: every state but the finals has a way to an end. States without a command, with side effects, with
 * deadlines, loops, and finals with a command or with transitions are in it by chance.
 */
export function generatedMachine(dice: Dice): MachineDefinition {
  const names = Array.from({ length: 2 + dice.upTo(4) }, (_, index) => `state${index}`)
  const finals = Array.from({ length: 1 + dice.upTo(1) }, (_, index) => `end${index}`)
  const open = names.map((name, index) =>
    openState(dice, name, [names[index + 1] ?? (finals[0] as string), names, finals]),
  )
  return { initialState: names[0] as string, states: [...open, ...finals.map((name) => finalState(dice, name, names))] }
}

function openState(
  dice: Dice,
  id: string,
  [next, names, finals]: readonly [string, string[], string[]],
): StateDefinition {
  const labels = shuffled(dice, LABELS).slice(0, 1 + dice.upTo(2))
  const outgoingTransitions = labels.map((inputEvent, index) => ({
    inputEvent,
    targetState: index === 0 ? next : dice.among([...names, ...finals]),
  }))
  const hasCommand = dice.is(5 / 6)
  return {
    id,
    isFinal: false,
    ...(hasCommand && { outputCommand: commandOf(dice, id) }),
    ...(dice.is(1 / 4) && { sideEffects: [commandOf(dice, `${id}Note`)] }),
    outgoingTransitions,
    ...(dice.is(1 / 3) && { timeout: timeoutOf(dice, { labels, hasCommand }) }),
  }
}

function finalState(dice: Dice, id: string, names: readonly string[]): StateDefinition {
  return {
    id,
    isFinal: true,
    ...(dice.is(1 / 3) && { outputCommand: commandOf(dice, id) }),
    ...(dice.is(1 / 10) && {
      outgoingTransitions: [{ inputEvent: dice.among(LABELS), targetState: dice.among(names) }],
    }),
  }
}

function timeoutOf(
  dice: Dice,
  { labels, hasCommand }: { readonly labels: readonly string[]; readonly hasCommand: boolean },
): NonNullable<StateDefinition['timeout']> {
  const resend = hasCommand ? dice.upTo(2) : 0
  const isSilent = resend > 0 && dice.is(1 / 3)
  return { after: `PT${1 + dice.upTo(30)}S`, resend, ...(!isSilent && { event: dice.among(labels) }) }
}

function commandOf(dice: Dice, name: string): CommandDefinition {
  const content = dice.is(1 / 8) ? dice.among(Object.values(SIMULATED_HOOKS)) : undefined
  return {
    label: `do-${name}`,
    channel: dice.among(CHANNELS),
    ...(content !== undefined && { hook: { type: 'file', content } }),
  }
}

function shuffled<T>(dice: Dice, list: readonly T[]): readonly T[] {
  const left = [...list]
  return list.map(() => left.splice(dice.upTo(left.length - 1), 1)[0] as T)
}
