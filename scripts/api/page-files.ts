import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const PAGE = new URL('../../pages/documentation/', import.meta.url)

/** The files of the page at `/documentation`, minified, by the names of their constants. */
export async function pageFiles(): Promise<Readonly<Record<string, string>>> {
  const html = await readFile(new URL('page.html', PAGE), 'utf8')
  return {
    PAGE_HTML: html.replaceAll(/\n\s*/g, '\n'),
    PAGE_CSS: await bundled('page.css'),
    PAGE_JS: await bundled('main.ts'),
  }
}

async function bundled(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(file, PAGE))],
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2023', 'chrome120', 'firefox121', 'safari17'],
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}
