import { median } from '../../testing/load/figures.ts'
import { table } from '../columns.ts'
import type { TableRow } from '../columns.ts'
import { AT_ONCE, PEERS, TITLES } from './names.ts'
import type { PeerName } from './names.ts'

/** One measurement. */
export interface PeerFigures {
  readonly atOnce: number
  /** Sagas a second. */
  readonly rate: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Processor time of all processes of the peer for each saga. */
  readonly microseconds: number
  /** Cores. */
  readonly busy: { readonly service: number; readonly driver: number; readonly others: number }
  /** MiB of all processes of the peer. */
  readonly resident: number
}

/** Peer → round → its figures, one for each concurrency. */
export type PeerResults = ReadonlyMap<PeerName, readonly (readonly PeerFigures[])[]>

type Pick = (figures: PeerFigures) => number

/** The figures, one line each. `×` is this project's advantage: its sagas a second to the peer's, the peer's CPU to its. */
export function peersTable(results: PeerResults): string {
  const head = [
    'in flight',
    '',
    'sagas/s',
    '×',
    'p50 ms',
    'p99 ms',
    'CPU ms a saga',
    '×',
    'RSS MiB',
    'cores: it',
    'driver',
    'others',
  ]
  const rows = AT_ONCE.flatMap((atOnce) =>
    PEERS.filter((name) => results.has(name)).map((name) => [
      String(atOnce),
      TITLES[name],
      ...cells(results, name, atOnce),
    ]),
  )
  return table([head, ...rows])
}

function cells(results: PeerResults, name: PeerName, atOnce: number): TableRow {
  const all = of(results, name, atOnce)
  const cell = (pick: Pick, digits: number) => shown(median(all.map(pick)), digits)
  return [
    cell(({ rate }) => rate, 0),
    name === 'batuta' ? '' : shown(ratio(results, { name, atOnce, pick: ({ rate }) => rate }), 2),
    cell(({ p50 }) => p50, 1),
    cell(({ p99 }) => p99, 1),
    cell(({ microseconds }) => microseconds / 1_000, 2),
    name === 'batuta' ? '' : shown(1 / ratio(results, { name, atOnce, pick: ({ microseconds }) => microseconds }), 2),
    cell(({ resident }) => resident, 0),
    cell(({ busy }) => busy.service, 2),
    cell(({ busy }) => busy.driver, 2),
    cell(({ busy }) => busy.others, 2),
  ]
}

/** A peer may end no saga in a short window on a busy machine: then there is no figure. */
function shown(figure: number, digits: number): string {
  return Number.isFinite(figure) ? figure.toFixed(digits) : '–'
}

/** The goals against Restate with one partition, 64 at once, one line each; empty where it was not measured. */
export function peersReach(results: PeerResults): string {
  if (!results.has('restate-1')) return ''
  const name = 'restate-1'
  const rate = ratio(results, { name, atOnce: 64, pick: (one) => one.rate })
  const p99 = ratio(results, { name, atOnce: 64, pick: (one) => one.p99 })
  return [
    line(rate >= 6, `6 times the sagas a second of Restate with one partition, 64 at once: ${rate.toFixed(1)}`),
    line(p99 <= 1 / 5, `a fifth of its p99: 1/${(1 / p99).toFixed(1)}`),
  ].join('\n')
}

/** The median of the ratios of each round, this project to the peer: a disturbance of a round affects both. */
function ratio(
  results: PeerResults,
  { name, atOnce, pick }: { readonly name: PeerName; readonly atOnce: number; readonly pick: Pick },
): number {
  const ours = of(results, 'batuta', atOnce).map(pick)
  return median(of(results, name, atOnce).map((theirs, round) => (ours[round] ?? Number.NaN) / pick(theirs)))
}

function of(results: PeerResults, name: PeerName, atOnce: number): readonly PeerFigures[] {
  return (results.get(name) ?? []).flatMap((round) => round.filter((one) => one.atOnce === atOnce))
}

/** Cores kept busy by other processes. */
export function peersDisturbance(results: PeerResults): number {
  return median([...results.values()].flat(2).map(({ busy }) => busy.others))
}

/** A line of a list of goals. */
export function line(isReached: boolean, text: string): string {
  return `  ${isReached ? 'yes' : 'NO '}  ${text}`
}
