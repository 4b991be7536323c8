import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from './cache.ts'
import { classPath } from './jars.ts'
import { portsOf, properties, SCRAMS, USER } from './properties.ts'
import { run } from './tools.ts'

/** Placeholders: formatted data do not depend on ports. */
const NOWHERE = portsOf([1, 2, 3, 4, 5, 6])
const CLUSTER = 'YmF0dXRhLXRlc3QtYnJvaw'

/** The path of a formatted data folder, to be copied: formatting runs a Java, and takes as long as a broker's start. */
export async function formatted(): Promise<string> {
  const path = await classPath()
  const place = await once('formatted', (part) => format(part, path))
  return join(place, 'data')
}

/** SCRAM users are part of the data. */
async function format(folder: string, path: string): Promise<void> {
  const file = join(folder, 'server.properties')
  mkdirSync(folder)
  writeFileSync(file, properties({ folder, data: join(folder, 'data'), ports: NOWHERE }))
  const { username, password } = USER
  const users = SCRAMS.flatMap((scram) => [
    '--add-scram',
    `${scram}=[name=${username},iterations=4096,password=${password}]`,
  ])
  const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'
  const tool = ['-cp', path, quiet, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER, '-c', file, ...users]
  await run('java', tool, folder)
}
