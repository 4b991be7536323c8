/** The default export of a hook, or what is wrong with it. */
export type ImportedHook = { readonly run: unknown } | { readonly found: string }

/**
 * Evaluates the source of a hook as an ES module, on Node, Deno and Bun. It runs with the rights of the process. Two hooks with
 * one source share one module. A syntax error has line and column within the source, which not every host tells.
 */
export async function importHook({ source }: { readonly source: string }): Promise<ImportedHook> {
  const url = `data:text/javascript;base64,${base64(source)}`
  try {
    const evaluated = (await import(/* @vite-ignore */ url)) as { readonly default?: unknown }
    return { run: evaluated.default }
  } catch (thrown) {
    const { syntaxFlawOf } = await import('./check-hook.ts')
    return { found: syntaxFlawOf(source) ?? evaluationFlaw(thrown, url) }
  }
}

/** Bun takes a module in percent-encoding for a text. */
function base64(source: string): string {
  const bytes = new TextEncoder().encode(source)
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
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
