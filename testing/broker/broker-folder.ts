import { randomBytes } from 'node:crypto'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Certificates, makeCertificates } from './certificates.ts'
import { formatted } from './formatted.ts'
import { classPath } from './jars.ts'
import { freePorts } from './ports.ts'
import { javaArguments } from './process.ts'
import { type Advertised, PORTS, type Ports, portsOf, properties } from './properties.ts'

/** A folder with all files of a broker. */
export interface BrokerFolder {
  readonly folder: string
  readonly ports: Ports
  readonly certificates: Certificates
  /** Arguments for Java, with these options first. */
  readonly command: (...options: string[]) => string[]
}

/** Id and ports of a node of a cluster. */
export interface ClusterNode {
  readonly id: number
  readonly ports: Ports
}

/** Options of `makeBrokerFolder`. */
export interface BrokerFolderOptions {
  readonly advertised?: Advertised
  readonly settings?: Readonly<Record<string, string>>
  readonly node?: ClusterNode
}

/** Fills an empty folder with data, certificates and server.properties. */
export async function makeBrokerFolder(folder: string, options: BrokerFolderOptions = {}): Promise<BrokerFolder> {
  const { advertised = {}, settings = {}, node } = options
  const path = await classPath()
  const data = join(folder, 'data')
  const file = join(folder, 'server.properties')
  cpSync(await formatted(), data, { recursive: true })
  const certificates = await makeCertificates(folder)
  const ports = node?.ports ?? portsOf(await freePorts(PORTS))
  if (node !== undefined) setNodeId(data, node)
  const more = Object.entries(settings).map(([name, value]) => `\n${name}=${value}`)
  writeFileSync(file, properties({ folder, data, ports, advertised }) + more.join(''))
  return {
    folder,
    ports,
    certificates,
    command: (...options) => [...options, ...javaArguments(path), 'kafka.Kafka', file],
  }
}

/** Formatted data are those of node 1. */
function setNodeId(data: string, { id }: ClusterNode): void {
  const file = join(data, 'meta.properties')
  const lines = readFileSync(file, 'utf8').split('\n')
  const own = lines.filter((line) => !/^(node|directory)\.id=/.test(line))
  writeFileSync(file, [...own, `node.id=${id}`, `directory.id=${randomBytes(16).toString('base64url')}`].join('\n'))
}
