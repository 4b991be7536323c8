import { describe, expect, test, vi } from 'vitest'
import { generatedMachine } from '../../../testing/load/generated-machine.ts'
import { layoutSteps } from '../../../src/drawing/layout.ts'
import { machinePicture } from '../../../src/drawing/machine-picture.ts'
import { svgSteps } from '../../../src/drawing/svg/draw-svg.ts'
import { pictures } from '../../../src/picture-routes/pictures.ts'
import { openTestApp } from './test-app.ts'

vi.mock(import('../../../src/drawing/svg/draw-svg.ts'), { spy: true })

describe('C7 the machine drawn', () => {
  test('C7 /machine.svg is SVG that a browser may not run or load anything from', async () => {
    const answer = await openTestApp().request('/machine.svg')
    expect(answer.headers.get('content-type')).toBe('image/svg+xml')
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox")
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const svg = await answer.text()
    expect([svg.includes('data-state="asked"'), svg.includes('data-state="done"')]).toEqual([true, true])
  })

  test('C7 If-None-Match of the same picture is 304 without a body, of another it is 200', async () => {
    const app = openTestApp()
    const etag = (await app.request('/machine.svg')).headers.get('etag') ?? ''
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await app.request('/machine.svg', { headers: { 'if-none-match': known } })
      expect([answer.status, await answer.text(), answer.headers.get('etag')], known).toEqual([304, '', etag])
    }
    expect((await app.request('/machine.svg', { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    const down = await app.request('/machine.svg?flow=down', { headers: { 'if-none-match': etag } })
    expect([down.status, down.headers.get('etag') === etag]).toEqual([200, false])
  })

  test('C7 flow and theme are read, other values are 400 by name', async () => {
    const app = openTestApp()
    const svg = await (await app.request('/machine.svg?flow=down&theme=dark')).text()
    expect(svg).toContain('data-flow="down" data-theme="dark"')
    for (const [query, message] of [
      ['flow=left', 'flow must be "right" or "down"'],
      ['theme=blue', 'theme must be "light" or "dark"'],
      ['colour=red', 'colour is not a known parameter'],
      ['flow=down&flow=down', 'flow is given more than once'],
    ]) {
      const answer = await app.request(`/machine.svg?${query}`)
      expect([answer.status, ((await answer.json()) as { message: string }).message]).toEqual([400, message])
    }
  })

  test('C7 a picture is drawn once for all that ask for it, and 304 of a saga draws nothing', async () => {
    const app = openTestApp()
    const [first, second] = [await app.create(), await app.create()]
    await app.request('/machine.svg')
    const drawn = vi.mocked(svgSteps).mockClear()
    const path = `/sagas/${first}/machine.svg`
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.request(path)))
    const texts = new Set(await Promise.all(answers.map((answer) => answer.text())))
    expect([texts.size, drawn.mock.calls.length]).toEqual([1, 1])
    const etag = answers[0]?.headers.get('etag') ?? ''
    expect((await app.request(path, { headers: { 'if-none-match': etag } })).status).toBe(304)
    const other = await app.request(`/sagas/${second}/machine.svg`, { headers: { 'if-none-match': etag } })
    expect([other.status, other.headers.get('etag') === etag, drawn.mock.calls.length]).toEqual([200, false, 2])
    await app.post('/event', { key: first, value: { messageLabel: 'askedAgain', messagePayload: {} } })
    const later = await app.request(path, { headers: { 'if-none-match': etag } })
    expect([later.status, drawn.mock.calls.length]).toEqual([200, 3])
  })

  test('C7 a machine that would take too long is answered with the way out, and as Mermaid', async () => {
    const app = openTestApp({ pictures: pictures({ machine: generatedMachine(501), channels: [] }) })
    for (const path of ['/machine.svg', '/sagas/s1/machine.svg']) {
      const answer = await app.request(path)
      expect(answer.status).toBe(501)
      expect(await answer.text()).toContain('npx batuta draw saga.json')
    }
    expect((await app.request('/machine.mmd')).status).toBe(200)
  })

  test('C7 the layout of many states has many steps, between which a service does other work', () => {
    let steps = 0
    for (const work = layoutSteps(machinePicture(generatedMachine(60)), 'right'); work.next().done !== true;) steps++
    expect(steps).toBeGreaterThan(200)
  })

  test('C7 /machine.mmd is a diagram of Mermaid', async () => {
    const answer = await openTestApp().request('/machine.mmd')
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await answer.text()).toMatch(/^stateDiagram-v2\n/)
  })

  test('C7 /sagas/{sagaId}/machine.svg numbers the steps of the saga', async () => {
    const app = openTestApp()
    const id = await app.create()
    const before = await app.request(`/sagas/${id}/machine.svg`)
    expect(await before.text()).toContain('aria-label="Initial state asked. The saga is here')
    await app.post('/event', { key: id, value: { messageLabel: 'askedAgain', messagePayload: {} } })
    const operated = { 'x-operator': 'ada', 'x-reason': 'by hand' }
    await app.post(`/sagas/${id}/move`, { state: 'done', command: false }, operated)
    const svg = await (await app.request(`/sagas/${id}/machine.svg`)).text()
    expect(svg).toContain('aria-current="true" data-state="done"')
    expect(svg).toMatch(/class="jump"[^>]*aria-label="Step 3: [^"]*by the operator ada"/)
    expect((await app.request('/sagas/none/machine.svg')).status).toBe(404)
  })
})
