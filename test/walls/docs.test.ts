import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LOG_CODES } from '../../src/ports/log-codes.ts'
import { DEFAULTS } from '../../src/defaults.ts'
import { describedRoutes } from '../../scripts/api/open-api.ts'
import { knownVariables } from '../container/files.ts'
import * as look from './doc-pages.ts'
import { ROOT } from './tools.ts'

const PAGES = look.pages()
const FILES = look.tree()
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const page = (name: string) => look.pageOf(name, read(name))

const tests = FILES.filter((file) => /^test(?:ing)?\/.*\.ts$/.test(file))
const product = FILES.filter((file) => /^(?:src|adapters|workers)\/.*\.ts$/.test(file))

/** The faults of all pages, each with its page's name. */
function wrongOf(find: (page: look.DocPage) => readonly string[]): readonly string[] {
  return PAGES.flatMap((one) => find(one).map((found) => `${one.name}: ${found}`))
}

describe('the documentation is true of the tree', () => {
  test('every path that it names is there', () => {
    expect(wrongOf((one) => look.namedPaths(one, FILES).filter((path) => !look.isThere(path, FILES)))).toEqual([])
  })

  test('every link leads to a file, and to a heading of it', () => {
    const isDead = (link: string) => {
      const [path = '', anchor] = link.split('#')
      if (!look.isThere(path, FILES)) return true
      return anchor !== undefined && !look.anchors(page(path)).has(anchor)
    }
    expect(wrongOf((one) => look.links(one).filter(isDead))).toEqual([])
  })

  test('every script that it runs is in package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
    expect(wrongOf((one) => look.scripts(one).filter((script) => !(script in scripts)))).toEqual([])
  })

  test('every rule that it names stands in the title of a test', () => {
    const tested = new Set(tests.flatMap((file) => look.ruleIdsOf(read(file))))
    const isTested = (id: string) => tested.has(id) || [...tested].some((one) => one.startsWith(`${id}.`))
    expect(wrongOf((one) => look.rules(one).filter((id) => !isTested(id)))).toEqual([])
  })

  test('no line of prose is longer than 160 characters', () => {
    expect(wrongOf((one) => look.longLines(one, 160))).toEqual([])
  })
})

test('every title that docs/decisions quotes in italics is that of a test', { timeout: 60_000 }, () => {
  const titles = (one: look.DocPage) => [...one.prose.replace(/\s+/g, ' ').matchAll(/(?<!\*)\*([CPI]\d[^*]+)\*(?!\*)/g)]
  const texts = tests.map((file) => read(file).replace(/\s+/g, ' '))
  const decisions = PAGES.filter(({ name }) => name.startsWith('docs/decisions/'))
  const quoted = decisions.flatMap((one) => titles(one).map(([, title = '']) => title))
  expect(quoted.length).toBeGreaterThan(10)
  expect(quoted.filter((title) => !texts.some((text) => text.includes(title)))).toEqual([])
})

