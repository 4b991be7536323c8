import { BatutaError, reasonOf } from '../src/errors.ts'

/** The error of a server that cannot listen, by the variable to change: `HTTP_PORT` where the port is taken, else `HTTP_HOST`. */
export function listenError(host: string | undefined, port: number, thrown: unknown): BatutaError {
  const isTaken = host === undefined || TAKEN.test(reasonOf(thrown)) || TAKEN.test(codeOf(thrown))
  const why = isTaken
    ? `HTTP_PORT: found ${port}, expected a port that is free`
    : `HTTP_HOST: found "${host}", expected an address or a name of this machine`
  return new BatutaError('configuration-invalid', `listen: ${why}: ${reasonOf(thrown)}`, thrown)
}

const TAKEN = /EADDRINUSE|EACCES|AddrInUse|PermissionDenied|in use|permission denied/i

function codeOf(thrown: unknown): string {
  const { code, name } = (thrown ?? {}) as { readonly code?: unknown; readonly name?: unknown }
  return `${String(code)} ${String(name)}`
}
