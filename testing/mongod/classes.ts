import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { once } from '../broker/cache.ts'
import { isOnPath, javaVersion, run } from '../broker/tools.ts'

const POM = join(import.meta.dirname, 'pom.xml')
const SOURCES = ['Mongod.java', 'Sagas.java'].map((name) => join(import.meta.dirname, name))
const OLDEST_JAVA = 17

/** The tools to install before a server can start; `undefined` where it can. */
export function missing(): string | undefined {
  const absent = [
    Number.parseInt(javaVersion() ?? '0', 10) >= OLDEST_JAVA ? [] : `Java ${OLDEST_JAVA} or newer`,
    isOnPath('javac') ? [] : 'its compiler',
    isOnPath('mvn') ? [] : 'Maven',
  ].flat()
  if (absent.length === 0) return undefined
  return `a MongoDB-compatible server needs ${absent.join(', ')}: apt-get install openjdk-17-jdk-headless maven`
}

/** The class path of a server. The first call downloads some 6 MB by Maven. */
export async function classPath(): Promise<string> {
  const folder = await once(`mongod-${fingerprint()}`, make)
  const jars = readdirSync(join(folder, 'jars')).map((jar) => join(folder, 'jars', jar))
  return [join(folder, 'classes'), ...jars.sort()].join(delimiter)
}

async function make(folder: string): Promise<void> {
  mkdirSync(folder)
  const quietly = ['--quiet', '--batch-mode', '--no-transfer-progress', '-Dstyle.color=never', '--file', POM]
  const into = ['-DincludeScope=runtime', `-DoutputDirectory=${join(folder, 'jars')}`]
  await run('mvn', ['dependency:copy-dependencies', ...quietly, ...into], '.')
  const out = ['-cp', join(folder, 'jars', '*'), '-d', join(folder, 'classes')]
  await run('javac', ['-encoding', 'UTF-8', ...out, ...SOURCES], '.')
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const file of [POM, ...SOURCES]) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}
