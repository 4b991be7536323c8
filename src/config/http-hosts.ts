import type { Sections } from './schema.ts'
import { problemAt, type Problem } from './problem.ts'
import { get, objectsIn, type JsonObject, type Path } from './json-tree.ts'

/**
 * Ports that browsers block (WHATWG Fetch, "bad ports"). Node, Bun and workerd send to them all the same; Deno does not, and
 * cannot be told to (`Runtime.blocksPorts`).
 */
export const BLOCKED_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10_080,
])

/** An HTTP host of a valid file, as far as a runtime may be unable to reach it. */
export interface HttpHost {
  /** Of its `configurations`. */
  readonly path: string
  /** The key that says its port. */
  readonly portKey?: string | undefined
  readonly port?: number | undefined
  readonly ssl?: object | undefined
}

/** The HTTP hosts that are sent to: channels, then the store. */
export function httpHosts({ channels, persistency }: Pick<Sections, 'channels' | 'persistency'>): readonly HttpHost[] {
  const path = 'persistencyManagement.configurations'
  return [
    ...channels.flatMap(({ type, configurations }, index) =>
      type === 'rest' ? [{ ...configurations, path: `communicationProtocols[${index}].configurations` }] : [],
    ),
    ...(persistency?.type === 'rest' || persistency?.type === 'crud' ? [{ ...persistency.configurations, path }] : []),
    ...(persistency?.type === 'upstash-redis' ? [inUrl(persistency.configurations.url.reveal(), path)] : []),
  ]
}

function inUrl(text: string, path: string): HttpHost {
  const port = URL.canParse(text) ? new URL(text).port : ''
  return { path, portKey: 'url', ...(port !== '' && { port: Number(port) }) }
}

/** A port that one of the runtimes cannot send to (C2.8). */
export function portFindings(sections: Sections): readonly { readonly path: string; readonly reason: string }[] {
  return httpHosts(sections).flatMap(({ path, port, portKey = 'port' }) => {
    if (port === undefined || !BLOCKED_PORTS.has(port)) return []
    const reason = `browsers block port ${port}, and so does Deno: only Node, Bun and workerd can send to it`
    return [{ path: `${path}.${portKey}`, reason }]
  })
}

/** Authorities beside a protocol that asks for none. */
export function trustProblems(file: JsonObject): readonly Problem[] {
  const of = (path: Path, owner: unknown): readonly Problem[] => {
    const settings = get(owner, 'configurations')
    const ssl = get(settings, 'ssl')
    const isHttp = get(owner, 'type') === 'rest' || get(owner, 'type') === 'crud'
    if (!isHttp || ssl === undefined || get(settings, 'protocol') === 'https') return []
    return [problemAt([...path, 'configurations', 'ssl'], ssl, 'no "ssl" but beside "protocol": "https"')]
  }
  const channels = objectsIn(get(file, 'communicationProtocols'))
  return [
    ...channels.flatMap(([index, channel]) => of(['communicationProtocols', index], channel)),
    ...of(['persistencyManagement'], get(file, 'persistencyManagement')),
  ]
}
