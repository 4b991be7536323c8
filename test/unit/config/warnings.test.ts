import { describe, expect, it } from 'vitest'
import { accepted, complete, edited, withValue } from './files.ts'

async function warnings(tree: unknown): Promise<readonly string[]> {
  return (await accepted(tree)).warnings
}

describe('keys that nobody reads', () => {
  it.each([
    ['setings', 'settings'],
    ['machineDefinition.initalState', 'initialState'],
    ['machineDefinition.states[0].isfinal', 'isFinal'],
    ['machineDefinition.states[0].outputCommand.chanel', 'channel'],
    ['machineDefinition.states[0].sideEffects[0].lable', 'label'],
    ['machineDefinition.states[0].outgoingTransitions[1].target', 'targetState'],
    ['machineDefinition.businessStates[0].descripton', 'description'],
    ['communicationProtocols[0].configuration', 'configurations'],
    ['communicationProtocols[0].configurations.endPoint', 'endpoint'],
    ['communicationProtocols[1].configurations.consumergroup', 'consumerGroup'],
    ['communicationProtocols[1].configurations.authenticationProperties.tls', 'ssl'],
    ['communicationProtocols[1].configurations.authenticationProperties.ssl.certs', 'cert'],
    ['communicationProtocols[1].configurations.authenticationProperties.sasl.mechanisms', 'mechanism'],
    ['persistencyManagement.configurations.tokens', 'token'],
    ['communicationProtocols[0].configurations.host', 'endpoint'],
    ['settings.throwOnUnexpectedEvent', 'throwOnUnexpectedEvents'],
    ['settings.deepMergeMetadata.enable', 'enabled'],
  ])('C2.5 %s: the nearest is %s', async (path, nearest) => {
    expect(await warnings(withValue(path, 'secret'))).toEqual([
      `${path}: nobody reads this key, the nearest known key is "${nearest}"`,
    ])
  })

  it('C2.5 are many, and all named', async () => {
    const file = edited((tree) => Object.assign(tree, { a: 1, b: { c: 1 }, 'd e': 1 }))
    const named = (await warnings(file)).map((line) => line.replace(/: nobody .*/, ''))
    expect(named).toEqual(['a', 'b', '["d e"]'])
  })

  it('C2.5 where none is known', async () => {
    const file = edited((tree) => (tree.persistencyManagement = { type: 'memory', configurations: { path: 'a' } }))
    expect(await warnings(file)).toEqual([
      'persistencyManagement.configurations.path: nobody reads this key, no key is known here',
    ])
  })

  it('C2.5 a name is free among headers, and a key of megabytes is cut', async () => {
    const free = edited((tree) => (tree.communicationProtocols[0].configurations.headers.setings = 'x'))
    expect(await warnings(free)).toEqual([])
    const [line] = await warnings({ ...complete(), ['k'.repeat(3_000_000)]: 1 })
    expect(line?.length).toBeLessThan(200)
  })
})

describe('what is surely not meant to stay so', () => {
  it('C2.1 a side effect without channel', async () => {
    const file = withValue('machineDefinition.states[0].sideEffects[0].channel', undefined)
    expect(await warnings(file)).toEqual([
      'machineDefinition.states[0].sideEffects[0].channel: not set, so "mail" is sent to nobody',
    ])
  })
})
