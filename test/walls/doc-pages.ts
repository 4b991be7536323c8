import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './tools.ts'

/** A page of the documentation, and what it names of the tree. */
export interface DocPage {
  /** Relative to the root: `docs/HTTP.md`. */
  readonly name: string
  readonly text: string
  /** The text without fenced blocks, whose lines are left empty, so that line numbers stay. */
  readonly prose: string
}

/** Every page for readers of the repository, the README first. */
export function pages(): readonly DocPage[] {
  const names = globSync(['docs/**/*.md', 'examples/**/*.md'], { cwd: ROOT, exclude: (path) => ABSENT.test(path) })
  return ['README.md', ...globSync('C*.md', { cwd: ROOT }), ...globSync('S*.md', { cwd: ROOT }), ...names].map((name) =>
    pageOf(name, readFileSync(join(ROOT, name), 'utf8')),
  )
}

export function pageOf(name: string, text: string): DocPage {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, ''))
  return { name, text, prose }
}

const ABSENT = /(?:^|\/)(?:node_modules|dist|data|\.git|\.batuta)$/

/** Every file of the tree, relative to the root. */
export function tree(): readonly string[] {
  const found = globSync(
    ['*', '{src,adapters,workers,pages,cli,testing,test,bench,scripts,tools,examples,docs,.ci}/**/*'],
    {
      cwd: ROOT,
      withFileTypes: true,
      exclude: ({ name }) => ABSENT.test(name),
    },
  )
  return found
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1))
}

/** Code spans that name a file by a source's ending, or a place below a folder of the tree. */
export function namedPaths({ prose }: DocPage, files: readonly string[]): readonly string[] {
  const folders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/')[0]))
  return codeSpans(prose).filter((span) => {
    if (!/^[\w@.*-]+(?:\/[\w@.*-]+)*\/?$/.test(span)) return false
    return SOURCE.test(span) || (span.includes('/') && folders.has(span.split('/')[0]))
  })
}

const SOURCE = /\.(?:ts|mjs|sh|yaml|toml|md)$/

/** `reads.test.ts`, `unit/http/` or `unit/kafka/reading*.test.ts`: a whole name at the end of a path, or a folder in it. */
export function isThere(path: string, files: readonly string[]): boolean {
  const escaped = path.replace(/[.+]/g, '\\$&').replaceAll('*', '[^/]*')
  const pattern = new RegExp(`(?:^|/)${escaped}${path.endsWith('/') ? '' : '(?:/|$)'}`)
  return files.some((file) => pattern.test(file))
}

/** Relative links, as they lead from the root: `docs/HTTP.md#bodies`. */
export function links({ name, prose }: DocPage): readonly string[] {
  return [...prose.matchAll(/\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)/g)].map(
    ([, path = '', anchor = '']) => (path === '' ? name : join(dirname(name), path)) + anchor,
  )
}

/** The anchors that GitHub makes of a page's headings. */
export function anchors({ prose }: DocPage): ReadonlySet<string> {
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

/** `npm run x`, in examples of the shell too. */
export function scripts({ text }: DocPage): readonly string[] {
  return [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script)
}

/** Rule ids (C4.3, P6, I1), of ranges each. */
export function rules({ prose }: DocPage): readonly string[] {
  const plain = prose.replace(/`[^`\n]*`/g, '')
  const ranges = [...plain.matchAll(/\b([CPI])(\d+)–\1(\d+)\b/g)].flatMap(([, letter = '', from, to]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => `${letter}${Number(from) + at}`),
  )
  return [...ranges, ...(plain.match(/\b[CPI]\d+(?:\.\d+)?\b/g) ?? [])]
}

/** The rule ids at the beginning of a literal in the tests, such as a title or the name of a row. */
export function ruleIdsOf(source: string): readonly string[] {
  const heads = source.match(/(?<=[`'"])(?:[CPI]\d+(?:\.\d+)?[ ,]+)+/g) ?? []
  return heads.flatMap((head) => head.split(/[ ,]+/)).filter((id) => id !== '')
}

/** Lines of prose, tables aside, that are longer than this. */
export function longLines({ prose }: DocPage, most: number): readonly string[] {
  return prose.split('\n').filter((line) => line.length > most && !/^\s*[|[<]/.test(line))
}

/** An item of a rule in docs/PROTOCOL.md (`Code`, `Tests`): its text, on one line. */
export function items({ prose }: DocPage, title: string): readonly string[] {
  const found = prose.matchAll(new RegExp(`^- \\*${title}:\\* (.*(?:\\n {2}.*)*)`, 'gm'))
  return [...found].map(([, text = '']) => text.replace(/\s+/g, ' '))
}

export function codeSpans(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)
}
