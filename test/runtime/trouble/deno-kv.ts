import type { Mistake } from './mistake.ts'

/** Mistakes in the path of `deno-kv`, which is opened at the start. `garbage` is a file of another format. */
export function denoKvMistakes(garbage: () => string): readonly Mistake[] {
  const mistake = (what: string, path: () => string, told: Mistake['told']): Mistake => ({
    what,
    script: 'start:deno',
    store: () => ({ type: 'deno-kv', configurations: { path: path() } }),
    told,
    isRefused: true,
  })
  return [
    mistake('a file of somebody else', garbage, [
      /open the store "deno-kv" at ".*garbage\.kv"/,
      /file is not a database/,
      /expected a file made by Deno KV, or none/,
    ]),
    mistake('a place where nobody may write', () => '/proc/batuta/sagas.kv', [
      /persistencyManagement\.configurations\.path: found "\/proc\/batuta"/,
      /Requires .* access to "\/proc\/batuta"/,
      /expected a folder that is there or can be made/,
    ]),
    mistake('a database by its URL, without its token', () => 'http://127.0.0.1:1/sagas/connect', [
      /open the store "deno-kv" at "http:\/\/127\.0\.0\.1:1\/sagas\/connect"/,
      /Missing DENO_KV_ACCESS_TOKEN/,
      /are the URL and DENO_KV_ACCESS_TOKEN right\?/,
    ]),
  ]
}
