import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { inspectMachine } from '../../../src/machine/inspect.ts'
import type { Tree } from '../config/files.ts'
import { fileOf, state } from './good-machines.ts'

const COUNT = 10_000
const CHANNELS = [{ id: 'services', sends: true, receives: false }]
const indexes = Array.from({ length: COUNT }, (_, index) => index)
const ends = [state('done', { final: true }), state('failed', { final: true })]

function reported(states: readonly Tree[]): readonly string[] {
  return inspectMachine(fileOf(states).machineDefinition, CHANNELS).map(({ code, path }) => `${code} ${path.join('.')}`)
}

/** Fast enough for an editor. A quadratic look would take minutes, a recursive one would exhaust the stack. */
function inASecond(look: () => void): void {
  const before = process.threadCpuUsage() // not the time of the wall: other tests run beside
  look()
  const { user, system } = process.threadCpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(3_000)
}

describe('C2.8 a machine of ten thousand states', { timeout: 60_000 }, () => {
  it('in a chain, each step with its own compensation', () => {
    const forward = indexes.map((index) =>
      state(`s${index}`, {
        command: `do${index}`,
        events: { ok: index + 1 === COUNT ? 'done' : `s${index + 1}`, ko: index === 0 ? 'failed' : `u${index - 1}` },
      }),
    )
    const undo = indexes.slice(1).map((index) =>
      state(`u${index - 1}`, {
        command: `undo${index - 1}`,
        events: { undone: index === 1 ? 'failed' : `u${index - 2}` },
      }),
    )
    inASecond(() => expect(reported([...forward, ...undo, ...ends])).toEqual([]))
  })

  it('that end nowhere', () => {
    const states = indexes.map((index) => state(`s${index}`, { command: 'go', events: { on: `s${index + 1}` } }))
    const stuck = [...states, state(`s${COUNT}`, { command: 'go' }), ...ends]
    const dead = [`state.dead-end machineDefinition.states.${COUNT}.id`]
    const unreachable = [1, 2].map((more) => `state.unreachable machineDefinition.states.${COUNT + more}.id`)
    inASecond(() => expect(reported(stuck)).toEqual([...dead, ...unreachable]))
  })

  it('in one ring, with a way back from each to the one before', () => {
    const states = indexes.map((index) =>
      state(`s${index}`, {
        command: 'go',
        events: { on: `s${(index + 1) % COUNT}`, back: `s${(index + COUNT - 1) % COUNT}` },
      }),
    )
    const ring = [...states, state('done', { final: true })]
    inASecond(() =>
      expect(reported(ring)).toEqual([
        'loop.endless machineDefinition.states.0.id',
        `state.unreachable machineDefinition.states.${COUNT}.id`,
      ]),
    )
  })

  it('each with an end of its own, and one event for all', () => {
    const states = indexes.map((index) =>
      state(`s${index}`, {
        command: 'go',
        events: { on: index + 1 === COUNT ? 'done' : `s${index + 1}`, cancel: `end${index}` },
      }),
    )
    const own = indexes.map((index) => state(`end${index}`, { final: true }))
    inASecond(() => expect(reported([...states, ...own, state('done', { final: true })])).toEqual([]))
  })

  it('with two hundred business states, each of a state and of an end', () => {
    const states = indexes.map((index) =>
      state(`s${index}`, {
        command: 'go',
        business: `b${index % 200}`,
        events: { on: index + 1 === COUNT ? 'done' : `s${index + 1}`, [`ko${index}`]: `end${index % 200}` },
      }),
    )
    const own = indexes.slice(0, 200).map((index) => state(`end${index}`, { final: true, business: `b${index}` }))
    const all = [...states, ...own, state('done', { final: true, business: 'b0' })]
    inASecond(() =>
      expect(new Set(reported(all).map((line) => line.split(' ')[0]))).toEqual(new Set(['business-state.premature'])),
    )
  })

  it('that lead everywhere', () => {
    const states = indexes.map((index) => {
      const targets = [1, 2, 3, 5, 8, 13, 21].map((step) => [`to${step}`, `s${(index * step + step) % COUNT}`])
      return state(`s${index}`, {
        command: 'go',
        events: { ...Object.fromEntries(targets), end: 'done', ko: 'failed' },
      })
    })
    inASecond(() => reported([...states, ...ends]))
  })
})
