import { BatutaError, reasonOf } from '../../../src/errors.ts'

/** An error of the driver as it is; any other one as `broker-unreachable`, its message beginning with the action that failed. */
export function failureOf(action: string, thrown: unknown): BatutaError {
  if (thrown instanceof BatutaError) return thrown
  return new BatutaError('broker-unreachable', `${action}: ${reasonOf(thrown)}`, thrown)
}

/** True where the broker refuses one message for its content or size: messages sent with it are not concerned (P15). */
export function isOfOneMessage({ code }: BatutaError): boolean {
  return code === 'message-too-large' || code === 'message-refused'
}
