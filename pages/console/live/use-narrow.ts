import { useEffect, useState } from 'preact/hooks'

const NARROW = '(width < 46rem)'

/** True while the page is narrow. */
export function isNarrow(): boolean {
  return matchMedia(NARROW).matches
}

/** True on a narrow page, a phone's: the drawing flows down there. */
export function useNarrow(): boolean {
  const [isPhone, setPhone] = useState(isNarrow)
  useEffect(() => {
    const query = matchMedia(NARROW)
    const changed = () => setPhone(query.matches)
    query.addEventListener('change', changed)
    return () => query.removeEventListener('change', changed)
  }, [])
  return isPhone
}
