import { randomBytes } from 'node:crypto'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Certificates, makeCertificates } from './certificates.ts'
import { formatted } from './formatted.ts'
import { classPath } from './jars.ts'
import { freePorts } from './ports.ts'
import { javaArguments } from './process.ts'
import { type Advertised, PORTS, type Ports, portsOf, properties } from './properties.ts'

/** A folder with all that a broker needs, and with all that it leaves. */
export interface Site {
  readonly folder: string
  readonly ports: Ports
  readonly certificates: Certificates
  /** Arguments of the Java that runs it. */
  readonly command: (...options: string[]) => string[]
}

/** What a node of a cluster has of its own. */
export interface Node {
  readonly id: number
  readonly ports: Ports
}

/** Lays it out in an empty folder. */
export async function layOut(
  folder: string,
  advertised: Advertised = {},
  settings: Readonly<Record<string, string>> = {},
  node?: Node,
): Promise<Site> {
  const path = await classPath()
  const data = join(folder, 'data')
  const file = join(folder, 'server.properties')
  cpSync(await formatted(), data, { recursive: true })
  const certificates = await makeCertificates(folder)
  const ports = node?.ports ?? portsOf(await freePorts(PORTS))
  if (node !== undefined) name(data, node)
  const more = Object.entries(settings).map(([name, value]) => `\n${name}=${value}`)
  writeFileSync(file, properties(folder, data, ports, advertised) + more.join(''))
  return {
    folder,
    ports,
    certificates,
    command: (...options) => [...options, ...javaArguments(path), 'kafka.Kafka', file],
  }
}

/** What is formatted is node 1's. */
function name(data: string, { id }: Node): void {
  const file = join(data, 'meta.properties')
  const lines = readFileSync(file, 'utf8').split('\n')
  const own = lines.filter((line) => !/^(node|directory)\.id=/.test(line))
  writeFileSync(file, [...own, `node.id=${id}`, `directory.id=${randomBytes(16).toString('base64url')}`].join('\n'))
}
