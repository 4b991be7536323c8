import type { VNode } from 'preact'
import type { Draft, Report } from '../../api/draft.ts'
import { Card } from '../../parts/card.tsx'
import { Data } from '../../parts/text.tsx'
import { counted } from '../../text/counted.ts'

interface FindingsProps {
  readonly draft: Draft | undefined
  /** Shows the place of a report in the text; absent where there is no text. */
  readonly onPlace?: ((report: Report) => void) | undefined
}

const LEVELS = [
  { level: 'error', word: 'Problem' },
  { level: 'warn', word: 'Warning' },
  { level: 'info', word: 'Note' },
] as const

/** The reports of a check, those of one kind together, problems first. */
export function Findings({ draft, onPlace }: FindingsProps): VNode {
  const reports = draft?.reports ?? []
  const groups = LEVELS.flatMap(({ level, word }) => {
    const ofLevel = reports.filter((report) => report.level === level)
    return [...Map.groupBy(ofLevel, ({ code }) => code)].map(([code, group]) => ({ code, level, word, group }))
  })
  return (
    <Card title="Findings" aside={<p role="status">{draft === undefined ? 'Checking …' : summaryOf(reports)}</p>}>
      {groups.map(({ code, level, word, group }) => (
        <article key={code} class={`finding ${level}`} aria-label={`${word} ${code}`}>
          <h3>
            <span class="level">{word}</span> <code>{code}</code>
          </h3>
          <ul>
            {group.map((report) => (
              <li key={`${report.path} ${report.line} ${report.column} ${report.found}`}>
                <PlaceOf report={report} onPlace={onPlace} />{' '}
                <Data text={report.path === '' ? 'The file' : report.path} code={report.path !== ''} />: found{' '}
                <Data text={report.found} />, expected <Data text={report.expected} />
              </li>
            ))}
          </ul>
          <p class="muted">
            {group[0]?.why} {group[0]?.mend}
          </p>
        </article>
      ))}
      {draft?.unreported !== undefined && (
        <p class="inner muted">{counted(draft.unreported, 'further finding')}: npx batuta check shows all.</p>
      )}
    </Card>
  )
}

function PlaceOf({ report, onPlace }: { readonly report: Report } & Pick<FindingsProps, 'onPlace'>): VNode | null {
  if (report.line === undefined) return null
  const place = (
    <>
      <span class="unseen">Line </span>
      {report.line}:{report.column}
    </>
  )
  if (onPlace === undefined) return <b>{place}</b>
  return (
    <button type="button" class="link" onClick={() => onPlace(report)}>
      {place}
    </button>
  )
}

/** `2 problems, 1 warning`, as `batuta check` ends. */
function summaryOf(reports: readonly Report[]): string {
  const of = (wanted: Report['level']) => reports.filter(({ level }) => level === wanted).length
  const notes = of('info') === 0 ? [] : [counted(of('info'), 'note')]
  const [problems, warnings] = [of('error'), of('warn')]
  if (problems === 0 && warnings === 0) return ['Nothing wrong', ...notes].join(', ')
  return [
    ...(problems === 0 ? [] : [counted(problems, 'problem')]),
    ...(warnings === 0 ? [] : [counted(warnings, 'warning')]),
    ...notes,
  ].join(', ')
}
