import { finding, type Finding } from './finding.ts'
import { get, objectsIn, type JsonObject, type Path } from './json-tree.ts'
import { mismatchAt, problem, type Problem } from './problem.ts'
import type { Sections } from './schema.ts'

/**
 * Ports that browsers block (WHATWG Fetch, "bad ports"). Node, Bun and workerd send to them. Deno does not, and has no option
 * for it (`Runtime.blocksPorts`).
 */
export const BLOCKED_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
])

/** An HTTP host of a valid file, with the settings that some runtimes cannot serve. */
export interface HttpHost {
  /** Path of its `configurations`. */
  readonly path: string
  /** The key that holds its port; absent: `port`. */
  readonly portKey?: string | undefined
  readonly port?: number | undefined
  readonly ssl?: object | undefined
}

/** The HTTP hosts of channels, then of the store. */
export function httpHosts({ channels, persistency }: Pick<Sections, 'channels' | 'persistency'>): readonly HttpHost[] {
  const path = 'persistencyManagement.configurations'
  return [
    ...channels.flatMap(({ type, configurations }, index) =>
      type === 'rest' ? [{ ...configurations, path: `communicationProtocols[${index}].configurations` }] : [],
    ),
    ...(persistency?.type === 'rest' || persistency?.type === 'crud' ? [{ ...persistency.configurations, path }] : []),
    ...(persistency?.type === 'upstash-redis' ? [hostOfUrl(persistency.configurations.url.reveal(), path)] : []),
  ]
}

function hostOfUrl(url: string, path: string): HttpHost {
  const port = URL.canParse(url) ? new URL(url).port : ''
  return { path, portKey: 'url', ...(port !== '' && { port: Number(port) }) }
}

/** Ports that one of the runtimes blocks (C2.8). */
export function blockedPortFindings(sections: Sections): readonly Finding[] {
  return httpHosts(sections).flatMap(({ path, port, portKey = 'port' }) => {
    if (port === undefined || !BLOCKED_PORTS.has(port)) return []
    const expected = 'a port that browsers do not block: Deno blocks it too; Node, Bun and workerd send to it'
    return [finding('port.blocked', { path: `${path}.${portKey}`, found: String(port), expected })]
  })
}

/** Authorities for a host without HTTPS. */
export function authorityProblems(file: JsonObject): readonly Problem[] {
  const channels = objectsIn(get(file, 'communicationProtocols'))
  return [
    ...channels.flatMap(([index, channel]) => authorityProblem(channel, ['communicationProtocols', index])),
    ...authorityProblem(get(file, 'persistencyManagement'), ['persistencyManagement']),
  ]
}

function authorityProblem(section: unknown, path: Path): readonly Problem[] {
  const settings = get(section, 'configurations')
  const ssl = get(settings, 'ssl')
  const isHttp = get(section, 'type') === 'rest' || get(section, 'type') === 'crud'
  if (!isHttp || ssl === undefined || get(settings, 'protocol') === 'https') return []
  const mismatch = mismatchAt([...path, 'configurations', 'ssl'], ssl, '"ssl" only with "protocol": "https"')
  return [problem('ssl.without-https', mismatch)]
}
