/**
 * Loads every module of the workers of Node once, under `NODE_COMPILE_CACHE`. Node then keeps them without their types, so that
 * a worker need not load the tool that strips them, which costs 20 MiB (decision 0028). To be run with the flags of the worker:
 * what V8 has compiled counts for these alone.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

/** Without a configuration they load the core, and do not start. */
const ENTRY_POINTS = ['workers/node.ts', 'workers/kafka.ts']
/** Modules of other runtimes, and types. */
const OTHERS = ['workers/{deno,bun,workerd}.ts', 'workers/edge/**', 'adapters/**/deno*', '**/*.d.ts', ...ENTRY_POINTS]

const { CONFIGURATION: _, CONFIGURATIONS_FILE_PATH: __, ...env } = process.env
for (const path of ENTRY_POINTS) spawnSync(process.execPath, [...process.execArgv, path], { env, stdio: 'ignore' })
for (const path of globSync('{src,adapters,workers}/**/*.ts', { exclude: OTHERS }))
  await import(pathToFileURL(path).href)
process.exit() // a module may hold a timer
