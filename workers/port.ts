import { BatutaError, reasonOf } from '../src/errors.ts'

/** Why nobody can listen there, such as that somebody else does, in the words of the environment. */
export function noPort(port: number, thrown: unknown): BatutaError {
  const why = `HTTP_PORT: found ${port}, expected a port that is free: ${reasonOf(thrown)}`
  return new BatutaError('configuration-invalid', `open the door: ${why}`, thrown)
}
