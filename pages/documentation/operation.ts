import { answerOf } from './answer.ts'
import { element, prose } from './element.ts'
import { valueAt, type Link, type OpenApi, type Operation, type Placed } from './open-api.ts'
import { requestForm } from './request-form.ts'

/** One operation of the page. */
export interface OperationCard {
  readonly node: HTMLElement
  fill(name: string, text: string): void
}

/** Options of `operationCard`. */
export interface OperationOptions {
  /** Names of fields that answers of other operations fill. */
  readonly filled: ReadonlySet<string>
  /** Follows a link with a value of an answer: fills a field of another operation. */
  readonly follow: (operationId: string, name: string, text: string) => void
}

/** The card of an operation: its words, its form, and the last answer. */
export function operationCard(api: OpenApi, placed: Placed, { filled, follow }: OperationOptions): OperationCard {
  const { method, path, operation } = placed
  const form = requestForm(api, placed, filled)
  const output = element('div', { class: 'answer', 'aria-live': 'polite' })
  const sending = element(
    'form',
    {},
    ...form.nodes,
    element('button', { type: 'submit', class: 'send' }, `Send ${method}`),
  )
  sending.addEventListener('submit', (event) => {
    event.preventDefault()
    void send()
  })

  async function send(): Promise<void> {
    try {
      const answered = await answerOf(form.request())
      output.replaceChildren(...answered.nodes)
      const links = Object.values(operation.responses[answered.status]?.links ?? {})
      for (const link of links)
        for (const [name, text] of valuesOf(link, answered.json)) follow(link.operationId, name, text)
      const next = new Set(links.map(({ operationId }) => operationId))
      if (next.size > 0)
        output.append(
          element('p', {}, 'Next: ', ...[...next].flatMap((id, at) => [at === 0 ? '' : ' · ', anchor(api, id)])),
        )
    } catch (thrown) {
      output.replaceChildren(
        element('p', { class: 'status bad' }, `Not sent: ${thrown instanceof Error ? thrown.message : String(thrown)}`),
      )
    }
  }

  const heading = element('h2', { id: `${operation.operationId}-heading` }, operation.summary)
  const node = element(
    'article',
    { id: operation.operationId, class: method.toLowerCase(), 'aria-labelledby': heading.id },
    heading,
    element('p', { class: 'route' }, element('strong', {}, method), ` ${path}`),
    element('p', {}, ...prose(operation.description)),
    sending,
    output,
    answersOf(operation),
  )
  return { node, fill: (name, text) => form.fill(name, text) }
}

function anchor(api: OpenApi, operationId: string): Node {
  const operations = Object.values(api.paths).flatMap((methods) => Object.values(methods))
  const { summary = operationId } = operations.find((one) => one.operationId === operationId) ?? {}
  return element('a', { href: `#${operationId}` }, summary)
}

/** Names and texts that a link takes of an answer: `$response.body#/sagaId`. */
function valuesOf({ parameters = {}, requestBody = {} }: Link, json: unknown): readonly [string, string][] {
  return Object.entries({ ...parameters, ...requestBody }).flatMap(([name, expression]): [string, string][] => {
    const [, pointer] = expression.split('#/')
    const value = pointer === undefined ? undefined : valueAt(json, pointer.split('/'))
    return typeof value === 'string' ? [[name, value]] : []
  })
}

function answersOf({ responses }: Operation): Node {
  const rows = Object.entries(responses).flatMap(([status, { description }]) => [
    element('dt', {}, status),
    element('dd', {}, ...prose(description)),
  ])
  return element('details', {}, element('summary', {}, 'Answers'), element('dl', {}, ...rows))
}
