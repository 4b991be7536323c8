import { begin, decide } from '../src/engine/decide.ts'
import { evolve } from '../src/engine/evolve.ts'
import { mergeFirstLevel } from '../src/engine/merge.ts'
import type { Saga, SagaEvent } from '../src/engine/saga.ts'
import { compile } from '../src/machine/compile.ts'
import type { Machine } from '../src/machine/compile.ts'
import { readExample } from '../testing/load/example.ts'

/** Measures steps (`decide` + `evolve`) a second of the pure engine in this process, for `milliseconds`. */
export function engineRate(milliseconds: number): number {
  const lead = sagaLeader()
  count(lead, milliseconds / 4) // warm
  return count(lead, milliseconds)
}

/** A function that leads this many sagas from their creation to their end, three steps each. */
export function sagaLeader(): (many: number) => void {
  const machine = compile(readExample().machineDefinition, { merge: mergeFirstLevel, leaseOf: () => 15_000 })
  let sagas = 0
  return (many) => {
    for (let led = 0; led < many; led++) walk(machine, `saga-${sagas++}`)
  }
}

function count(lead: (many: number) => void, milliseconds: number): number {
  const begun = performance.now()
  let sagas = 0
  for (; performance.now() - begun < milliseconds; sagas += 1_000) lead(1_000)
  return (3 * sagas) / ((performance.now() - begun) / 1_000)
}

/** A creation and two events, as the orchestrator makes them; each step settles the commands of the one before. */
function walk(machine: Machine, id: string): void {
  const metadata = { reservation: 1, guests: 2, name: 'Ada Lovelace' }
  const step = begin(machine, { id, eventId: id, entity: 'reservation-1', metadata }, 1)
  let saga = evolve(undefined, { sagaId: id, writeId: 'w0', at: 1, step })
  saga = move(machine, saga, { id: 'key/1', sagaId: id, label: 'validationOK', payload: { price: 50 } })
  saga = move(machine, saga, { id: 'key/2', sagaId: id, label: 'checkOK', payload: { table: 4 } })
  if (!saga.isFinal) throw new Error(`walk the machine: found "${saga.state}", expected a final state`)
}

function move(machine: Machine, saga: Saga, event: SagaEvent): Saga {
  const decision = decide(machine, { saga, event, now: 2 })
  if (decision.kind !== 'moved') throw new Error(`walk the machine: found ${decision.kind}, expected moved`)
  const settled = saga.owed.map(({ id }) => id)
  return evolve(saga, { sagaId: saga.id, writeId: 'w', at: 2, step: decision.step, settled })
}
