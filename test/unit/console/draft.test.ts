import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flawOfHook } from '../../../adapters/hooks/check-hook.ts'
import { inspect } from '../../../cli/commands/check/inspect.ts'
import { Secret } from '../../../src/config/secret.ts'
import type { ExaminedDraft } from '../../../src/console/draft/examine-draft.ts'
import { generatedMachine } from '../../../testing/load/generated-machine.ts'
import { MACHINE, openTestApp, type TestApp } from '../http/test-app.ts'
import { exampleFiles } from './example-files.ts'

const NO_SECRETS = { variable: () => undefined }
const WHOLE = {
  machineDefinition: MACHINE,
  communicationProtocols: [
    { id: 'desk', type: 'rest', configurations: { protocol: 'http', host: 'desk', port: 80, path: '/commands' } },
  ],
}

async function drafted(text: string, app: TestApp = openTestApp()): Promise<ExaminedDraft> {
  const answer = await app.post('/console/draft', { text })
  expect(answer.status).toBe(200)
  return (await answer.json()) as ExaminedDraft
}

describe('C7 POST /console/draft', () => {
  test.each(exampleFiles())('C2.8 %s has the reports of batuta check', async (path) => {
    const bytes = readFileSync(path)
    const checked = await inspect(bytes, { strict: false, sources: NO_SECRETS })
    const { reports, svg } = await drafted(bytes.toString(), openTestApp({ bodyLimit: 1_000_000 }))
    expect(reports).toEqual(checked.filter(({ code }) => code !== 'secret.unresolved'))
    expect(svg).toContain('data-state=')
  })

  test('C7 an unfinished machine is drawn as far as it goes, with its problems and their places', async () => {
    const [asked, done] = WHOLE.machineDefinition.states
    const states = [{ ...asked, outgoingTransitions: [{ inputEvent: 'answered', targetState: 'dome' }] }, done]
    const text = JSON.stringify({ ...WHOLE, machineDefinition: { initialState: 'asked', states } }, null, 2)
    const { reports, svg, deploy } = await drafted(text)
    const [unknown] = reports.filter(({ code }) => code === 'state.unknown')
    expect(unknown).toMatchObject({
      level: 'error',
      found: '"dome"',
      expected: expect.stringContaining('perhaps "done"'),
    })
    expect(text.split('\n')[(unknown?.line ?? 0) - 1]).toContain('"dome"')
    expect(svg).toContain('data-state="done"')
    expect(deploy).toEqual({
      strandings: [{ kind: 'deaf', state: 'asked', events: ['askedAgain'] }],
      states: ['asked', 'done'],
    })
  })

  test.each(['', '{', '[]', '{}', '{ "machineDefinition": { "states": {} } }', '\u0000', 'null'])(
    'C1.2 %j has problems and no picture',
    async (text) => {
      const { reports, svg, undrawn, deploy } = await drafted(text)
      expect(reports.some(({ level }) => level === 'error')).toBe(true)
      expect([svg, deploy]).toEqual([undefined, undefined])
      expect(undrawn).not.toBe('')
    },
  )

  test('C7 any JSON, and any text, is answered', async () => {
    const app = openTestApp()
    const units = fc.array(fc.nat(0xffff)).map((codes) => String.fromCharCode(...codes).toWellFormed())
    const texts = fc.oneof(fc.json(), units)
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        expect((await drafted(text, app)).undrawn).toBeDefined()
      }),
      { numRuns: 30 },
    )
  })

  test('C2.6 no reference to a secret is followed, and no secret is answered or logged', async () => {
    const secret = 'hunter2-in-plain-text'
    const headers = {
      authorization: secret,
      cookie: { type: 'file', path: '/etc/passwd' },
      x: { type: 'env', name: 'HOME' },
    }
    const [channel] = WHOLE.communicationProtocols
    const configurations = { ...channel?.configurations, headers }
    const app = openTestApp({ logLevel: 'trace' })
    const text = JSON.stringify({ ...WHOLE, communicationProtocols: [{ ...channel, configurations }] })
    const draft = await drafted(text, app)
    expect(draft.reports.map(({ code }) => code)).toContain('secret.plain')
    expect(draft.reports.map(({ code }) => code)).not.toContain('secret.unresolved')
    expect(JSON.stringify(draft)).not.toContain(secret)
    expect(JSON.stringify(app.runtime.logged)).not.toContain(secret)
    expect(app.writes).toEqual([])
  })

  test('C2.7 hooks are compiled where the host can, and never evaluated', async () => {
    const [asked, done] = WHOLE.machineDefinition.states
    const hook = { type: 'file', content: 'globalThis.isEvaluated = true; const broken = ;' }
    const states = [{ ...asked, outputCommand: { label: 'answer', channel: 'desk', hook } }, done]
    const text = JSON.stringify({ ...WHOLE, machineDefinition: { initialState: 'asked', states } })
    const checking = {
      ownStores: [],
      linearPatterns: new Set<string>(),
      flawOfHook: (source: string) => Promise.resolve(flawOfHook(source)),
    }
    const codesOf = ({ reports }: ExaminedDraft) => reports.map(({ code }) => code)
    expect(codesOf(await drafted(text, openTestApp({ checking })))).toContain('hook.invalid')
    expect(codesOf(await drafted(text))).not.toContain('hook.invalid')
    expect('isEvaluated' in globalThis).toBe(false)
  })

  test('C1.3 a token that reads opens it, and no other POST', async () => {
    const app = openTestApp({ tokens: { api: new Secret('the-api-token'), read: new Secret('the-read-token') } })
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
    const statusOf = async (path: string, headers = {}) => (await app.post(path, { text: '{}' }, headers)).status
    expect(await statusOf('/console/draft')).toBe(401)
    expect(await statusOf('/console/draft', bearer('other'))).toBe(401)
    expect(await statusOf('/console/draft', bearer('the-read-token'))).toBe(200)
    expect(await statusOf('/console/draft', bearer('the-api-token'))).toBe(200)
    expect(await statusOf('/saga', bearer('the-read-token'))).toBe(401)
  })

  test.each([
    [{}, 'the body must be an object with text'],
    [[], 'the body must be an object with text'],
    [{ text: 1 }, 'text must be a string'],
    [{ text: '{}', flow: 'up' }, 'flow must be "right" or "down"'],
    [{ text: 'x'.repeat(262_145) }, 'text must not be longer than 262144 characters'],
  ])('C7 a bad body is 400 and named', async (body, message) => {
    const answer = await openTestApp({ bodyLimit: 1_000_000 }).post('/console/draft', body)
    expect(answer.status).toBe(400)
    expect(((await answer.json()) as { message: string }).message).toContain(message)
  })

  test('C7 a machine that would take too long is checked and not drawn; of many problems the first are shown', async () => {
    const text = JSON.stringify({ machineDefinition: generatedMachine(501), communicationProtocols: [] })
    const { undrawn, svg, reports, unreported } = await drafted(text, openTestApp({ bodyLimit: 1_000_000 }))
    expect(undrawn).toContain('npx batuta draw saga.json')
    expect([svg, reports.length]).toEqual([undefined, 300])
    expect(unreported).toBeGreaterThan(100)
  })
})
