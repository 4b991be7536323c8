import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { imageOf, stagesOf } from './containerfile.ts'
import { isInContext } from './context.ts'
import { knownVariables, probeRoutes, read, ROOT } from './files.ts'
import { imageProblems } from './image-rules.ts'
import { VERSION } from '../../src/version.ts'

const OURS = read('Containerfile')
const MANIFEST = JSON.parse(read('package.json')) as {
  readonly engines: { readonly node: string }
  readonly license: string
  readonly bin: Readonly<Record<string, string>>
  readonly scripts: Readonly<Record<string, string>>
}
const context = { folder: ROOT, ignore: read('.dockerignore') }
const SERVICES = join('examples', 'kafka', 'services')

describe('Containerfile', () => {
  test('is pinned, in stages, without root, shell and npm', () => {
    expect(imageProblems(OURS, context)).toEqual([])
  })

  test('has the Node that package.json requires', () => {
    const [, major] = /^node:(\d+)\./.exec(stagesOf(OURS).at(-1)?.image ?? '') ?? []
    expect(`>=${major}`).toBe(MANIFEST.engines.node)
  })

  test('starts Node as `npm run start:kafka` does', () => {
    const { entrypoint, command } = imageOf(stagesOf(OURS).at(-1))
    const words = [...(entrypoint?.words ?? []), ...(command?.words ?? [])]
    expect(MANIFEST.scripts['start:kafka']).toMatch(
      new RegExp(`^NODE_COMPILE_CACHE=\\S+ MALLOC_ARENA_MAX=1 exec ${words.join(' ')}$`),
    )
  })

  test('sets variables that the service reads, opens its port, and keeps its data in a volume of its user', () => {
    const { environment, ports, volumes, user } = imageOf(stagesOf(OURS).at(-1))
    const isForeign = (name: string) => !/^(?:NODE|MALLOC)_/.test(name) && !knownVariables().has(name)
    const foreign = [...environment.keys()].filter(isForeign)
    expect(foreign).toEqual([])
    expect(ports).toEqual([environment.get('HTTP_PORT')])
    expect(volumes).toEqual([environment.get('DATA_PATH')])
    const [uid, gid] = user?.split(':') ?? []
    expect(OURS).toContain(`install -d -o ${uid} -g ${gid} -m 0750 ${volumes[0]}`)
  })

  test('has labels that are true of its version, licence and base image', () => {
    const stage = stagesOf(OURS).at(-1)
    const { labels } = imageOf(stage)
    const { license, bin } = MANIFEST
    expect(Object.fromEntries(labels)).toMatchObject({
      'org.opencontainers.image.title': Object.keys(bin)[0],
      'org.opencontainers.image.version': VERSION,
      'org.opencontainers.image.licenses': license,
      'org.opencontainers.image.base.name': `docker.io/library/${stage?.image}`,
    })
  })

  test('links the command `batuta` to the file that package.json names', () => {
    expect(OURS).toContain(`ln -s /app/${MANIFEST.bin['batuta']} /usr/local/bin/batuta`)
  })

  test('its health check asks an existing route', () => {
    const { healthcheck } = imageOf(stagesOf(OURS).at(-1))
    const [, route] = /'(\/-\/\w+)'/.exec(healthcheck?.words.at(-1) ?? '') ?? []
    expect(probeRoutes()).toContain(route)
  })

  test.each([
    'node_modules/hono/package.json',
    'data/batuta.sqlite',
    '.git/config',
    'src/tsconfig.json',
    'test/reporter.ts',
    'cli/demo/run.ts',
  ])('%s is not in the build context', (path) => expect(isInContext(context.ignore, path)).toBe(false))

  test('the participants of examples/kafka are built by the same rules', () => {
    const services = { folder: join(ROOT, SERVICES), ignore: read(SERVICES, '.dockerignore') }
    const text = read(SERVICES, 'Containerfile')
    expect(imageProblems(text, services)).toEqual([])
    expect(imageOf(stagesOf(text).at(-1)).user).toBe(imageOf(stagesOf(OURS).at(-1)).user)
  })
})

describe('a wrong Containerfile is refused', () => {
  const rows: readonly (readonly [string, string | RegExp, string, string])[] = [
    ['a floating tag', /:24\.20\.0-trixie-slim/g, ':24-slim', 'FROM node:24-slim: not pinned to a version'],
    ['no tag', /:24\.20\.0-trixie-slim/g, '', 'FROM node: not pinned to a version'],
    ['two images', '24.20.0-trixie-slim AS', '24.19.0-trixie-slim AS', 'FROM: the stages are of different images'],
    ['a missing source', 'COPY src ', 'COPY sources ', 'COPY sources: not in the build context'],
    ['an ignored source', 'COPY src ', 'COPY test ', 'COPY test: not in the build context'],
    ['a missing stage', '--from=modules', '--from=built', 'COPY --from=built: there is no such stage'],
    ['the tools of the clone', ' --omit=dev', '', 'RUN npm ci: without --omit=dev'],
    ["the clone's Node", ' --omit=optional', '', 'RUN npm ci: without --omit=optional'],
    ['npm at run time', 'RUN rm -rf', 'RUN npm install x && rm -rf', 'RUN: the last stage installs'],
    ['npm left in', '/usr/local/bin/npm ', '', 'RUN: npm is left in the last stage'],
    ['no user', 'USER 10001:10001', '', 'USER: missing, so root'],
    ['root', 'USER 10001:10001', 'USER 0:0', "USER 0:0: expected numbers other than root's"],
    ['a user by name', 'USER 10001:10001', 'USER node', "USER node: expected numbers other than root's"],
    ['a shell', 'CMD ["workers/kafka.ts"]', 'CMD workers/kafka.ts', 'CMD: through a shell'],
    [
      'an entrypoint through a shell',
      'ENTRYPOINT ["node", "--max-semi-space-size=8", "--heap-growing-percent=50"]',
      'ENTRYPOINT node',
      'ENTRYPOINT: through a shell',
    ],
    ['another worker', 'workers/kafka.ts"', 'dist/workers/kafka.js"', 'CMD: no COPY of /app/dist/workers/kafka.js'],
    ['no healthcheck', /HEALTHCHECK .*\n.*\n/, '', 'HEALTHCHECK: missing, or through a shell'],
    ['an unknown instruction', 'EXPOSE', 'EXPOES', 'Unknown instruction: EXPOES'],
    ['one stage', / AS modules[\s\S]*?FROM \S+/, '', 'one stage: what installs is in the image'],
  ]

  test.each(rows)('%s', (_, from, to, problem) => {
    const wrong = OURS.replace(from, to)
    expect(wrong).not.toBe(OURS)
    expect(imageProblems(wrong, context)).toContain(problem)
  })
})
