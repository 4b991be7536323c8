import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { SimulationReport } from '../../../../cli/commands/simulate/simulation-report.ts'
import { ROOT } from '../run.ts'
import { runCommand } from '../service.ts'
import { PLAY, plantDoubleCharge, plantStandStill, PROPERTIES, writeOrder, writeText } from './order-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'batuta-simulate-'))
afterAll(() => rmSync(folder, { recursive: true }))

const RESERVATION = join(ROOT, 'examples/reservation/saga.json')
const ORDER = join(ROOT, 'examples/order/saga.json')
const MONEY = writeText(folder, 'money.json', JSON.stringify(PROPERTIES))
const RUNS = ['--seeds', '60', '--jobs', '1', '--most', '20000', '--faults', '1']

async function simulate(...args: readonly string[]) {
  return runCommand(['simulate', ...args], {})
}

async function reportOf(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly report: SimulationReport }> {
  const { code, stdout } = await simulate(...args, ...RUNS, '--json')
  return { code, report: JSON.parse(stdout) as SimulationReport }
}

describe('batuta simulate', { timeout: 120_000 }, () => {
  test('a sound machine: code 0, all states reached, its paths with shares and durations', async () => {
    const { code, stdout, stderr } = await simulate(RESERVATION, ...RUNS)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^exhaustive: every order in which one saga can go, with up to 1 fault: \d+ situations\n/)
    expect(stdout).toContain('random: seeds 1 to 60, each run without faults (60 sagas) and with faults (')
    expect(stdout).toMatch(/\n[\d.]+ % +\d+ ms .* reservationConfirmed +validationOK, checkOK\n/)
    expect(stdout).toMatch(/\nnothing was found\n$/)
  })

  test('the same seeds give the same text, on one thread and on two; other seeds another one', async () => {
    const one = await simulate(RESERVATION, ...RUNS)
    const two = await simulate(RESERVATION, ...RUNS.with(3, '2'))
    expect(two.stdout).toBe(one.stdout)
    expect((await simulate(RESERVATION, ...RUNS, '--from', '1000')).stdout).not.toBe(one.stdout)
  })

  test('the order with its play: durations come from latencies and deadlines, costs from the play', async () => {
    const play = writeText(
      folder,
      'priced.json',
      JSON.stringify({
        commands: {
          reserveStock: { events: { stockReserved: 1 }, latency: 'PT1S', cost: 2 },
          takePayment: { silence: 1, cost: 10 },
          cancelPayment: { events: { paymentCancelled: 1 }, script: ['paymentTaken'], latency: 'PT2S', cost: 1 },
          refundPayment: { latency: 'PT3S' },
        },
      }),
    )
    const { report } = await reportOf(ORDER, '--play', play)
    const [path, ...others] = report.paths
    expect(others).toEqual([])
    expect(path).toMatchObject({
      events: ['stockReserved', 'paymentExpired', 'paymentTaken', 'refunded', 'stockReleased'],
      end: 'final',
      share: 1,
      cost: { mean: 13, p50: 13, p99: 13 }, // takePayment comes three times under one key
    })
    const deadlines = 3 * 15 * 60_000
    expect(path?.duration.p50).toBeGreaterThanOrEqual(deadlines + 6_000)
    expect(path?.duration.p99).toBeLessThan(deadlines + 7_000)
    expect([...report.neverReached, ...report.reachedByNoRun]).toContain('backOrdered')
  })

  test('the order of the examples keeps the properties of its money', async () => {
    const { code, report } = await reportOf(ORDER, '--play', PLAY, '--properties', MONEY)
    expect(report.findings.filter((one) => one.isFault)).toEqual([])
    expect(code).toBe(0)
  })

  test('a planted stand-still is found, with its state and its reason: code 1', async () => {
    const file = writeOrder(folder, 'still.json', plantStandStill)
    const { code, report } = await reportOf(file, '--play', PLAY)
    expect(code).toBe(1)
    const found = report.findings.filter((one) => one.isFault)
    expect(found.map(({ what }) => what)).toEqual([
      { kind: 'stands-still', state: 'backOrdered', cause: 'nobody-asked' },
    ])
    expect(found[0]?.explored?.trace.at(-1)?.state).toBe('backOrdered')
    expect(found[0]?.runs?.example.trace.map(({ text }) => text)).toContain('stockShort: orderPlaced → backOrdered')
    const { stdout } = await simulate(file, '--play', PLAY, ...RUNS)
    expect(stdout).toContain('FOUND a saga can stand still for ever in "backOrdered": the state has no command')
    expect(stdout).toMatch(/\n1 finding\n$/)
  })

  test('a planted double charge is found by a property, with the way to it: code 1', async () => {
    const file = writeOrder(folder, 'double.json', plantDoubleCharge)
    const { code, report } = await reportOf(file, '--play', PLAY, '--properties', MONEY)
    expect(code).toBe(1)
    const twice = report.findings.find(({ what }) => what.kind === 'property' && what.index === 0)
    expect(twice).toMatchObject({ isFault: true, what: { rule: 'never', text: 'paymentTaken twice' } })
    expect(twice?.explored?.faults).toBe(0)
    expect(twice?.explored?.trace.filter(({ text }) => text.startsWith('paymentTaken arrives'))).toHaveLength(2)
    expect(twice?.runs?.sagas).toBeGreaterThan(0)
  })

  test('where the exploration is cut off it says so, and the runs find the double charge', async () => {
    const file = writeOrder(folder, 'double-cut.json', plantDoubleCharge)
    const few = ['--seeds', '200', '--jobs', '1', '--most', '3']
    const { code, stdout } = await simulate(file, '--play', PLAY, '--properties', MONEY, ...few)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^not exhaustive: the exploration ended after \d+ situations \(--most\)/)
    expect(stdout).toContain('FOUND property broken: never [paymentTaken twice]\n')
    const [, seed = ''] = /seed (\d+), /.exec(stdout) ?? []
    const again = await simulate(file, '--play', PLAY, '--seed', seed, '--without-faults')
    expect(again.code).toBe(0)
    expect(again.stdout).toContain('created in orderPlaced')
  })

  test('a silent participant is the machine’s affair where the play says so, and a failure where it does not', async () => {
    const silent = writeText(
      folder,
      'silent.json',
      JSON.stringify({ commands: { checkReservation: { silence: 0.5 } } }),
    )
    const { code, report } = await reportOf(RESERVATION, '--play', silent)
    expect(code).toBe(1)
    expect(report.findings.map(({ what, isFault }) => ({ what, isFault }))).toEqual([
      { what: { kind: 'stands-still', state: 'reservationValidated', cause: 'silent' }, isFault: true },
      { what: { kind: 'stands-still', state: 'reservationCreated', cause: 'answer-lost' }, isFault: false },
    ])
    expect((await simulate(RESERVATION, ...RUNS, '--strict')).code).toBe(1)
  })

  test('a file that cannot be read, and one with problems: the reason on stderr, code 2', async () => {
    const typo = writeText(folder, 'typo.json', '{"commands":{"validateReservation":{"cost":"much"}}}')
    const wrong = writeText(folder, 'wrong.json', '{"never":[["nonsense"]]}')
    for (const [args, why] of [
      [['missing.json'], 'read "missing.json"'],
      [[RESERVATION, '--play', typo], 'found "much", expected a number, from 0'],
      [[RESERVATION, '--play', 'missing.json'], 'read "missing.json"'],
      [[RESERVATION, '--properties', wrong], 'nonsense'],
    ] as const) {
      const { code, stdout, stderr } = await simulate(...args)
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toContain(why)
    }
  })
})
