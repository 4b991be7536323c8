import { element } from './element.ts'
import { authorization, token } from './token.ts'

/** A link sends no token, so the descriptions are fetched and saved where one is in use. `say` shows a failure. */
export function openDescriptions(say: (text: string) => void): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.links a')) {
    link.addEventListener('click', (event) => {
      if (token() === '') return
      event.preventDefault()
      void save(link.href, say)
    })
  }
}

async function save(address: string, say: (text: string) => void): Promise<void> {
  const answer = await fetch(address, { headers: authorization() })
  if (!answer.ok) return say(`The file cannot be read: ${answer.status} ${answer.statusText}`)
  const href = URL.createObjectURL(await answer.blob())
  element('a', { href, download: FILES[address.split('/').at(-1) ?? ''] ?? 'description' }).click()
  URL.revokeObjectURL(href)
}

const FILES: Readonly<Record<string, string>> = {
  json: 'openapi.json',
  yaml: 'openapi.yaml',
  'asyncapi.json': 'asyncapi.json',
}
