/**
 * Evaluates the source of a hook as an ES module, on Node, Deno and Bun, and answers its default export. It runs with the rights of
 * the process. Two hooks with one source share one module.
 *
 * Rejects with the reason; a syntax error has line and column within the source, which not every host tells.
 */
export async function importHook({ source }: { readonly source: string }): Promise<unknown> {
  const url = `data:text/javascript;charset=utf-8,${encodeURIComponent(source)}`
  try {
    const evaluated = (await import(/* @vite-ignore */ url)) as { readonly default?: unknown }
    return evaluated.default
  } catch (thrown) {
    const { syntaxFlawOf } = await import('./check-hook.ts')
    throw new Error(syntaxFlawOf(source) ?? evaluationFlaw(thrown, url), { cause: thrown })
  }
}

/** Some hosts name the module in the message, which would repeat its whole source, and colour it for a terminal. */
function evaluationFlaw(thrown: unknown, url: string): string {
  const message = thrown instanceof Error || hasMessage(thrown) ? String(thrown.message) : String(thrown)
  const plain = message.replaceAll(url, 'the hook').replaceAll(/\u001B\[\d+m/g, '')
  return `an error while it was evaluated: ${plain.split('\n', 1).join('')}`
}

function hasMessage(thrown: unknown): thrown is { readonly message: unknown } {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown
}
