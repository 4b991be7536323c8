import { compileSchema, type CompileSchemaOptions } from '../json-schema/compile-schema.ts'
import type { SchemaViolation } from '../json-schema/schema-run.ts'

/** Checks the payload of an event. Nothing where it is accepted; else a sentence with every problem, bounded in length (C4.2). */
export type PayloadCheck = (payload: unknown) => string | undefined

/**
 * A `payloadValidationSchema` → the check of a transition. Throws a `TypeError` for a schema that the configuration would refuse.
 * The check never throws, takes a bounded time, and its sentence holds no texts of the payload, which may be personal data.
 */
export function compilePayloadCheck(schema: unknown, options?: CompileSchemaOptions): PayloadCheck {
  const compilation = compileSchema(schema, options)
  if (!compilation.ok) throw new TypeError('compile a payloadValidationSchema: the schema is not valid')
  const { check } = compilation
  return (payload) => {
    const result = check(payload)
    if (result === undefined) return undefined
    const more = result.count - result.violations.length
    return result.violations.map(sentence).join('; ') + (more === 0 ? '' : `; and ${more} more`)
  }
}

/** `payload/items/0/price: found a string of length 4, expected a number` */
function sentence({ pointer, found, expected }: SchemaViolation): string {
  return `payload${pointer}: found ${found}, expected ${expected}`
}
