import { describe, expect, test } from 'vitest'
import { explore } from '../../../../testing/explore/explore.ts'
import type { Exploration } from '../../../../testing/explore/exploration.ts'
import { ExploredWorld } from '../../../../testing/explore/explored-world.ts'
import { movesOf } from '../../../../testing/explore/moves/moves-of.ts'
import { firstSituation } from '../../../../testing/explore/take-event.ts'
import { pooledMachine } from '../../../../testing/simulation/world/machines/machine-pool.ts'
import { seededRandom } from '../../../../testing/simulation/seeded-random.ts'
import { machineOf, optionsOf } from './explored.ts'

const FAULTS = 1
const WALKS = 150
const LONGEST = 60

/** What a walk has seen, as the keys of findings. */
type Seen = Set<string>

function walk(world: ExploredWorld, random: () => number, seen: Seen): void {
  let situation = firstSituation(world)
  let left = FAULTS
  for (let step = 0; step < LONGEST; step += 1) {
    seen.add(`reached ${situation.saga.state}`)
    const moves = movesOf({ world, situation, left })
    const { saga, commands, events, tally } = situation
    const isFinal = saga.isFinal && saga.owed.length + events.length === 0 && commands.every((one) => !one.isPending)
    const standsStill = !isFinal && movesOf({ world, situation, left: 0 }).length === 0
    if (standsStill) seen.add(`still ${saga.state}`)
    for (const { text } of world.judge.judgeTally(tally, { isFinal, standsStill })) seen.add(`broken ${text}`)
    const move = moves[Math.floor(random() * moves.length)]
    if (move === undefined) return
    const { event } = move
    if (event.kind === 'arrived' && event.treatment !== 'moved' && event.treatment !== 'repeated')
      seen.add(`unexpected ${event.event} ${saga.state} ${event.treatment}`)
    left -= move.faults.length
    situation = move.next
  }
}

function findingsOf({ neverReached, standStills, unexpected, broken }: Exploration, states: Iterable<string>): Seen {
  return new Set([
    ...Array.from(states)
      .filter((id) => !neverReached.includes(id))
      .map((id) => `reached ${id}`),
    ...standStills.map(({ state }) => `still ${state}`),
    ...unexpected.map(({ event, state, treatment }) => `unexpected ${event} ${state} ${treatment}`),
    ...broken.map(({ property }) => `broken ${property.text}`),
  ])
}

describe('random walks without any memory of situations', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('find nothing that the exploration of machine %i has not found', (number) => {
    const definition = pooledMachine(number)
    const [first, second] = definition.states
    const properties = {
      never: [[`state ${first?.id} twice`], [`not state ${second?.id}`]],
      always: ['eventually final'],
    }
    const unexpectedEvents = number % 2 === 0 ? 'park' : 'ignore'
    const options = {
      ...optionsOf(definition, { properties }),
      faults: FAULTS,
      most: 20_000,
      unexpectedEvents,
    } as const
    const machine = machineOf(definition)
    const exploration = explore(machine, options)
    expect(exploration.isWhole).toBe(true)
    const seen: Seen = new Set()
    const world = new ExploredWorld(machine, options)
    const random = seededRandom(number)
    for (let walks = 0; walks < WALKS; walks += 1) walk(world, random, seen)
    const known = findingsOf(exploration, machine.states.keys())
    expect(seen.size).toBeGreaterThan(2)
    expect([...seen].filter((one) => !known.has(one))).toEqual([])
  })
})
