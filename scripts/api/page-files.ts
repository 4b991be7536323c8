import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const PAGE = new URL('../../pages/documentation/', import.meta.url)
const CONSOLE = new URL('../../pages/console/', import.meta.url)

/** The files of the page at `/documentation`, minified, by the names of their constants. */
export async function pageFiles(): Promise<Readonly<Record<string, string>>> {
  const html = await readFile(new URL('page.html', PAGE), 'utf8')
  return {
    PAGE_HTML: html.replaceAll(/\n\s*/g, '\n'),
    PAGE_CSS: await bundled(new URL('page.css', PAGE)),
    PAGE_JS: await bundled(new URL('main.ts', PAGE)),
  }
}

/** Style and script of the page at `/console`, minified, with the hashes by which its policy allows them. */
export async function consoleFiles(): Promise<Readonly<Record<string, string>>> {
  const [style, script] = await Promise.all(['console.css', 'main.tsx'].map((name) => bundled(new URL(name, CONSOLE))))
  return {
    CONSOLE_STYLE: style ?? '',
    CONSOLE_STYLE_HASH: hashOf(style ?? ''),
    CONSOLE_SCRIPT: script ?? '',
    CONSOLE_SCRIPT_HASH: hashOf(script ?? ''),
  }
}

/** As a Content-Security-Policy names it. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

async function bundled(file: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(file)],
    bundle: true,
    minify: true,
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    target: ['es2023', 'chrome120', 'firefox121', 'safari17'],
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}
