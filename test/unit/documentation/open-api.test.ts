import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { apiFiles } from '../../../scripts/api-docs.ts'
import { describedRoutes, openApi } from '../../../scripts/api/open-api.ts'
import { HIDDEN } from '../../../scripts/api/operations.ts'
import { Secret } from '../../../src/config/secret.ts'
import type { OpenApi, OpenApiOperation } from '../../../src/documentation/open-api.ts'
import { openTestApp } from '../http/test-app.ts'
import type { TestAppOptions } from '../http/test-app.ts'
import { ROOT } from '../../walls/tools.ts'

const TOKENS = { api: new Secret('the-token') }

async function described(options: TestAppOptions = {}): Promise<OpenApi> {
  const { basePath = '' } = options
  const headers = { authorization: 'Bearer the-token' }
  const answer = await openTestApp(options).request(`${basePath}/documentation/json`, { headers })
  expect(answer.status).toBe(200)
  return (await answer.json()) as OpenApi
}

function operationsOf({ paths }: OpenApi): readonly OpenApiOperation[] {
  return Object.values(paths).flatMap((path) => Object.values(path))
}

describe.each([...(await apiFiles())])('%s', (file, text) => {
  test('is what `npm run docs:api` writes', () => {
    expect(readFileSync(join(ROOT, file), 'utf8')).toBe(text)
  })
})

describe('C7 GET /documentation/json', () => {
  test.each([
    ['open', {}],
    ['with tokens', { tokens: TOKENS }],
    ['below a base path', { basePath: '/flow-manager' }],
  ])('C7 is valid OpenAPI 3.0, %s', async (_, options: TestAppOptions) => {
    const validator = new Validator()
    const result = await validator.validate({ ...(await described(options)) })
    expect(result).toMatchObject({ valid: true })
    expect(validator.version).toBe('3.0')
  })

  test('C7 has every route but the hidden ones, all with the tag of Flow Manager', async () => {
    const document = await described()
    const names = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const routes = openTestApp().routes.map(({ method, path }) => `${method} ${path}`)
    const shown = routes.filter((name) => !HIDDEN.has(name)).map((name) => name.replaceAll(/:(\w+)/g, '{$1}'))
    expect(names.toSorted()).toEqual(shown.toSorted())
    expect(document.paths).not.toHaveProperty('/configuration')
    for (const operation of operationsOf(document)) expect(operation).toMatchObject({ tags: ['Flow Manager'] })
  })

  test('C7 every status of a route has the schema that the route has, 405 included', async () => {
    const document = await described()
    for (const { method, path, responses } of openTestApp().routes.filter(
      (route) => !HIDDEN.has(`${route.method} ${route.path}`),
    )) {
      const operation = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      const statuses = new Set([...Object.keys(responses), '405'])
      expect(new Set(Object.keys(operation?.responses ?? {}))).toEqual(statuses)
    }
  })

  test('C1.3 a token is wanted, and 401 described, only where tokens are set', async () => {
    const [open, guarded] = [await described(), await described({ tokens: TOKENS })]
    expect(JSON.stringify(open)).not.toMatch(/securitySchemes|"401"|"token":\[\]/)
    expect(guarded.components).toHaveProperty('securitySchemes.token.scheme', 'bearer')
    const wanting = operationsOf(guarded).filter(({ security }) => security.length > 0)
    expect(wanting.every(({ responses }) => '401' in responses)).toBe(true)
    expect(operationsOf(guarded).length - wanting.length).toBeGreaterThanOrEqual(3)
    expect((await openTestApp({ tokens: TOKENS }).request('/documentation/json')).status).toBe(401)
  })

  test('C1.3 the servers are the base path and the root', async () => {
    expect((await described()).servers).toEqual([{ url: '/' }])
    const urls = (await described({ basePath: '/flow-manager' })).servers.map(({ url }) => url)
    expect(urls).toEqual(['/flow-manager', '/'])
  })

  test('C7 the examples are the events and states of the machine', async () => {
    const { paths } = await described()
    const body = paths['/event']?.['post']?.requestBody?.content['application/json']
    expect(Object.keys((body as { examples: object }).examples)).toEqual(['answered', 'askedAgain'])
    expect(JSON.stringify(paths['/sagas']?.['get']?.parameters)).toContain('"value":"done"')
  })

  test('C7 only routes of the service are described', async () => {
    const { routes } = openTestApp({ documentation: undefined })
    expect(routes.filter(({ path }) => path.startsWith('/documentation'))).toEqual([])
    expect(() => openApi(describedRoutes().slice(1))).toThrow('texts of nothing: POST /saga')
  })
})

test('C7 GET /documentation/yaml is the same description', async () => {
  const answer = await openTestApp().request('/documentation/yaml')
  expect(answer.headers.get('content-type')).toBe('application/yaml')
  expect(parse(await answer.text())).toEqual(await described())
})
