import { readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { once, POM } from './cache.ts'
import { run } from './tools.ts'

/** The class path of a broker. Maven fetches some 40 MB the first time. */
export async function classPath(): Promise<string> {
  const folder = await once('jars', (part) =>
    run('mvn', ['dependency:copy-dependencies', ...QUIETLY, ...into(part)], '.'),
  )
  return readdirSync(folder)
    .sort()
    .map((jar) => join(folder, jar))
    .join(delimiter)
}

const QUIETLY = ['--quiet', '--batch-mode', '--no-transfer-progress', '-Dstyle.color=never', '--file', POM]

function into(folder: string): string[] {
  return ['-DincludeScope=runtime', `-DoutputDirectory=${folder}`]
}
