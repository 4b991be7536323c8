import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { openTestApp } from '../http/test-app.ts'

const [API, READ] = ['the-api-token', 'the-read-token']
const LARGEST = 60 * 1024

function bearer(token: string): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { authorization: `Bearer ${token}` } }
}

async function pageOf(app = openTestApp()): Promise<{ readonly html: string; readonly policy: string }> {
  const answer = await app.request('/console')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toMatch(/^text\/html; charset=utf-8$/i)
  return { html: await answer.text(), policy: answer.headers.get('content-security-policy') ?? '' }
}

function contentOf(html: string, tag: string): readonly string[] {
  return [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map(([, text = '']) => text)
}

describe('C7 GET /console', () => {
  test.each([
    ['script', 'script-src'],
    ['style', 'style-src'],
  ])('C7 its one %s is the one that the policy names', async (tag, directive) => {
    const { html, policy } = await pageOf()
    const [text = '', ...others] = contentOf(html, tag)
    expect(others).toEqual([])
    const hash = createHash('sha256').update(text).digest('base64')
    expect(policy.split('; ')).toContain(`${directive} 'sha256-${hash}'`)
    expect(policy).not.toContain('unsafe')
    expect(policy).toContain("default-src 'none'")
  })

  test('C7 it has at most 60 KiB, compressed, and loads nothing', async () => {
    const { html } = await pageOf()
    expect(gzipSync(html, { level: 9 }).byteLength).toBeLessThanOrEqual(LARGEST)
    const addresses = [...html.matchAll(/https?:\/\/[\w.-]+/g)].map(([address]) => address)
    expect(new Set(addresses), 'namespaces of XML, which nothing is loaded from').toEqual(
      new Set(['http://www.w3.org']),
    )
    expect(html).not.toMatch(/<(?:img|iframe|link rel="stylesheet"|script src)/)
  })

  test('C1.3 it needs no token and is the same for every service', async () => {
    const guarded = openTestApp({ tokens: { api: new Secret(API) } })
    expect((await pageOf(guarded)).html).toBe((await pageOf()).html)
  })

  test('C1.3 under CONSOLE=off there is none', async () => {
    const app = openTestApp({ console: undefined })
    for (const path of ['/console', '/console/session']) expect((await app.request(path)).status).toBe(404)
  })
})

describe('C1.3 GET /console/session', () => {
  test('C1.3 API_TOKEN acts, READ_TOKEN reads', async () => {
    const app = openTestApp({ tokens: { api: new Secret(API), read: new Secret(READ) } })
    expect(await (await app.request('/console/session', bearer(API))).json()).toMatchObject({ mayAct: true })
    expect(await (await app.request('/console/session', bearer(READ))).json()).toMatchObject({ mayAct: false })
    expect((await app.request('/console/session', bearer('wrong'))).status).toBe(401)
  })

  test('C1.3 without a token everybody acts', async () => {
    const session = {
      version: expect.any(String),
      store: expect.any(String),
      canList: expect.any(Boolean),
      mayAct: true,
    }
    expect(await (await openTestApp().request('/console/session')).json()).toEqual(session)
  })
})
