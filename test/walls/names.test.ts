import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from './tools.ts'

const EXPORTED = /^export (?:default |async |abstract )*(?:function\*?|class|interface|type|const|let) (\w+)/
const TYPE = /^(?:export )?(?:abstract )?(?:class|interface|type) (\w+)/

/** Types declared twice with one meaning: rooms that may not import one another each have it, or a file keeps it to itself. */
const MIRRORED: Readonly<Record<string, string>> = {
  CrudSettings: 'in saga.json, and as the adapter takes it',
  InexactNumbersPolicy: 'a setting, and as the guard takes it',
  JsonObject: 'local to three rooms',
  MongoSettings: 'in saga.json, and as the adapter takes it',
  RedisSettings: 'in saga.json, and as the adapter takes it',
  Sagas: 'the class of the objects, and the one that wrangler.toml names',
  UnexpectedEvents: 'a setting, and as the orchestrator takes it',
  UpstashRedisSettings: 'in saga.json, and as the adapter takes it',
}

describe('names of the source', () => {
  const files: { readonly path: string; readonly lines: readonly string[] }[] = []
  beforeAll(async () => {
    for await (const path of glob('{src,adapters,workers,cli,testing}/**/*.ts', { cwd: ROOT })) {
      if (!path.endsWith('.d.ts')) files.push({ path, lines: (await readFile(join(ROOT, path), 'utf8')).split('\n') })
    }
  })

  test('every exported symbol has a doc comment', () => {
    const bare = files.flatMap(({ path, lines }) =>
      lines.flatMap((line, at) => {
        const name = EXPORTED.exec(line)?.[1]
        return name === undefined || lines[at - 1]?.endsWith('*/') === true ? [] : [`${path}: ${name}`]
      }),
    )
    expect(files.length).toBeGreaterThan(300)
    expect(bare).toEqual([])
  })

  test('a type name has one meaning', () => {
    const declared = new Map<string, Set<string>>()
    for (const { path, lines } of files) {
      for (const line of lines) {
        const name = TYPE.exec(line)?.[1]
        if (name !== undefined) declared.set(name, (declared.get(name) ?? new Set()).add(path))
      }
    }
    const shared = [...declared].filter(([name, paths]) => paths.size > 1 && !(name in MIRRORED))
    expect(shared.map(([name, paths]) => `${name}: ${[...paths].join(', ')}`)).toEqual([])
    expect(Object.keys(MIRRORED).filter((name) => (declared.get(name)?.size ?? 0) < 2)).toEqual([])
  })
})
