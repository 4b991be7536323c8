import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const OLDEST_JAVA = 17

/** A sentence on the tools to install before a broker can start here; `undefined` where all are there. */
export function missing(): string | undefined {
  const absent = [
    Number.parseInt(javaVersion() ?? '0', 10) >= OLDEST_JAVA ? [] : `Java ${OLDEST_JAVA} or newer`,
    isOnPath('mvn') ? [] : 'Maven',
    // Older versions and LibreSSL cannot make a key and sign its certificate in one command.
    /^OpenSSL [3-9]/.test(outputOf('openssl', 'version')) ? [] : 'OpenSSL 3',
  ].flat()
  if (absent.length === 0) return undefined
  return `a Kafka broker needs ${absent.join(', ')}: apt-get install openjdk-17-jre-headless maven openssl`
}

/** Such as `17.0.15`. */
export function javaVersion(): string | undefined {
  return /version "([^"]+)"/.exec(outputOf('java', '-version'))?.[1]
}

/** True where the tool is found on `PATH`. */
export function isOnPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, tool)))
}

/** The command for a child process that is killed when this process ends, where the system has `setpriv`. */
export function mortal(tool: string, args: readonly string[]): [tool: string, args: string[]] {
  return isOnPath('setpriv') ? ['setpriv', ['--pdeathsig', 'KILL', tool, ...args]] : [tool, [...args]]
}

/** Runs a tool to its end. The error of a failure has the last lines of the tool's output. */
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
