import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { family } from '../services/processes.ts'
import type { Living } from '../services/processes.ts'
import { imageOf, stagesOf } from './containerfile.ts'
import type { Image } from './containerfile.ts'
import { isInContext } from './context.ts'
import { read, ROOT } from './files.ts'

/** True if this process may make a root file system of its own: Linux, root, mounts. */
export function canEmulate(): boolean {
  return process.getuid?.() === 0 && spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0
}

/** A container without an engine. The image's files are its root, read-only except for the volume. */
export class Container {
  readonly root: string = mkdtempSync(join(tmpdir(), 'batuta-container-'))
  readonly data: string = mkdtempSync(join(tmpdir(), 'batuta-volume-'))
  readonly image: Image
  output = ''
  readonly #environment: readonly string[]
  #child: ChildProcess | undefined

  /** `configuration` is a file, which is put where the image reads its saga.json. */
  constructor(configuration: string, environment: Readonly<Record<string, string>>) {
    const stage = stagesOf(read('Containerfile')).at(-1)
    this.image = imageOf(stage)
    const variables = { ...Object.fromEntries(this.image.environment), ...environment, PATH: '/usr/local/bin:/usr/bin' }
    this.#environment = Object.entries(variables).map(([name, value]) => `${name}=${value}`)
    for (const { keyword, flags, words } of stage?.steps ?? [])
      if (keyword === 'COPY') copy(words, join(this.root, this.image.workdir), flags.has('from'))
    const [uid = 0, gid = 0] = this.image.user?.split(':').map(Number) ?? []
    chownSync(this.data, uid, gid)
    chmodSync(this.root, 0o755) // a temporary folder is readable by its owner only
    const place = join(this.root, this.image.environment.get('CONFIGURATIONS_FILE_PATH') ?? '')
    mkdirSync(dirname(place), { recursive: true })
    copyFileSync(configuration, place)
    for (const folder of ['proc', 'dev', 'data', 'local/bin']) mkdirSync(join(this.root, folder), { recursive: true })
    writeFileSync(join(this.root, 'local/bin/node'), '') // a place to mount this machine's node at
    for (const { keyword, words } of stage?.steps ?? []) if (keyword === 'RUN') link(words, this.root)
  }

  /** Starts the image's entrypoint with its command, or another one. */
  start(command: readonly string[] = this.image.command?.words ?? []): void {
    this.#spawn([...(this.image.entrypoint?.words ?? []), ...command])
  }

  /** Runs a command in place of the image's entrypoint, as an init container does; answers its exit code. */
  run(...words: readonly string[]): Promise<number | null> {
    const child = this.#spawn(words)
    return new Promise((resolve) => child.once('close', resolve))
  }

  #spawn(words: readonly string[]): ChildProcess {
    const child = spawn('unshare', ['--mount', '--pid', '--fork', 'sh', '-c', MOUNT, 'sh', ...this.#inside(words)], {
      env: { PATH: process.env['PATH'] ?? '', ROOT: this.root, DATA: this.data, NODE: process.execPath },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => void (this.output += text))
    this.#child = child
    return child
  }

  /** The id that process 1 of the container has on the machine. */
  get pid(): number {
    return this.#family()[0]?.pid ?? 0
  }

  /** A field of `/proc/<pid>/status` of process 1. */
  status(name: string): string | undefined {
    return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(readFileSync(`/proc/${this.pid}/status`, 'utf8'))?.[1]
  }

  /** Runs a command in the running container, as its user; answers the exit code. */
  exec(...words: readonly string[]): number | null {
    const into = ['--target', String(this.pid), '--mount', '--pid', 'chroot', ...this.#inside(words).slice(1)]
    return spawnSync('nsenter', into, { stdio: 'ignore' }).status
  }

  /** Sends SIGTERM to process 1, as engines do; answers the exit code. */
  stop(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.#child?.once('close', resolve))
    process.kill(this.pid, 'SIGTERM')
    return ended
  }

  remove(): void {
    if (this.#child?.exitCode === null) for (const { pid } of this.#family()) process.kill(pid, 'SIGKILL')
    for (const folder of [this.root, this.data]) rmSync(folder, { recursive: true, force: true })
  }

  /** The innermost first. */
  #family(): readonly Living[] {
    return this.#child?.pid === undefined ? [] : family(this.#child.pid).toReversed()
  }

  #inside(words: readonly string[]): readonly string[] {
    const { user = '0:0', workdir } = this.image
    return [
      'chroot',
      `--userspec=${user}`,
      '--groups=',
      this.root,
      'env',
      '-i',
      '-C',
      workdir,
      ...this.#environment,
      ...words,
    ]
  }
}

/** The libraries are this machine's; every other file is the image's. The last line runs the command. */
const MOUNT = `set -e
mount --make-rprivate /
mount --bind "$ROOT" "$ROOT"
for name in usr bin lib lib64 etc; do
  if [ -L "/$name" ]; then cp -P "/$name" "$ROOT/$name"; elif [ -d "/$name" ]; then
    mkdir -p "$ROOT/$name"; mount --bind "/$name" "$ROOT/$name"; mount -o remount,bind,ro "$ROOT/$name"; fi
done
mount --bind "$NODE" "$ROOT/local/bin/node"
mount --rbind "$ROOT/local" "$ROOT/usr/local"
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
mount -o remount,bind,ro "$ROOT"
mount --bind "$DATA" "$ROOT/data"
exec "$@"`

/** Makes the links of a `RUN`, of which nothing else is carried out. `/usr/local` is mounted from `local`. */
function link(words: readonly string[], root: string): void {
  for (const [, target = '', path = ''] of words.join(' ').matchAll(/\bln -s (\S+) \/usr(\S+)/g))
    symlinkSync(target, join(root, path))
}

/** As `COPY` does. The modules of the other stage are the clone's modules that `npm ci` would install there. */
function copy(words: readonly string[], workdir: string, isFromStage: boolean): void {
  const target = words.at(-1) ?? ''
  if (isFromStage) return copyModules(join(workdir, target))
  const ignore = read('.dockerignore')
  for (const source of words.slice(0, -1))
    cpSync(join(ROOT, source), join(workdir, target, target.endsWith('/') ? basename(source) : ''), {
      recursive: true,
      filter: (path) => statSync(path).isDirectory() || isInContext(ignore, relative(ROOT, path)),
    })
}

function copyModules(target: string): void {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Record<string, unknown>> }
  for (const [path, { dev, optional, devOptional, link }] of Object.entries(packages))
    if (path.startsWith('node_modules/') && [dev, optional, devOptional, link].every((mark) => mark !== true))
      cpSync(join(ROOT, path), join(target, path.slice('node_modules/'.length)), { recursive: true })
}
