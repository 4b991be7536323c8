import { describe, expect, it } from 'vitest'
import { examineConfiguration } from '../../../src/config/examine-configuration.ts'
import { accepted, BASE64_HOOK, complete, edited, SOURCES } from './files.ts'

describe('the hooks of a file', () => {
  it('C2.7 have their paths, kinds and decoded sources', async () => {
    const { value } = await accepted(complete())
    expect(value.hooks.map(({ kind, path, source }) => [kind, path, source])).toEqual([
      [
        'command',
        'machineDefinition.states[0].outputCommand.hook.content',
        'export default ({ saga }) => ({ payload: saga.metadata })',
      ],
      ['command', 'machineDefinition.states[0].sideEffects[0].hook.content', "export default () => ({ payload: 'ü' })"],
      ['merge', 'settings.deepMergeMetadata.hook.content', 'export default () => undefined'],
    ])
    expect(value.hooks[0]?.hash).toMatch(/^[\da-f]{64}$/)
  })

  it('C2.7 have the position of their content, in a file that is invalid too', async () => {
    const text =
      '{ "machineDefinition": {\n "states": [{ "outputCommand": {\n "hook": { "type": "file", "content": "x" } } }] } }'
    const { hooks, problems } = await examineConfiguration(text, SOURCES)
    expect(problems.length).toBeGreaterThan(0)
    expect(hooks).toMatchObject([{ source: 'x', line: 3, column: 39 }])
  })

  it('C2.7 base64 may have line breaks, as tools write it', async () => {
    const broken = `${BASE64_HOOK.slice(0, 20)}\n${BASE64_HOOK.slice(20)}\n`
    const { value } = await accepted(
      edited((file) => void (file.machineDefinition.states[0].sideEffects[0].hook.content = broken)),
    )
    expect(value.hooks[1]?.source).toBe("export default () => ({ payload: 'ü' })")
  })

  it.each([false, undefined])(
    'C2.5 a merge hook beside "enabled": %s is a finding, and is not loaded',
    async (enabled) => {
      const { value, warnings } = await accepted(
        edited((file) => void (file.settings.deepMergeMetadata.enabled = enabled)),
      )
      expect(warnings).toEqual([
        'settings.deepMergeMetadata.hook: found a hook, expected no hook, or "enabled": true beside it: without deep merge it is never called',
      ])
      expect(value.hooks.map(({ kind }) => kind)).toEqual(['command', 'command'])
      expect(value.settings.mergeHook).toBeUndefined()
    },
  )

  it('C2.6 GET /configuration shows them as they are written', async () => {
    const { value } = await accepted(complete())
    expect((value.shown as { settings: unknown }).settings).toEqual(complete().settings)
    expect(value.machineShown).toEqual(complete().machineDefinition)
  })
})
