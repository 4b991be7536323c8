import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { installReason, manifestText } from '../../../bench/peers/manifest.ts'
import { DBOS_SERVICE, PACKAGES, POSTGRES, RESTATE, RESTATE_SERVICE } from '../../../bench/peers/settings.ts'
import { settingsText } from '../../../bench/peers/texts.ts'

const fileOf = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8')

describe('the settings of the peers', () => {
  const packages = Object.values(PACKAGES).flatMap((set) => Object.entries(set))

  test('versions are exact', () => {
    expect(packages.map(([, version]) => version).filter((one) => !/^\d+\.\d+\.\d+(-alpha\.\d+)?$/.test(one))).toEqual(
      [],
    )
  })

  test('no peer is in the package or its lock; the client is that of this project', () => {
    const lock = fileOf('package-lock.json')
    for (const [name] of packages) expect(name === 'undici' || !lock.includes(`"node_modules/${name}"`)).toBe(true)
    const { dependencies } = JSON.parse(fileOf('tools/peers/package.json')) as { dependencies: Record<string, string> }
    expect([PACKAGES.restate.undici, PACKAGES.dbos.undici]).toEqual([dependencies['undici'], dependencies['undici']])
  })

  test('every peer is durable and on the loopback', () => {
    expect(POSTGRES.settings).toMatchObject({ fsync: 'on', synchronous_commit: 'on', listen_addresses: '' })
    expect(RESTATE.common).toMatchObject({ RESTATE_BIND_IP: '127.0.0.1', RESTATE_DISABLE_TELEMETRY: 'true' })
    const names = Object.keys({ ...RESTATE.common, ...RESTATE.onePartition.variables, ...RESTATE.defaults.variables })
    expect(names.filter((name) => /FSYNC|WAL/.test(name))).toEqual([])
  })

  test('the run prints each of them', () => {
    const text = settingsText()
    const one = { ...RESTATE.onePartition.variables, ...RESTATE.onePartition.service }
    const all = { ...RESTATE.common, ...one, ...RESTATE_SERVICE.variables }
    const more = { ...POSTGRES.settings, ...DBOS_SERVICE.variables, ...DBOS_SERVICE.options }
    for (const [name, value] of Object.entries({ ...all, ...more })) expect(text).toContain(`${name}=${value}`)
    for (const name of ['restate', 'dbos'] as const)
      for (const [title, version] of Object.entries(PACKAGES[name])) expect(text).toContain(`${title} ${version}`)
  })
})

describe('an installation', () => {
  test('its package.json holds the packages and nothing else of the project', () => {
    expect(JSON.parse(manifestText('dbos', { a: '1.0.0' }))).toEqual({
      name: 'bench-peers-dbos',
      version: '0.0.0',
      private: true,
      type: 'module',
      dependencies: { a: '1.0.0' },
    })
  })

  test("a failure is told by npm's first lines, without addresses", () => {
    const stderr = [
      'npm error code E404',
      'npm error syscall connect',
      'npm error 404 Not Found - GET https://registry.example/nothing - Not found',
      "npm error 404  'nothing@1.0.0' is not in this registry.",
      'npm error A complete log of this run can be found in: /tmp/x.log',
    ].join('\n')
    expect(installReason({ stderr, message: 'Command failed' })).toBe(
      "404 Not Found - GET the registry - Not found; 404  'nothing@1.0.0' is not in this registry.",
    )
  })

  test('without lines of npm, by the first line of the error', () => {
    expect(installReason({ message: 'spawn npm ENOENT\n    at x' })).toBe('spawn npm ENOENT')
  })
})
