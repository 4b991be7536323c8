/** Globals of hosts. */
const HOST = ['console', 'process', 'Deno', 'Bun', 'Buffer', 'navigator', 'global', 'window', 'self', 'require']

/** Time, chance and network, which the core gets from `Runtime`. */
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate']
const NETWORK = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource']
const RUNTIME = ['performance', 'crypto', 'caches', 'queueMicrotask', ...TIMERS, ...NETWORK]

/** The rule of the core: no globals of a host, no time, chance and network, and none of these names. */
export function coreWithout(...more: readonly string[]): readonly unknown[] {
  return restricted([...more, ...RUNTIME, ...HOST])
}

/** The rule of an adapter: no globals of a host but these. */
export function hostWithout(has: readonly string[]): readonly unknown[] {
  return restricted(HOST.filter((name) => !has.includes(name)))
}

function restricted(globals: readonly string[]): readonly unknown[] {
  return ['error', { globals, checkGlobalObject: true, globalObjects: ['global'] }]
}
