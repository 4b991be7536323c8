import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { POSTGRES } from '../settings.ts'
import { startServer } from './server-process.ts'

/** A PostgreSQL on a new folder. */
export interface Postgres {
  readonly pid: number
  /** Its URL, without a database. */
  url(database: string): string
  close(): Promise<void>
}

const USER = 'bench'
const PORT = '5432' // the name of the socket; nothing listens on a port

/** The folder with the programs of an installed PostgreSQL; `undefined` where there is none. */
export function findPostgres(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = folders.map((folder) => join(folder, 'postgres')).find((file) => existsSync(file))
  if (found === undefined) return undefined
  const programs = dirname(realpathSync(found))
  return existsSync(join(programs, 'initdb')) ? programs : undefined
}

/** Starts it with the settings of the bench. Its socket is in a folder of its own with a short name. */
export async function startPostgres(programs: string, folder: string): Promise<Postgres> {
  const user = ordinaryUser()
  const data = join(folder, 'postgres')
  const sockets = mkdtempSync(join(tmpdir(), 'pg-'))
  mkdirSync(data, { recursive: true })
  for (const one of [data, sockets]) if (user !== undefined) chownSync(one, user.uid, user.gid)
  const initdb = [
    '-D',
    data,
    '-U',
    USER,
    '--auth=trust',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ]
  execFileSync(join(programs, 'initdb'), initdb, { cwd: data, stdio: 'pipe', ...user })
  const settings = Object.entries({ ...POSTGRES.settings, unix_socket_directories: sockets, port: PORT })
  const server = await startServer({
    tool: join(programs, 'postgres'),
    args: ['-D', data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    folder: data,
    log: join(folder, 'postgres.log'),
    user,
    isReady: () => takesConnections(join(sockets, `.s.PGSQL.${PORT}`)),
  })
  return {
    pid: server.pid,
    url: (database) => `postgresql://${USER}@localhost:${PORT}/${database}?host=${encodeURIComponent(sockets)}`,
    async close() {
      await server.stop('SIGINT') // fast shutdown
      rmSync(sockets, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root: then its own user, who comes with its package. */
function ordinaryUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function takesConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket
      .once('error', () => resolve(false))
      .once('connect', () => {
        socket.destroy()
        resolve(true)
      })
  })
}