describe('docs/PROTOCOL.md', { timeout: 60_000 }, () => {
  const PROTOCOL = page('docs/PROTOCOL.md')

  test('every name in an item "Code" is in the source', () => {
    const words = new Set(product.flatMap((file) => read(file).match(/\w+/g) ?? []))
    const names = look.items(PROTOCOL, 'Code').flatMap((item) => look.codeSpans(item))
    expect(names.length).toBeGreaterThan(20)
    const identifiers = names.filter((name) => !/[/ ]|\.\w+$/.test(name) || /^[A-Z]\w*\./.test(name))
    expect(identifiers.filter((name) => name.split(/[.#]+/).some((word) => word !== '' && !words.has(word)))).toEqual(
      [],
    )
  })

  test('every title in an item "Tests" is that of a test in the file before it', () => {
    expect(look.items(PROTOCOL, 'Tests').length).toBeGreaterThan(20)
    expect(missingTests(PROTOCOL)).toEqual([])
  })
})

describe('docs/GUARANTEES.md', { timeout: 60_000 }, () => {
  const GUARANTEES = page('docs/GUARANTEES.md')

  test('it has a section for each promise of docs/PROTOCOL.md, in their order', () => {
    const promised = [...read('docs/PROTOCOL.md').matchAll(/^- \*\*(I\d)\*\*/gm)].map(([, id]) => id)
    const sections = [...read('docs/GUARANTEES.md').matchAll(/^## (I\d) \S/gm)].map(([, id]) => id)
    expect(promised).toHaveLength(9)
    expect(sections).toEqual(promised)
  })

  test('each promise says what it does not say, and names tests that are there', () => {
    const sections = read('docs/GUARANTEES.md')
      .split(/^#{2,3} /m)
      .filter((section) => /^(?:I\d|[^\n]*\([CP]\d)/.test(section))
    expect(sections.length).toBeGreaterThan(9)
    for (const section of sections) expect(section).toMatch(/^- \*Says not:\* .[^]*^- \*Tests:\* `/m)
    expect(look.items(GUARANTEES, 'Tests')).toHaveLength(sections.length)
    expect(missingTests(GUARANTEES)).toEqual([])
  })

  test('its table of stores has those of docs/PERSISTENCY.md', () => {
    const [, generated = ''] = read('docs/PERSISTENCY.md').split('<!-- generated: overview -->')
    const storesOf = (text: string) => new Set([...text.matchAll(/^\| `([a-z-]+)`/gm)].map(([, store]) => store))
    const [, table = ''] = read('docs/GUARANTEES.md').split('## By store')
    expect(storesOf(table.split('\n## ')[0] ?? '')).toEqual(storesOf(generated.split('<!-- end')[0] ?? ''))
  })
})

/** The entries of items "Tests" whose file is missing, or lacks a test with such a title. `…` stands for any text. */
function missingTests(of: look.DocPage): readonly string[] {
  const named = look.items(of, 'Tests').flatMap((item) => item.split(' · '))
  return named.filter((one) => {
    const [, path = '', title = ''] = /^`([^`]+)` ?(.*?)\.?$/.exec(one) ?? []
    const texts = tests.filter((file) => look.isThere(path, [file])).map((file) => read(file).replace(/\s+/g, ' '))
    const parts = title.split('…').map((part) => part.trim())
    return !texts.some((text) => parts.every((part) => text.includes(part)))
  })
}

test('docs/CONFIGURATION.md lists every variable that the service reads', () => {
  const rows = read('docs/CONFIGURATION.md').matchAll(/^\| `([A-Z_]+)` \|/gm)
  expect([...rows].map(([, name = '']) => name).toSorted()).toEqual([...knownVariables()].toSorted())
})

test('docs/ARCHITECTURE.md lists every default', () => {
  const [, section = ''] = read('docs/ARCHITECTURE.md').split('## Defaults')
  const rows = section.slice(0, section.indexOf('\n## ')).matchAll(/^\| (`.*?`) \|/gm)
  const names = [...rows].flatMap(([, cell = '']) => look.codeSpans(cell))
  expect(names.toSorted()).toEqual(Object.keys(DEFAULTS).toSorted())
})

test('docs/HTTP.md lists every route', () => {
  const rows = read('docs/HTTP.md').matchAll(/^\| `([A-Z]+ [^`]+)` \|/gm)
  const routes = describedRoutes().map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
  expect([...rows].map(([, route = '']) => route).toSorted()).toEqual(routes.toSorted())
})

test('docs/OPERATIONS.md says what to do at each line of the levels warn and error', () => {
  const rows = read('docs/OPERATIONS.md').matchAll(/^\| `([a-z-]+\.[a-z-]+)` \| \S/gm)
  const codes = Object.entries(LOG_CODES).flatMap(([code, { level }]) => (/warn|error/.test(level) ? [code] : []))
  expect([...rows].map(([, code = '']) => code).toSorted()).toEqual(codes.toSorted())
})

describe('the look finds what is wrong', () => {
  const wrong = (text: string) => look.pageOf('docs/WRONG.md', text)

  test.each(['src/no-such.ts', 'no-such.ts', 'src/no-such/', 'unit/no-such*.test.ts', 'examples/no-such/saga.json'])(
    '%s',
    (path) => {
      expect(look.namedPaths(wrong(`See \`${path}\`.`), FILES)).toEqual([path])
      expect(look.isThere(path, FILES)).toBe(false)
    },
  )

  test('links, scripts, ranges of rules and long lines', () => {
    expect(look.links(wrong('[a](HTTP.md#x) [b](../README.md) [c](https://x.y/z) [d](#e)'))).toEqual([
      'docs/HTTP.md#x',
      'README.md',
      'docs/WRONG.md#e',
    ])
    expect(look.scripts(wrong('```sh\nnpm run lost -- x\n```'))).toEqual(['lost'])
    expect(look.rules(wrong('I1–I3, `P9` and C4.3'))).toEqual(['I1', 'I2', 'I3', 'I1', 'I3', 'C4.3'])
    expect(
      look.longLines(wrong(`| ${'x'.repeat(99)} |\n${'y'.repeat(99)}\n\`\`\`\n${'z'.repeat(99)}\n\`\`\``), 80),
    ).toEqual(['y'.repeat(99)])
    expect(look.ruleIdsOf("test('C2.4 C6.2 the collection')")).toEqual(['C2.4', 'C6.2'])
  })
})
