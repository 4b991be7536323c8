import process from 'node:process'
import { fileURLToPath } from 'node:url'

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Options of `bundle`. */
export interface BundleOptions {
  /** Path of the module of compiled hooks; absent: none. */
  readonly hooks?: string
  /** Entry point, from the root of the repository. */
  readonly entry?: string
}

/**
 * Bundles the edge worker into one module without Node, as wrangler.toml does. Resolves after esbuild's process has exited
 * (`buildSync` without a thread waits for it): the caller replaces itself with workerd, and its children would become zombies.
 */
export async function bundle(
  outfile: string,
  { hooks, entry = 'workers/workerd.ts' }: BundleOptions = {},
): Promise<void> {
  process.env['ESBUILD_WORKER_THREADS'] = '0'
  const { buildSync } = await import('esbuild')
  buildSync({
    entryPoints: [pathOf(entry)],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    alias: { util: pathOf('workers/edge/node-util-stub.ts'), ...(hooks !== undefined && { '#hooks': hooks }) },
    logLevel: 'silent', // errors are thrown
  })
}
