import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const OLDEST_JAVA = 17

/** One sentence that says what to install before a broker can start here; nothing where it can. */
export function missing(): string | undefined {
  const absent = [
    Number.parseInt(javaVersion() ?? '0', 10) >= OLDEST_JAVA ? [] : `Java ${OLDEST_JAVA} or newer`,
    isOnPath('mvn') ? [] : 'Maven',
    // Older ones, and LibreSSL, do not sign a certificate in the command that makes its key.
    /^OpenSSL [3-9]/.test(outputOf('openssl', 'version')) ? [] : 'OpenSSL 3',
  ].flat()
  if (absent.length === 0) return undefined
  return `a Kafka broker needs ${absent.join(', ')}: apt-get install openjdk-17-jre-headless maven openssl`
}

/** As Java says it, `17.0.15` say. */
export function javaVersion(): string | undefined {
  return /version "([^"]+)"/.exec(outputOf('java', '-version'))?.[1]
}

export function isOnPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)))
}

/** What to spawn for a child that dies with this process, where the system can do that. */
export function mortal(tool: string, args: readonly string[]): [tool: string, args: string[]] {
  return isOnPath('setpriv') ? ['setpriv', ['--pdeathsig', 'KILL', tool, ...args]] : [tool, [...args]]
}

/** Runs a tool to its end. Where it fails, the error has what the tool wrote. */
export async function run(tool: string, args: readonly string[], cwd: string): Promise<void> {
  const options = { cwd, maxBuffer: 64 * 1024 * 1024 }
  await promisify(execFile)(...mortal(tool, args), options).catch((error: Error & Output) => {
    const said = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim().split('\n').slice(-20).join('\n')
    throw new Error(`run ${tool} ${args[0]}: ${said || error.message}`)
  })
}

interface Output {
  readonly stdout?: string
  readonly stderr?: string
}

function outputOf(tool: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(tool, args, { encoding: 'utf8' })
  return `${stdout ?? ''}${stderr ?? ''}`
}
