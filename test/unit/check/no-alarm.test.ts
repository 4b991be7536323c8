import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeReport } from '../../../cli/commands/check/format-text.ts'
import { inspect } from '../../../cli/commands/check/inspect.ts'
import { INSPECTIONS } from '../../../src/config/inspection-codes.ts'
import { examineConfiguration } from '../../../src/config/examine-configuration.ts'
import { bytesOf } from '../config/files.ts'
import { ROOT } from '../../walls/tools.ts'
import { PLANTS } from './broken-machines.ts'
import { GOOD } from './good-machines.ts'

const SECRET = 'mongodb://sagas/db'
const SOURCES = { variable: () => SECRET, readFile: () => Promise.resolve(bytesOf(SECRET)) }

async function reportsOf(text: string): Promise<readonly string[]> {
  const reports = await inspect(bytesOf(text), { strict: false, sources: SOURCES })
  return reports.map((report) => `${report.level} ${report.code} ${describeReport(report)}`)
}

test.each(GOOD)('C2.8 no report of %s', async (_, file) => {
  expect(await reportsOf(JSON.stringify(file, null, 2))).toEqual([])
})

test.each(globSync('examples/**/saga.json', { cwd: ROOT }))(
  'C2.8 no report of %s but a missing store, and retries left to the default',
  async (path) => {
    const reports = await reportsOf(readFileSync(join(ROOT, path), 'utf8'))
    expect(reports.filter((report) => !/^(?:warn store\.missing|info retry\.unstated) /.test(report))).toEqual([])
  },
)

test('C2.8 a file of the tutorial has its placeholders and missing parts reported alone', async () => {
  const codesOf = async (name: string) => {
    const reports = await reportsOf(readFileSync(join(ROOT, 'test/fixtures', name), 'utf8'))
    return reports.map((report) => report.split(' ')[1])
  }
  expect(await codesOf('reservation.kafka-crud.saga.json')).toEqual(['broker.malformed', 'secret.plain'])
  expect(new Set(await codesOf('reservation.tutorial-before-channels.saga.json'))).toEqual(
    new Set(['channels.missing', 'command.unaddressed', 'store.missing']),
  )
})

test('C2.8 a start has no findings of the kinds that check alone reports', async () => {
  const found = await Promise.all(
    PLANTS.map(async ({ file, plant }) => {
      const broken = file()
      plant(broken)
      const { findings } = await examineConfiguration(JSON.stringify(broken), SOURCES)
      return findings.map(({ code }) => code)
    }),
  )
  expect(found.flat().length).toBeGreaterThan(5)
  expect(found.flat().filter((code) => code in INSPECTIONS)).toEqual([])
})

test.each([
  ['machineDefinition', 'positions'],
  ['machineDefinition', 'notes'],
  ['machineDefinition.states[0]', 'position'],
  ['machineDefinition.states[0]', 'note'],
  ['machineDefinition.states[0].outputCommand', 'description'],
  ['machineDefinition.states[0].outputCommand', 'executor'],
  ['machineDefinition.states[0].outgoingTransitions[0]', 'description'],
])("C2.8 in %s the Configurator's key %s is one warning", async (parent, key) => {
  const file = structuredClone(GOOD[0]?.[1])
  const keys = parent.split(/[.[\]]+/).filter((part) => part !== '')
  keys.reduce((tree, part) => tree[part], file)[key] = { x: 1 }
  expect(await reportsOf(JSON.stringify(file))).toEqual([
    expect.stringMatching(new RegExp(`^warn key\\.unknown .*\\.${key}: found an unknown key`)),
  ])
})
