import { describe, expect, it } from 'vitest'
import { examineConfiguration } from '../../../src/config/examine-configuration.ts'
import { SOURCES, type Tree } from './files.ts'

const MANY = Array.from({ length: 5_000 }, (_, index) => index)
const ONE = { initialState: 's0', states: [{ id: 's0', isFinal: true }] }

async function counted(file: Tree): Promise<readonly [problems: number, findings: number]> {
  const { problems, findings } = await examineConfiguration(JSON.stringify(file), SOURCES)
  return [problems.length, findings.length]
}

const machine = (states: readonly Tree[]): Tree => ({
  machineDefinition: { initialState: 's0', states },
  communicationProtocols: [
    { id: 'c', type: 'rest', configurations: { protocol: 'http', endpoint: 'h', method: 'PUT' } },
  ],
  persistencyManagement: { type: 'memory' },
})

/** Each takes a second; a quadratic check would take minutes. */
describe('C1.2 a file of thousands', { timeout: 20_000 }, () => {
  it('states, each with a transition', async () => {
    const states = MANY.map((index) => ({
      id: `s${index}`,
      isFinal: false,
      outgoingTransitions: [{ inputEvent: 'e', targetState: `s${(index + 1) % MANY.length}` }],
    }))
    expect(await counted(machine(states))).toEqual([0, 0])
  })

  it('dangling references, of which the first have a hint', async () => {
    const states = MANY.map((index) => ({
      id: `state-number-${index}`,
      isFinal: false,
      outgoingTransitions: [{ inputEvent: 'e', targetState: `stat-number-${index}` }],
    }))
    expect(await counted(machine(states))).toEqual([MANY.length + 1, 0])
  })

  it('unknown keys, and as many repeated keys', async () => {
    const keys = Object.fromEntries(MANY.map((index) => [`unknown${index}`, 1]))
    expect(await counted({ ...machine(ONE.states), ...keys })).toEqual([0, MANY.length])
    const twice = MANY.map((index) => `"unknown${index}": 1, "unknown${index}": 2`).join()
    const text = JSON.stringify(machine(ONE.states)).replace('{', `{${twice},`)
    expect((await examineConfiguration(text, SOURCES)).findings).toHaveLength(2 * MANY.length)
  })

  it('a chain of channels, each reading the dead letters of the one before', async () => {
    const channels = MANY.map((index) => ({
      id: `c${index}`,
      type: 'kafka',
      configurations: {
        brokers: 'kafka:9092',
        inputTopics: [`t${index}`],
        consumerGroup: 'g',
        deadLetterTopic: `t${index + 1}`,
      },
    }))
    expect(await counted({ ...machine(ONE.states), communicationProtocols: channels })).toEqual([0, 0])
  })
})
