import process from 'node:process'
import { fileURLToPath } from 'node:url'

const place = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/**
 * The edge worker as one module without Node, as wrangler.toml makes it too. esbuild's process has ended when this resolves
 * (without its thread, `buildSync` waits for it): the caller is about to become another program, which would never bury it.
 */
export async function bundle(outfile: string): Promise<void> {
  process.env['ESBUILD_WORKER_THREADS'] = '0'
  const { buildSync } = await import('esbuild')
  buildSync({
    entryPoints: [place('workers/workerd.ts')],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    alias: { util: place('workers/edge/node-util-stub.ts') },
    logLevel: 'silent', // what goes wrong is thrown
  })
}
