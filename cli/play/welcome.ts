import type { Hono } from 'hono'
import type { MachineDefinition } from '../../src/machine/definition.ts'
import { printable } from '../service/printable.ts'
import { labelsIn } from './machine-labels.ts'

/** What the first lines are about. */
export interface WelcomeOptions {
  readonly url: string
  readonly app: Hono
  readonly machine: MachineDefinition
  readonly configurationPath: string
  readonly playPath: string | undefined
  readonly isAuto: boolean
  readonly keep: string | undefined
}

/** Pages of a service, where it has them. */
const PAGES: readonly (readonly [path: string, words: string])[] = [
  ['/console', 'console'],
  ['/machine.svg', 'picture'],
  ['/documentation', 'API'],
]

/** The first lines of a play: what runs where, and lines to paste. */
export function welcome({ url, app, machine, configurationPath, playPath, isAuto, keep }: WelcomeOptions): string {
  const routes = new Set(app.routes.map(({ path }) => path))
  const pages = PAGES.filter(([path]) => [...routes].some((route) => route.endsWith(path)))
  const answers = isAuto ? 'evenly among the events of the state' : 'by hand'
  const how = playPath === undefined ? answers : `by ${playPath}; commands without an entry: ${answers}`
  const commands = labelsIn(machine)
  const creation = `curl --json '{"associatedEntityId":"order-1","metadata":{}}' ${url}/saga`
  const rows: readonly (readonly [string, string])[] = [
    ['service', `${url}   (${configurationPath}, store: ${keep === undefined ? 'memory' : keep})`],
    ...pages.map(([path, words]) => [words, url + path] as const),
    ['by hand', pages.some(([path]) => path === '/console') ? `${url}/console#/play` : `curl ${url}/play/commands`],
    ['answers', how],
    ['commands', commands.map(printable).join(', ') || 'none with a channel'],
    ['create', creation],
    ['clock', `curl --json '{"forward":"P3D"}' ${url}/play/clock`],
  ]
  const lines = rows.map(([name, value]) => `  ${name.padEnd(10)}${value}`)
  return `\n${lines.join('\n')}\n\n  Ctrl-C stops it. One line for each step of each saga:\n\n`
}
