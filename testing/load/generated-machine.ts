import type { MachineDefinition, StateDefinition } from '../../src/machine/definition.ts'

const WORDS = ['validate', 'reserve', 'charge', 'ship', 'notify', 'check', 'book', 'release', 'score', 'sign']
const PHASES = ['Intake', 'Checks', 'Fulfilment', 'Delivery']
const ENDS = ['completed', 'failed', 'cancelled']

/** A process of so many states, the same for the same number: most go on, half can fail, some go back, the last three are final. */
export function generatedMachine(size: number): MachineDefinition {
  const random = sequence(size)
  const steps = size - ENDS.length
  const nameOf = (at: number) => (at < steps ? `${WORDS[at % WORDS.length]}Stage${at}` : (ENDS[at - steps] ?? ''))
  const states = Array.from({ length: size }, (_, at): StateDefinition => {
    const word = WORDS[at % WORDS.length] ?? ''
    if (at >= steps) return { id: nameOf(at), isFinal: true, businessStateId: nameOf(at) }
    const to = (index: number) => nameOf(Math.max(0, Math.min(steps, index)))
    const side = random() < 0.5 ? nameOf(steps + 1) : to(at + 2 + Math.floor(random() * 3))
    const transitions = [
      { inputEvent: `${word}OK`, targetState: to(at + 1 + Math.floor(random() * 3)) },
      { inputEvent: `${word}KO`, targetState: side },
      ...(random() < 0.15 ? [{ inputEvent: `${word}Again`, targetState: to(at - 1 - Math.floor(random() * 6)) }] : []),
      ...(random() < 0.1 ? [{ inputEvent: 'cancelled', targetState: nameOf(steps + 2) }] : []),
    ]
    return {
      id: nameOf(at),
      description: `Step ${at} of the process, in which the service does ${word}`,
      isFinal: false,
      businessStateId: PHASES[Math.floor((at / steps) * PHASES.length)],
      outputCommand: { label: `${word}Item`, channel: `channel${at % 5}` },
      outgoingTransitions: transitions,
    }
  })
  const businessStates = [...PHASES, ...ENDS].map((id) => ({ id, description: id }))
  return { initialState: nameOf(0), states, businessStates }
}

/** Numbers between 0 and 1, the same for the same seed. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}
