import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'

export const ROOT: string = join(import.meta.dirname, '../..')

/** The files that `npm pack` reads. It builds in a copy, so that no other test sees a `dist` that is half written. */
const PACKED = [
  'src',
  'adapters',
  'workers',
  'cli',
  'testing',
  'scripts',
  'README.md',
  'LICENSE',
  'saga.schema.json',
  'play.schema.json',
  'properties.schema.json',
]
const MANIFESTS = ['package.json', 'tsconfig.base.json', 'tsconfig.json']

/** The clone's own tools first: its Node, and Deno for tasks. */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  ...process.env,
  NO_COLOR: '1',
  PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`,
}

/** The parts of package.json that the tests look at. */
export interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly dependencies: Readonly<Record<string, string>>
}

/** Builds and packs the clone below `folder`; answers the path of the tarball. */
export async function packTarball(folder: string): Promise<string> {
  const copy = join(folder, 'clone')
  for (const name of [...PACKED, ...MANIFESTS]) cpSync(join(ROOT, name), join(copy, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  await runTool('npm', ['pack', '--loglevel=error', `--pack-destination=${folder}`], copy)
  const { version } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8')) as { version: string }
  rmSync(copy, { recursive: true })
  return join(folder, `batuta-${version}.tgz`)
}

/** Unpacks a tarball as an installation has it. */
export async function unpackTarball(tarball: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await runTool('tar', ['xzf', tarball, '--strip-components=1', '-C', folder], folder)
}

/**
 * A project that has the tarball installed, beside it the dependencies of the package and these other packages. All but the
 * package itself are links into the clone, so that nothing is downloaded; its peers cannot be found by way of a link.
 */
export async function installTarball(tarball: string, project: string, others: readonly string[]): Promise<string> {
  const installed = join(project, 'node_modules/batuta')
  await unpackTarball(tarball, installed)
  const { dependencies } = manifestOf(installed)
  for (const name of [...Object.keys(dependencies), ...others]) linkPackage(project, name)
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  return installed
}

export function linkPackage(project: string, name: string): void {
  const link = join(project, 'node_modules', name)
  if (existsSync(link)) return
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules', name), link)
}

export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** Runs a tool to its end; answers what it wrote. Rejects with that where the tool fails. */
export async function runTool(tool: string, args: readonly string[], folder: string): Promise<string> {
  const options = { cwd: folder, env: ENVIRONMENT, timeout: 600_000, maxBuffer: 16 * 1024 * 1024 }
  const ran = await promisify(execFile)(tool, args, options).catch((thrown: Error & Partial<Written>) => {
    throw new Error(`run ${tool} ${args.join(' ')}: ${thrown.stdout ?? ''}${thrown.stderr ?? ''}${thrown.message}`)
  })
  return ran.stdout + ran.stderr
}

interface Written {
  readonly stdout: string
  readonly stderr: string
}
