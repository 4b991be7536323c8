import type { DocumentForm } from '../../../src/codec/document-form.ts'
import { BatutaError } from '../../../src/errors.ts'
import { formIn, schemaIn, schemaProblems } from './collection-schema.ts'
import type { StatesOfMachine } from './collection-schema.ts'
import type { CrudClient, CrudRequest } from './connect.ts'

/** Bytes of an answer with the schemas of all collections. */
const KEEP = 16 * 1024 * 1024
const SCHEMAS: CrudRequest = { action: 'ask for the schemas', method: 'GET', place: '/-/schemas', keep: KEEP }

/**
 * The form that the collection wants (C5a), as far as it is known: asked of the service, or learnt from a refused write. Plain data, so
 * that the stores of all requests of an isolate share it.
 */
export class CrudCollection {
  readonly #name: string
  readonly #machine: StatesOfMachine | undefined
  #form: DocumentForm = {}
  #problems: readonly string[] = []
  #isAsked = false

  /** `name`: of the collection, which the service answers beside its schema. */
  constructor(name: string, machine: StatesOfMachine | undefined) {
    this.#name = name
    this.#machine = machine
  }

  /** The form of the next write: what the collection wants, else what the stored document has. */
  form(stored: DocumentForm | undefined): DocumentForm {
    const { latestEvent = stored?.latestEvent ?? 'string', businessStateId = stored?.businessStateId } = this.#form
    return { latestEvent, businessStateId }
  }

  /** The error of a collection that cannot hold the sagas of this machine; `undefined` where it can, or is not known. */
  get unusable(): BatutaError | undefined {
    if (this.#problems.length === 0) return undefined
    const lines = this.#problems.map((problem) => `\n  ${problem}`).join('')
    const what = `the collection ${JSON.stringify(this.#name)} of the CRUD Service cannot hold the sagas of this saga.json:`
    return new BatutaError('store-unusable', `use the store "crud": ${what}${lines}`)
  }

  /**
   * Asks for the schema unless it is known. A service without this route, or a gateway that does not pass it, is not asked again:
   * its refusals teach the same. Without an answer nothing is known, and the next call asks again.
   */
  async ask(client: CrudClient, until?: number): Promise<void> {
    if (this.#isAsked) return
    const answer = await client.ask({ ...SCHEMAS, until }).catch(() => undefined)
    if (answer === undefined || answer.status >= 500) return
    this.#isAsked = true
    const schema = answer.status === 200 ? schemaIn(parsed(answer.body), this.#name) : undefined
    this.#problems = schema === undefined ? [] : schemaProblems(schema, this.#machine)
    if (schema !== undefined) this.#know(formIn(schema))
  }

  /** A part of a field that is not known stays as it was. */
  #know({ latestEvent = this.#form.latestEvent, businessStateId = this.#form.businessStateId }: DocumentForm): void {
    this.#form = { latestEvent, businessStateId }
  }

  /**
   * Learns from the message of a refused write (400). `sent`: the form of that write, absent for a group. The collection may have
   * been changed, so that its schema is asked for again.
   */
  learn(message: string, sent: DocumentForm | undefined): void {
    this.#isAsked = false
    if (/additional properties|required/.test(message)) return
    const [, type] = /(?:must|should) be (string|number|integer|object)/.exec(message) ?? []
    const businessType = type === 'string' ? 'string' : 'number'
    this.#know({
      latestEvent: message.includes('latestEvent') ? eventType(type, sent?.latestEvent) : undefined,
      businessStateId: message.includes('businessStateId') ? businessType : undefined,
    })
  }
}

/** The wanted type; where the message names none, the one that was not sent. */
function eventType(type: string | undefined, sent: DocumentForm['latestEvent']): DocumentForm['latestEvent'] {
  if (type === 'object' || type === 'string') return type
  if (sent === undefined) return undefined
  return sent === 'object' ? 'string' : 'object'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
