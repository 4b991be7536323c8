import type { VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Session } from './api/documents.ts'
import type { Machine } from './api/machine.ts'
import { PATHS } from './api/paths.ts'
import { keepToken, token } from './api/token.ts'
import { contact } from './live/contact.ts'
import { useObserved } from './live/signal.ts'
import { useData } from './live/use-data.ts'
import { ContactLine } from './parts/contact-line.tsx'
import { PlayBar } from './parts/play-bar.tsx'
import { Header } from './parts/header.tsx'
import { TokenForm } from './parts/token-form.tsx'
import type { Place } from './address.ts'
import { place } from './route.ts'
import type { Service } from './service.ts'
import { CreateView } from './views/create/create-view.tsx'
import { EditView } from './views/edit/edit-view.tsx'
import { MachineView } from './views/machine/machine-view.tsx'
import { PlayView } from './views/play/play-view.tsx'
import { SagaView } from './views/saga/saga-view.tsx'
import { SagasView } from './views/sagas/sagas-view.tsx'
import { OperationView } from './views/trouble/operation-view.tsx'
import { TroubleView } from './views/trouble/trouble-view.tsx'

/** The page: it asks for a token where the service wants one, and shows the view of the address. */
export function App(): VNode {
  const wanted = useObserved(contact)
  const [login, setLogin] = useState(0)
  if (wanted.kind === 'token') {
    const enter = (given: string) => {
      keepToken(given)
      contact.set({ kind: 'there' })
      setLogin(login + 1)
    }
    return <TokenForm isRepeated={login > 0} onToken={enter} />
  }
  return <Pages key={login} />
}

function Pages(): VNode {
  const current = useObserved(place)
  const session = useData<Session>(PATHS.session, { every: 15_000 })
  // Without a token in this tab the session tells first that none is wanted: one request is refused instead of two.
  const isOpen = session.data !== undefined || token() !== ''
  const machine = useData<Machine>(isOpen ? PATHS.machine : undefined)
  useFocusOnMove(current)
  const refused = session.refused ?? machine.refused
  const isReady = session.data !== undefined && machine.data !== undefined
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <Header current={current} session={session.data} />
      <ContactLine />
      {session.data?.isPlay && <PlayBar isWhole={current.segments[0] === 'play'} />}
      <main id="main" tabIndex={-1}>
        {refused !== undefined && !isReady && <p class="notice bad">{refused.text}</p>}
        {isReady ? (
          <View current={current} service={{ session: session.data, machine: machine.data } as Service} />
        ) : (
          <p class="loading">Reading the service …</p>
        )}
      </main>
    </>
  )
}

function View({ current, service }: { readonly current: Place; readonly service: Service }): VNode {
  const [section = '', id] = current.segments
  if (section === '') return <MachineView service={service} query={current.query} />
  if (section === 'sagas' && id !== undefined) return <SagaView key={id} service={service} sagaId={id} />
  if (section === 'sagas') return <SagasView service={service} query={current.query} />
  if (section === 'trouble') return <TroubleView service={service} query={current.query} />
  if (section === 'operations' && id !== undefined) return <OperationView key={id} service={service} operationId={id} />
  if (section === 'edit') return <EditView service={service} query={current.query} />
  if (section === 'play' && service.session.isPlay) {
    return <PlayView service={service} commandId={id} event={current.query['event']} />
  }
  if (section === 'create') return <CreateView service={service} />
  return (
    <p class="notice">
      This page has no place {location.hash.slice(0, 100)}. <a href="#/">Go to the machine</a>
    </p>
  )
}

/** After a change of the view the focus is at its beginning, where a screen reader goes on. */
function useFocusOnMove({ segments }: Place): void {
  const path = segments.join('/')
  const [first] = useState(path)
  useEffect(() => {
    document.title = path === '' ? 'Batuta' : `${path.slice(0, 80)} · Batuta`
    if (path === first) return
    document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true })
    scrollTo(0, 0)
  }, [path])
}

function skip(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('main')?.focus()
}
