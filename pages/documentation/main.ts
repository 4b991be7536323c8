import { byId, element, prose } from './element.ts'
import { openDescriptions } from './descriptions.ts'
import { operationsOf, type OpenApi, type Placed } from './open-api.ts'
import { operationCard, type OperationCard } from './operation.ts'
import { askToken, authorization, showTokenField, token } from './token.ts'

const nav = document.querySelector('nav')

/** Reads the description and shows it. */
async function load(): Promise<void> {
  try {
    const answer = await fetch('documentation/json', { headers: authorization() })
    if (answer.status === 401) return refused()
    if (!answer.ok) return say(`The description cannot be read: ${answer.status} ${answer.statusText}`)
    show((await answer.json()) as OpenApi)
  } catch (thrown) {
    say(`The description cannot be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
}

function refused(): void {
  showTokenField(true)
  nav?.replaceChildren()
  byId('operations', HTMLDivElement).replaceChildren()
  say(token() === '' ? 'This service wants a token.' : 'This token does not open the description.')
  byId('token-value', HTMLInputElement).focus()
}

function show(api: OpenApi): void {
  const operations = operationsOf(api)
  byId('version', HTMLSpanElement).textContent = api.info.version
  showTokenField(api.components.securitySchemes !== undefined)
  const cards = new Map<string, OperationCard>()
  const follow = (operationId: string, name: string, text: string) => cards.get(operationId)?.fill(name, text)
  const filled = filledBy(operations)
  for (const placed of operations) {
    const { operationId } = placed.operation
    cards.set(operationId, operationCard(api, placed, { filled: filled.get(operationId) ?? new Set(), follow }))
  }
  nav?.replaceChildren(element('ul', {}, ...operations.map(entry)))
  const about = (api.info.description ?? '').split('\n\n').map((text) => element('p', {}, ...prose(text)))
  say('')
  byId('operations', HTMLDivElement).replaceChildren(...about, ...[...cards.values()].map(({ node }) => node))
}

function entry({ method, path, operation }: Placed): Node {
  const link = element(
    'a',
    { href: `#${operation.operationId}` },
    operation.summary,
    element('small', {}, `${method} ${path}`),
  )
  return element('li', {}, link)
}

/** Fields of each operation that the links of others fill. */
function filledBy(operations: readonly Placed[]): ReadonlyMap<string, ReadonlySet<string>> {
  const filled = new Map<string, Set<string>>()
  for (const { operation } of operations) {
    const links = Object.values(operation.responses).flatMap((answer) => Object.values(answer.links ?? {}))
    for (const { operationId, parameters = {}, requestBody = {} } of links) {
      const names = [...Object.keys(parameters), ...Object.keys(requestBody)]
      filled.set(operationId, new Set([...(filled.get(operationId) ?? []), ...names]))
    }
  }
  return filled
}

function say(text: string): void {
  byId('message', HTMLParagraphElement).textContent = text
}

askToken(() => void load())
openDescriptions(say)
void load()
